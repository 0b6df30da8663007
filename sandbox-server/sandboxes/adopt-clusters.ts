// What an earlier server left behind: whose it is goes on or stays suspended, what nobody owns is removed.
import type { Log } from '../platform/log.ts'
import type { ClusterProvider, LeftCluster } from '../providers/provider.ts'
import type { Store, WorkKey } from '../store/store.ts'

export interface AdoptOptions {
  readonly provider: ClusterProvider
  readonly store: Store
  readonly log: Log
  onRunning(key: WorkKey): Promise<void>
  onSuspended(key: WorkKey, left: LeftCluster): void
}

/** Removing goes on in the background. Throws where the provider or the store does. */
export async function adoptClusters(options: AdoptOptions): Promise<void> {
  const { provider, store, log, onRunning, onSuspended } = options
  for (const left of await provider.adopt()) {
    const key = await store.workspaces.findBySandbox(left.id)
    const kept = key && (await store.workspaces.read(key))
    if (!key || !kept || kept.provider !== provider.name || kept.anew) {
      log.info({ cluster: left.id, provider: provider.name }, 'removing a cluster that nobody owns')
      provider.discard(left.id).catch((error) => {
        log.error({ err: error, cluster: left.id }, 'a cluster that nobody owns could not be removed')
      })
    } else if (left.state === 'running') {
      await onRunning(key)
    } else {
      onSuspended(key, left)
    }
  }
}
