// Keeps as many pods as a ReplicaSet asks for (upstream pkg/controller/replicaset).
import type { ReplicaSetCondition, ReplicaSetStatus } from 'kubernetes-types/apps/v1'
import type { Pod, ReplicaSet } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { pods, replicaSets } from '../api/resources.ts'
import { isNamespaceTerminating, messageOf } from './runtime/api-refusal.ts'
import { findCondition, timestamp, withCondition, withoutCondition } from './runtime/conditions.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  keyOf,
  ownedBy,
  splitKey,
} from './runtime/controller.ts'
import { createEventRecorder } from './runtime/events.ts'
import { matchesLabels, matchesSelector } from './runtime/label-selector.ts'
import { claim, controllerOf } from './runtime/owner-references.ts'
import { createPodControl, type PodControl } from './runtime/pod-control.ts'
import {
  byDeletionOrder,
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminal,
  millisecondsUntilAvailable,
} from './runtime/pod-state.ts'
import { writeStatus } from './runtime/status.ts'

const kind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' }

type Status = ReplicaSetStatus & { terminatingReplicas?: number }

export const replicaSetController = createController('replicaset-controller', (context) => {
  const recorder = createEventRecorder(context, { component: 'replicaset-controller' })
  const control = createPodControl(context.objects, recorder)
  return {
    sources: [
      every(replicaSets),
      ownedBy(pods, 'ReplicaSet'),
      changesOf(pods, (pod) => possibleAdopters(context, pod)),
    ],
    reconcile(key) {
      const set = context.objects.get(replicaSets, splitKey(key))
      if (!set) return undefined
      return reconcile(context, control, set)
    },
  }
})

/** An orphan may be adopted by any ReplicaSet that selects it. */
function possibleAdopters({ objects }: ControllerContext, pod: Stored<Pod>): string[] {
  if (controllerOf(pod)) return []
  return objects
    .list(replicaSets, { namespace: pod.metadata.namespace })
    .filter((set) => matchesSelector(set.spec?.selector, pod.metadata.labels))
    .map(keyOf)
}

function reconcile(
  context: ControllerContext,
  control: PodControl,
  set: Stored<ReplicaSet>,
): number | undefined {
  const { objects, clock } = context
  const all = objects.list(pods, { namespace: set.metadata.namespace })
  const candidates = all.filter((pod) => !isPodTerminal(pod))
  const claimed = claim(objects, pods, { object: set, kind }, set.spec?.selector, candidates)
  const active = claimed.filter(isPodActive)
  const terminating = claimed.filter((pod) => pod.metadata.deletionTimestamp)
  const failure = set.metadata.deletionTimestamp ? undefined : managePods(control, set, active, clock.now())

  const status = calculateStatus(set, active, terminating, failure, clock.now())
  writeStatus(objects, replicaSets, set, status)
  if (failure && !isNamespaceTerminating(failure.error)) throw failure.error

  const minReady = set.spec?.minReadySeconds ?? 0
  const waits = active
    .filter(isPodReady)
    .map((pod) => millisecondsUntilAvailable(pod, minReady, clock.now()))
    .filter((ms) => ms > 0)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly error: unknown
}

function managePods(
  control: PodControl,
  set: Stored<ReplicaSet>,
  active: readonly Stored<Pod>[],
  now: number,
): Failure | undefined {
  const owner = { type: replicaSets, object: set }
  const difference = active.length - (set.spec?.replicas ?? 1)
  try {
    for (let missing = -difference; missing > 0; missing--) control.create(owner, set.spec?.template ?? {})
  } catch (error) {
    return { reason: 'FailedCreate', error }
  }
  if (difference <= 0) return undefined
  try {
    for (const pod of byDeletionOrder(active, now).slice(0, difference)) control.delete(owner, pod)
  } catch (error) {
    return { reason: 'FailedDelete', error }
  }
  return undefined
}

function calculateStatus(
  set: Stored<ReplicaSet>,
  active: readonly Stored<Pod>[],
  terminating: readonly Stored<Pod>[],
  failure: Failure | undefined,
  now: number,
): Status {
  const templateLabels = set.spec?.template?.metadata?.labels ?? {}
  const ready = active.filter(isPodReady)
  const available = ready.filter((pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now))
  const fullyLabeled = active.filter((pod) => matchesLabels(templateLabels, pod.metadata.labels))
  const conditions = failureCondition(set.status?.conditions, failure, now)
  return {
    replicas: active.length,
    ...(fullyLabeled.length > 0 && { fullyLabeledReplicas: fullyLabeled.length }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(available.length > 0 && { availableReplicas: available.length }),
    terminatingReplicas: terminating.length,
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 && { conditions }),
  }
}

function failureCondition(
  conditions: readonly ReplicaSetCondition[] | undefined,
  failure: Failure | undefined,
  now: number,
): ReplicaSetCondition[] {
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure')
  if (findCondition(conditions, 'ReplicaFailure')) return [...(conditions ?? [])]
  return withCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestamp(now),
    reason: failure.reason,
    message: messageOf(failure.error),
  })
}
