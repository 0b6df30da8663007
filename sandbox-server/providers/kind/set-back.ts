// Sets a cluster to an exercise's start state without making a new one, and says whether that can be trusted.
import type { Access, ClusterSpec } from '../../contract/lesson.ts'
import type { ClusterSetup } from '../provider.ts'
import { readBaseline } from './cluster-files.ts'
import type { ClusterRecord } from './cluster-record.ts'
import type { KindContext } from './context.ts'
import { clearCluster } from './reset/clear-cluster.ts'
import type { Kubernetes } from './reset/resource-types.ts'
import { applyStartState, namespacesOf } from './start-state.ts'
import { configurationKey, configurationOf } from './start-state-key.ts'

/** Whether a learner can change what the API does not tell: files, interfaces and rules of the nodes. */
function mayTouchNodes(spec: ClusterSpec, access: Access): boolean {
  return access.clusterAdmin || access.podSecurity === 'privileged' || spec.cni === 'none'
}

/** False where only a new cluster will do. Rejects at an abort. */
export async function setBack(
  context: KindContext,
  record: ClusterRecord,
  kubernetes: Kubernetes,
  setup: ClusterSetup,
  signal: AbortSignal,
): Promise<boolean> {
  // Rights and containers are those of its own configuration.
  if (configurationKey(setup) !== configurationOf(record)) return false
  if (record.nodesEntered || (record.startState && mayTouchNodes(record.spec, record.access))) return false
  const baseline = readBaseline(context.records.folderOf(record.name))
  if (!baseline) return false
  try {
    await clearCluster({
      kubernetes,
      baseline,
      keptNamespaces: namespacesOf(setup),
      timers: context.timers,
      signal,
    })
    await applyStartState(kubernetes, setup, signal)
    return true
  } catch (error) {
    signal.throwIfAborted()
    context.log.warn({ err: error, cluster: record.name }, 'a cluster could not be set back')
    return false
  }
}
