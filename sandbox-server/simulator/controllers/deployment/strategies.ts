// How a rollout moves replicas from old ReplicaSets to the new one: RollingUpdate, Recreate, and proportional scaling
// (upstream pkg/controller/deployment/{rolling,recreate,sync}.go).
import type { ReplicaSet } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import { isPodTerminal } from '../runtime/pod-state.ts'
import {
  availableOf,
  desiredAnnotated,
  fenceposts,
  isActive,
  maxAnnotated,
  sizeOf,
  sum,
  totalSize,
} from './replica-sets.ts'
import type { Rollout } from './rollout.ts'

/** Somebody changed `spec.replicas`: the active ReplicaSets still carry the former number. */
export function isScalingEvent(rollout: Rollout): boolean {
  return rollout.sets.filter(isActive).some((set) => {
    const desired = desiredAnnotated(set)
    return desired !== undefined && desired !== rollout.replicas
  })
}

/** One step of a rolling update; the next follows once pods became available or went away. */
export function rollForward(rollout: Rollout): void {
  const set = rollout.newSet ?? rollout.createNew()
  if (sizeOf(set) > rollout.replicas) {
    if (rollout.scale(set, rollout.replicas)) return
  } else if (sizeOf(set) < rollout.replicas) {
    if (rollout.scale(set, rollout.sizeForNew(set))) return
  }
  shrinkOld(rollout)
}

/** reconcileOldReplicaSets: first the pods that are not available anyway, then as many as maxUnavailable allows. */
function shrinkOld(rollout: Rollout): void {
  const { newSet } = rollout
  const active = rollout.oldSets.filter(isActive)
  if (!newSet || active.length === 0) return
  const minAvailable = rollout.replicas - fenceposts(rollout.deployment).maxUnavailable
  const newUnavailable = sizeOf(newSet) - availableOf(newSet)
  let spare = totalSize(rollout.sets) - minAvailable - newUnavailable
  if (spare <= 0) return
  for (const set of active) {
    const unhealthy = Math.min(spare, sizeOf(set) - availableOf(set))
    if (unhealthy <= 0) continue
    rollout.scale(set, sizeOf(set) - unhealthy)
    spare -= unhealthy
  }
  let removable = sum(rollout.sets.map(availableOf)) - minAvailable
  for (const set of rollout.oldSets.filter(isActive)) {
    if (removable <= 0) return
    const step = Math.min(sizeOf(set), removable)
    rollout.scale(set, sizeOf(set) - step)
    removable -= step
  }
}

/** All old pods go before the first new one comes. */
export function recreate(rollout: Rollout): void {
  const active = rollout.oldSets.filter(isActive)
  if (active.length > 0) {
    for (const set of active) rollout.scale(set, 0)
    return
  }
  if (oldPodsRun(rollout)) return
  const set = rollout.newSet ?? rollout.createNew()
  rollout.scale(set, rollout.replicas)
}

function oldPodsRun(rollout: Rollout): boolean {
  if (rollout.oldSets.some((set) => (set.status?.replicas ?? 0) > 0)) return true
  const uids = new Set(rollout.oldSets.map((set) => set.metadata.uid))
  return rollout.context.objects
    .list(pods, { namespace: rollout.deployment.metadata.namespace })
    .some((pod) => {
      const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller)
      return owner !== undefined && uids.has(owner.uid) && !isPodTerminal(pod)
    })
}

/** Resizes without rolling: the only active ReplicaSet takes it all, several share it in proportion. */
export function scaleProportionally(rollout: Rollout): void {
  const active = rollout.sets.filter(isActive)
  const only = active.length === 1 ? active[0] : undefined
  const latest = active.length === 0 ? (rollout.newSet ?? rollout.oldSets.at(-1)) : only
  if (latest) {
    if (sizeOf(latest) !== rollout.replicas) rollout.scale(latest, rollout.replicas)
    return
  }
  const { newSet } = rollout
  if (newSet && isSaturated(newSet, rollout.replicas)) {
    for (const set of rollout.oldSets.filter(isActive)) rollout.scale(set, 0)
    return
  }
  if (rollout.deployment.spec?.strategy?.type === 'Recreate') return
  shareOut(rollout, active)
}

function isSaturated(set: ReplicaSet, replicas: number): boolean {
  return sizeOf(set) === replicas && desiredAnnotated(set) === replicas && availableOf(set) === replicas
}

function shareOut(rollout: Rollout, active: readonly Stored<ReplicaSet>[]): void {
  const { replicas } = rollout
  const limit = replicas > 0 ? replicas + fenceposts(rollout.deployment).maxSurge : 0
  const toAdd = limit - totalSize(active)
  const newest = [...active].reverse()
  const sorted = (toAdd > 0 ? newest : [...active]).sort((a, b) => sizeOf(b) - sizeOf(a))
  let added = 0
  const sizes = sorted.map((set) => {
    if (toAdd === 0) return sizeOf(set)
    const exact = replicas === 0 ? 0 : (sizeOf(set) * limit) / (maxAnnotated(set) || limit)
    const fraction = Math.round(exact) - sizeOf(set)
    const share = toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
    added += share
    return sizeOf(set) + share
  })
  for (const [index, set] of sorted.entries()) {
    const leftover = index === 0 ? toAdd - added : 0
    rollout.scale(set, Math.max(0, (sizes[index] ?? 0) + leftover))
  }
}
