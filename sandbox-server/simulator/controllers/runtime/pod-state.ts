// Questions about a pod's state that several controllers ask (upstream pkg/api/v1/pod/util.go).
import type { Pod, PodCondition } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && !pod.metadata?.deletionTimestamp
}

/** Finished: Succeeded or Failed. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** Ready for `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return isPodReady(pod) && millisecondsUntilAvailable(pod, minReadySeconds, now) <= 0
}

/** For a ready pod: how long until it counts as available; 0 or less once it does. */
export function millisecondsUntilAvailable(pod: Pod, minReadySeconds: number, now: number): number {
  if (minReadySeconds === 0) return 0
  const since = Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '')
  return since + minReadySeconds * 1000 - now
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount))
}

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * Sorts the pods to delete first to the front (ActivePodsWithRanks in controller_utils.go): unassigned, pending, not
 * ready, cheap, crowded nodes, recently ready, often restarted, young. Ages count in powers of two, ties go by uid.
 */
export function byDeletionOrder(pods: readonly Stored<Pod>[], now: number): Stored<Pod>[] {
  const crowd = new Map<string, number>()
  for (const pod of pods) {
    const node = pod.spec?.nodeName
    if (node && isPodReady(pod)) crowd.set(node, (crowd.get(node) ?? 0) + 1)
  }
  const age = (time: string | undefined) => {
    const ms = now - Date.parse(time ?? '')
    return ms > 0 ? Math.floor(Math.log2(ms * 1e6)) : -1
  }
  const rank = (pod: Stored<Pod>): number[] => [
    pod.spec?.nodeName ? 1 : 0,
    phases[pod.status?.phase ?? 'Pending'] ?? 0,
    isPodReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
    -(crowd.get(pod.spec?.nodeName ?? '') ?? 0),
    isPodReady(pod) ? age(podCondition(pod, 'Ready')?.lastTransitionTime) : 0,
    -restarts(pod),
    age(pod.metadata.creationTimestamp),
  ]
  return [...pods].sort((a, b) => {
    const left = rank(a)
    const right = rank(b)
    for (const [index, value] of left.entries()) {
      const difference = value - (right[index] ?? 0)
      if (difference !== 0) return difference
    }
    return a.metadata.uid < b.metadata.uid ? -1 : 1
  })
}
