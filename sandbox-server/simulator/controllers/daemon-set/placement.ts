// On which nodes a DaemonSet's pods belong, and what such a pod looks like (upstream pkg/controller/daemon/util).
import type { Toleration } from 'kubernetes-types/core/v1'
import type { DaemonSet, Node, Pod } from '../../../contract/kubernetes.ts'
import { matchesNodeAffinity } from '../runtime/node-affinity.ts'
import { untolerated } from '../runtime/taints.ts'

/** A daemon stays on a sick node, and runs on one that is cordoned. */
export function daemonTolerations(set: DaemonSet): Toleration[] {
  const always: Toleration[] = [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ]
  const spec = set.spec?.template?.spec
  if (spec?.hostNetwork) {
    always.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' })
  }
  const own = (spec?.tolerations ?? []).filter(
    (toleration) => !always.some(({ key, effect }) => key === toleration.key && effect === toleration.effect),
  )
  return [...own, ...always]
}

export interface Placement {
  readonly shouldRun: boolean
  /** A NoSchedule taint keeps new pods away and lets those that are there stay. */
  readonly shouldStay: boolean
}

export function placementOn(set: DaemonSet, node: Node): Placement {
  const fits = matchesNodeAffinity({ spec: set.spec?.template?.spec ?? { containers: [] } }, node)
  const tolerations = daemonTolerations(set)
  const schedules = untolerated(node.spec?.taints, tolerations, ['NoSchedule', 'NoExecute']).length === 0
  const executes = untolerated(node.spec?.taints, tolerations, ['NoExecute']).length === 0
  return { shouldRun: fits && schedules, shouldStay: fits && executes }
}

/** Ties the pod to its node by affinity, so that the scheduler binds it there. */
export function placeOn(node: string, pod: Pod, tolerations: Toleration[]): void {
  if (!pod.spec) return
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  const nodeAffinity = {
    ...pod.spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
  }
  pod.spec.affinity = { ...pod.spec.affinity, nodeAffinity }
  pod.spec.tolerations = tolerations
}

/** The node that a daemon's pod is on, or is meant for. */
export function nodeOf(pod: Pod): string | undefined {
  if (pod.spec?.nodeName) return pod.spec.nodeName
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const field = terms?.nodeSelectorTerms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')
  return field?.values?.[0]
}
