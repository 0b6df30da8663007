// Clusters that were suspended and wait for their learners: removed after some days, when the learner is told.
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider, ProviderName } from '../providers/provider.ts'
import type { Store, WorkKey } from '../store/store.ts'
import { within } from './deadline.ts'

const dayMs = 86_400_000
const discardMs = 120_000
/** After a removal that failed. */
const againMs = 600_000

export interface KeptClustersOptions {
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly keepDays: number
}

interface KeptCluster {
  readonly key: WorkKey
  readonly provider: ClusterProvider
  /** Epoch milliseconds. */
  readonly removeAt: number
}

export class KeptClusters {
  readonly #options: KeptClustersOptions
  readonly #kept = new Map<string, KeptCluster>()
  readonly #removing = new Map<string, Promise<void>>()

  constructor(options: KeptClustersOptions) {
    this.#options = options
  }

  countOf(provider: ProviderName): number {
    return [...this.#kept.values()].filter((kept) => kept.provider.name === provider).length
  }

  /** `since`: when it was last in use, in epoch milliseconds. */
  add(id: string, key: WorkKey, provider: ClusterProvider, since: number): void {
    this.#kept.set(id, { key, provider, removeAt: since + this.#options.keepDays * dayMs })
  }

  /** It is used again, or gone. A removal that is under way must end first. */
  take(id: string): Promise<void> | undefined {
    this.#kept.delete(id)
    return this.#removing.get(id)
  }

  /** Removes what is too old; nothing waits for it. */
  sweep(): void {
    const now = this.#options.timers.now()
    for (const [id, kept] of this.#kept) {
      if (kept.removeAt > now || this.#removing.has(id)) continue
      const removing = this.#remove(id, kept).finally(() => this.#removing.delete(id))
      this.#removing.set(id, removing)
    }
  }

  /** Never rejects. */
  async #remove(id: string, kept: KeptCluster): Promise<void> {
    const { store, timers, log, keepDays } = this.#options
    const days = keepDays === 1 ? '1 day' : `${keepDays} days`
    const notice = `Your cluster was removed after ${days}; it starts anew. Your files are as you left them.`
    try {
      await store.workspaces.dropSnapshot(kept.key, notice)
      await within(discardMs, timers, 'Removing a cluster', kept.provider.discard(id))
      this.#kept.delete(id)
    } catch (error) {
      log.error({ err: error, sandbox: id }, 'an old cluster could not be removed')
      if (this.#kept.has(id)) this.#kept.set(id, { ...kept, removeAt: timers.now() + againMs })
    }
  }
}
