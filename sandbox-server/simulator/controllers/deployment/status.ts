// A Deployment's status after a pass: counts, Available, Progressing with its deadline, ReplicaFailure
// (upstream pkg/controller/deployment/{sync,progress}.go).
import type { DeploymentCondition, DeploymentStatus } from 'kubernetes-types/apps/v1'
import { deployments } from '../../api/resources.ts'
import { findCondition, timestamp, withCondition, withoutCondition } from '../runtime/conditions.ts'
import { writeStatus } from '../runtime/status.ts'
import { availableOf, fenceposts, revisionAnnotation, sum, totalSize } from './replica-sets.ts'
import type { Rollout } from './rollout.ts'

type Status = DeploymentStatus & { terminatingReplicas?: number }

const count = (name: string, value: number) => (value > 0 ? { [name]: value } : {})

function calculateStatus(rollout: Rollout): Status {
  const { sets, deployment } = rollout
  const total = (field: 'replicas' | 'readyReplicas' | 'terminatingReplicas') =>
    sum(sets.map((set) => ({ terminatingReplicas: 0, ...set.status })[field] ?? 0))
  const available = sum(sets.map(availableOf))
  const { collisionCount } = rollout
  return {
    ...(deployment.metadata.generation !== undefined && {
      observedGeneration: deployment.metadata.generation,
    }),
    ...count('replicas', total('replicas')),
    ...count('updatedReplicas', rollout.newSet?.status?.replicas ?? 0),
    ...count('readyReplicas', total('readyReplicas')),
    ...count('availableReplicas', available),
    ...count('unavailableReplicas', totalSize(sets) - available),
    terminatingReplicas: total('terminatingReplicas'),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: availability(rollout, available),
  }
}

function availability(rollout: Rollout, available: number): DeploymentCondition[] {
  const enough = available >= rollout.replicas - fenceposts(rollout.deployment).maxUnavailable
  const now = timestamp(rollout.context.clock.now())
  return withCondition(rollout.conditions, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
    lastUpdateTime: now,
    lastTransitionTime: now,
  })
}

export function isComplete(rollout: Rollout, status: DeploymentStatus | undefined): boolean {
  const { replicas, deployment } = rollout
  return (
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.replicas ?? 0) === replicas &&
    (status?.availableReplicas ?? 0) === replicas &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** Pods were made, became ready or available, or old ones went, since the status that is stored. */
function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

/** The status during scaling and pausing: no estimate of progress (syncDeploymentStatus). */
export function writeScalingStatus(rollout: Rollout): void {
  write(rollout, calculateStatus(rollout))
}

/** The status during a rollout. Gives milliseconds until the deadline has to be looked at (syncRolloutStatus). */
export function writeRolloutStatus(rollout: Rollout): number | undefined {
  const status = calculateStatus(rollout)
  status.conditions = failures(rollout, progress(rollout, status))
  if (write(rollout, status)) return undefined
  return untilDeadline(rollout, status)
}

function progress(rollout: Rollout, status: Status): DeploymentCondition[] {
  const { deployment, progressDeadline } = rollout
  const conditions = status.conditions ?? []
  if (progressDeadline === undefined) return withoutCondition(conditions, 'Progressing')
  const current = findCondition(conditions, 'Progressing')
  const finished =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (finished) return conditions
  const subject = rollout.newSet
    ? `ReplicaSet "${rollout.newSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`
  const now = timestamp(rollout.context.clock.now())
  const condition = (value: 'True' | 'False', reason: string, message: string) => ({
    type: 'Progressing',
    status: value,
    reason,
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  })
  if (isComplete(rollout, status)) {
    return withCondition(
      conditions,
      condition('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`),
    )
  }
  if (hasProgressed(deployment.status, status)) {
    const updated = condition('True', 'ReplicaSetUpdated', `${subject} is progressing.`)
    // The same reason again still renews lastUpdateTime, from which the deadline counts.
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined
    return withCondition(withoutCondition(conditions, 'Progressing'), {
      ...updated,
      ...(since !== undefined && { lastTransitionTime: since }),
    })
  }
  if (current && hasTimedOut(rollout, current, progressDeadline)) {
    return withCondition(
      conditions,
      condition('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`),
    )
  }
  return conditions
}

function hasTimedOut(rollout: Rollout, current: DeploymentCondition, deadline: number): boolean {
  if (current.reason === 'NewReplicaSetAvailable') return false
  if (current.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 < rollout.context.clock.now()
}

function failures(rollout: Rollout, conditions: DeploymentCondition[]): DeploymentCondition[] {
  const sets = rollout.newSet ? [rollout.newSet, ...rollout.oldSets] : rollout.oldSets
  for (const set of sets) {
    const failure = findCondition(set.status?.conditions, 'ReplicaFailure')
    if (failure?.lastTransitionTime === undefined) continue
    const lastUpdateTime = failure.lastTransitionTime
    return withCondition(conditions, { ...failure, lastUpdateTime })
  }
  return withoutCondition(conditions, 'ReplicaFailure')
}

function untilDeadline(rollout: Rollout, status: Status): number | undefined {
  const current = findCondition(status.conditions, 'Progressing')
  if (rollout.progressDeadline === undefined || !current) return undefined
  if (isComplete(rollout, status) || current.reason === 'ProgressDeadlineExceeded') return undefined
  const at = Date.parse(current.lastUpdateTime ?? '') + rollout.progressDeadline * 1000
  return Math.max(0, at - rollout.context.clock.now()) + 1000
}

/** Writes revision and status where they changed; gives whether the status did. */
export function write(rollout: Rollout, status: Status): boolean {
  const { objects } = rollout.context
  const { metadata } = rollout.deployment
  const { revision } = rollout
  if (revision !== undefined && revision !== metadata.annotations?.[revisionAnnotation]) {
    objects.mutate(deployments, metadata, (draft) => {
      if (!draft.metadata) return
      draft.metadata.annotations = { ...draft.metadata.annotations, [revisionAnnotation]: revision }
    })
  }
  return writeStatus(objects, deployments, rollout.deployment, status)
}

/** After a failed creation: only the conditions and the collision count that the pass gathered. */
export function writeConditions(rollout: Rollout): void {
  const { collisionCount } = rollout
  const status = {
    ...rollout.deployment.status,
    conditions: rollout.conditions,
    ...(collisionCount !== undefined && { collisionCount }),
  }
  write(rollout, status)
}
