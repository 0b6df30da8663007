// Keeps count of how many of a budget's pods may be evicted (upstream pkg/controller/disruption).
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { KubernetesObject, Pod } from '../../contract/kubernetes.ts'
import type { Objects, Stored } from '../api/objects.ts'
import {
  deployments,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../api/resources.ts'
import { timestamp } from './runtime/conditions.ts'
import { changesOf, createController, every, keyOf, splitKey } from './runtime/controller.ts'
import { createEventRecorder, subjectOf } from './runtime/events.ts'
import { scaledValue } from './runtime/int-or-percent.ts'
import { matchesSelector } from './runtime/label-selector.ts'
import { controllerOf } from './runtime/owner-references.ts'
import { isPodActive, isPodReady } from './runtime/pod-state.ts'
import { writeStatus } from './runtime/status.ts'

export const podDisruptionBudgetController = createController('disruption-controller', (context) => {
  const { objects, clock } = context
  const recorder = createEventRecorder(context, { component: 'controllermanager' })
  return {
    sources: [
      every(podDisruptionBudgets),
      changesOf(pods, (pod, { previous }) =>
        objects
          .list(podDisruptionBudgets, { namespace: pod.metadata.namespace })
          .filter(
            ({ spec }) =>
              matchesSelector(spec?.selector, pod.metadata.labels) ||
              (previous && matchesSelector(spec?.selector, previous.metadata.labels)),
          )
          .map(keyOf),
      ),
    ],
    reconcile(key) {
      const budget = objects.get(podDisruptionBudgets, splitKey(key))
      if (!budget) return undefined
      const selected = objects
        .list(pods, { namespace: budget.metadata.namespace })
        .filter((pod) => matchesSelector(budget.spec?.selector, pod.metadata.labels))
      if (selected.length === 0) {
        recorder.record(subjectOf(podDisruptionBudgets, budget), 'Normal', 'NoPods', 'No matching pods found')
      }
      writeStatus(objects, podDisruptionBudgets, budget, calculate(objects, budget, selected, clock.now()))
      return undefined
    },
  }
})

function calculate(
  objects: Objects,
  budget: Stored<PodDisruptionBudget>,
  selected: readonly Stored<Pod>[],
  now: number,
): NonNullable<PodDisruptionBudget['status']> {
  const { expected, desired } = expectations(objects, budget, selected)
  const healthy = selected.filter((pod) => isPodActive(pod) && isPodReady(pod)).length
  const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0
  const status = allowed > 0 ? 'True' : 'False'
  const before = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  return {
    ...(budget.metadata.generation !== undefined && { observedGeneration: budget.metadata.generation }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status,
        ...(budget.metadata.generation !== undefined && { observedGeneration: budget.metadata.generation }),
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
  }
}

/** A number of pods that must stay counts the pods; a share, or maxUnavailable, counts what the pods' owners ask for. */
function expectations(
  objects: Objects,
  { spec }: PodDisruptionBudget,
  selected: readonly Stored<Pod>[],
): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (maxUnavailable === undefined && typeof minAvailable === 'number') {
    return { expected: selected.length, desired: minAvailable }
  }
  const expected = expectedScale(objects, selected)
  if (maxUnavailable !== undefined) {
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up')) }
  }
  return { expected, desired: scaledValue(minAvailable, expected, 'up') }
}

type Scaled = KubernetesObject & { spec?: { replicas?: number } }

function expectedScale(objects: Objects, selected: readonly Stored<Pod>[]): number {
  const owners = new Map<string, number>()
  for (const pod of selected) {
    const { namespace } = pod.metadata
    const reference = controllerOf(pod)
    if (!reference) continue
    const type = [replicaSets, statefulSets, replicationControllers].find(
      ({ kind }) => kind === reference.kind,
    )
    const owner = type && objects.get<Scaled>(type, { namespace, name: reference.name })
    if (!owner) continue
    const above = controllerOf(owner)
    const deployment =
      above?.kind === 'Deployment' ? objects.get(deployments, { namespace, name: above.name }) : undefined
    const top: Stored<Scaled> = deployment ?? owner
    owners.set(top.metadata.uid, top.spec?.replicas ?? 1)
  }
  return [...owners.values()].reduce((sum, replicas) => sum + replicas, 0)
}
