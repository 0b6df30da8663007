// A cluster with everything that a sandbox hangs on it, let go together.
import type { WorkspaceChange } from '../contract/workspace.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Cluster } from '../providers/provider.ts'
import { ClusterWatch } from './cluster-watch.ts'

export interface AttachedCluster {
  readonly cluster: Cluster
  readonly watch: ClusterWatch
  /** Whether it holds what the learner did before its present start. */
  readonly isKept: boolean
  detach(): void
}

export interface AttachOptions {
  readonly timers: Timers
  readonly isKept: boolean
  readonly onChange: (change: WorkspaceChange) => void
  readonly onDirty: () => void
  readonly onLost: (parts: readonly string[]) => void
}

export function attachCluster(cluster: Cluster, options: AttachOptions): AttachedCluster {
  const offWorkspace = cluster.workspace.onChange(options.onChange)
  const offDirty = cluster.onDirty(options.onDirty)
  const offLost = cluster.onLost?.(options.onLost)
  const watch = new ClusterWatch(cluster, options.timers)
  return {
    cluster,
    watch,
    isKept: options.isKept,
    detach() {
      offWorkspace()
      offDirty()
      offLost?.()
      watch.dispose()
    },
  }
}
