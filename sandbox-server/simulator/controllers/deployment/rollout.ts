// One pass over a Deployment: what its ReplicaSets are, and how their sizes change. Writes go through here, with the
// events that tell of them (upstream pkg/controller/deployment/{sync,rolling,recreate}.go).
import type { DeploymentCondition } from 'kubernetes-types/apps/v1'
import type { Deployment, ReplicaSet } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { deployments, replicaSets } from '../../api/resources.ts'
import { isNamespaceTerminating, isRefusal, messageOf } from '../runtime/api-refusal.ts'
import { timestamp, withCondition } from '../runtime/conditions.ts'
import type { ControllerContext } from '../runtime/controller.ts'
import { isEqual } from '../runtime/equality.ts'
import { type EventRecorder, subjectOf } from '../runtime/events.ts'
import { controllerReference } from '../runtime/owner-references.ts'
import { templateHash } from '../runtime/pod-template.ts'
import {
  annotationsForNew,
  byAge,
  fenceposts,
  findNew,
  hashLabel,
  isActive,
  revisionAnnotation,
  revisionOf,
  sizeAnnotations,
  sizeOf,
  templateText,
  totalSize,
} from './replica-sets.ts'

export const owner = { apiVersion: 'apps/v1', kind: 'Deployment' }

export class Rollout {
  readonly context: ControllerContext
  readonly recorder: EventRecorder
  readonly deployment: Stored<Deployment>
  /** Conditions as they will be written. */
  conditions: DeploymentCondition[]
  collisionCount: number | undefined
  revision: string | undefined
  newSet: Stored<ReplicaSet> | undefined
  oldSets: Stored<ReplicaSet>[]

  constructor(
    context: ControllerContext,
    recorder: EventRecorder,
    deployment: Stored<Deployment>,
    sets: readonly Stored<ReplicaSet>[],
  ) {
    this.context = context
    this.recorder = recorder
    this.deployment = deployment
    this.conditions = [...(deployment.status?.conditions ?? [])]
    this.collisionCount = deployment.status?.collisionCount
    this.revision = deployment.metadata.annotations?.[revisionAnnotation]
    this.newSet = findNew(deployment, sets)
    this.oldSets = sets.filter((set) => set.metadata.uid !== this.newSet?.metadata.uid).sort(byAge)
  }

  get replicas(): number {
    return this.deployment.spec?.replicas ?? 1
  }

  get sets(): Stored<ReplicaSet>[] {
    return this.newSet ? [...this.oldSets, this.newSet] : this.oldSets
  }

  /** `progressDeadlineSeconds`, unless it is the value that stands for none. */
  get progressDeadline(): number | undefined {
    const seconds = this.deployment.spec?.progressDeadlineSeconds
    return seconds === undefined || seconds === 2_147_483_647 ? undefined : seconds
  }

  setProgressing(status: 'True' | 'False' | 'Unknown', reason: string, message: string): void {
    const now = timestamp(this.context.clock.now())
    this.conditions = withCondition(this.conditions, {
      type: 'Progressing',
      status,
      reason,
      message,
      lastUpdateTime: now,
      lastTransitionTime: now,
    })
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder.record(subjectOf(deployments, this.deployment), type, reason, message)
  }

  /** Brings the new ReplicaSet's annotations and the Deployment's revision up to date (getNewReplicaSet, first half). */
  syncRevision(): void {
    const set = this.newSet
    if (!set) return
    const revision = Math.max(0, ...this.oldSets.map(revisionOf)) + 1
    const annotations = annotationsForNew(this.deployment, set.metadata.annotations ?? {}, revision)
    const minReadySeconds = this.deployment.spec?.minReadySeconds
    if (
      !isEqual(annotations, set.metadata.annotations ?? {}) ||
      (minReadySeconds ?? 0) !== (set.spec?.minReadySeconds ?? 0)
    ) {
      this.#replace(set, (draft) => {
        if (draft.metadata) draft.metadata.annotations = annotations
        if (draft.spec && minReadySeconds !== undefined) draft.spec.minReadySeconds = minReadySeconds
      })
    }
    this.revision = annotations[revisionAnnotation]
    if (this.progressDeadline !== undefined && !this.conditions.some(({ type }) => type === 'Progressing')) {
      this.setProgressing('True', 'FoundNewReplicaSet', `Found new replica set "${set.metadata.name}"`)
    }
  }

  /** Creates the ReplicaSet of the current template; throws what the API refused with (getNewReplicaSet, second half). */
  createNew(): Stored<ReplicaSet> {
    const { deployment } = this
    const template = deployment.spec?.template ?? {}
    const hash = templateHash(template, this.collisionCount)
    const labels = { ...template.metadata?.labels, [hashLabel]: hash }
    const revision = Math.max(0, ...this.oldSets.map(revisionOf)) + 1
    const size = this.sizeForNew(undefined)
    const { minReadySeconds, selector } = deployment.spec ?? {}
    const wanted: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name.slice(0, 253 - 1 - hash.length)}-${hash}`,
        ...(deployment.metadata.namespace && { namespace: deployment.metadata.namespace }),
        labels,
        annotations: { ...annotationsForNew(deployment, {}, revision), ...sizeAnnotations(deployment) },
        ownerReferences: [controllerReference(deployment, owner)],
      },
      spec: {
        replicas: size,
        ...(minReadySeconds !== undefined && { minReadySeconds }),
        selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    }
    try {
      this.newSet = this.context.objects.create(replicaSets, wanted)
    } catch (error) {
      this.newSet = this.#resolveCollision(wanted, error)
      this.revision = String(revision)
      return this.newSet
    }
    const name = this.newSet.metadata.name
    if (size > 0) {
      this.event('Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`)
    }
    if (this.progressDeadline !== undefined) {
      this.setProgressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
    }
    this.revision = String(revision)
    return this.newSet
  }

  /** The name is taken: by our own ReplicaSet, or by another template with the same hash. Reports every other refusal. */
  #resolveCollision(wanted: ReplicaSet, error: unknown): Stored<ReplicaSet> {
    const name = wanted.metadata?.name ?? ''
    if (isRefusal(error, 'AlreadyExists')) {
      const existing = this.context.objects.get(replicaSets, { ...this.deployment.metadata, name })
      const ours = existing?.metadata.ownerReferences?.some(
        (reference) => reference.controller && reference.uid === this.deployment.metadata.uid,
      )
      const same = templateText(existing?.spec?.template) === templateText(this.deployment.spec?.template)
      if (existing && ours && same) return existing
      this.collisionCount = (this.collisionCount ?? 0) + 1
    } else if (!isNamespaceTerminating(error)) {
      const message = `Failed to create new replica set "${name}": ${messageOf(error)}`
      if (this.progressDeadline !== undefined) {
        this.setProgressing('False', 'ReplicaSetCreateError', message)
      }
      this.event('Warning', 'ReplicaSetCreateError', message)
    }
    throw error
  }

  /** How large the new ReplicaSet may be now (NewRSNewReplicas). */
  sizeForNew(set: ReplicaSet | undefined): number {
    const size = set ? sizeOf(set) : 0
    if (this.deployment.spec?.strategy?.type === 'Recreate') return this.replicas
    const limit = this.replicas + fenceposts(this.deployment).maxSurge
    const total = totalSize(this.oldSets) + size
    if (total >= limit) return size
    return size + Math.min(limit - total, this.replicas - size)
  }

  /** Resizes a ReplicaSet, with the event; gives whether its size changed (scaleReplicaSet). */
  scale(set: Stored<ReplicaSet>, to: number): boolean {
    const from = sizeOf(set)
    const wanted = { ...set.metadata.annotations, ...sizeAnnotations(this.deployment) }
    if (from === to && isEqual(wanted, set.metadata.annotations)) return false
    this.#replace(set, (draft) => {
      if (draft.metadata) draft.metadata.annotations = wanted
      draft.spec = { ...draft.spec, selector: draft.spec?.selector ?? {}, replicas: to }
    })
    if (from === to) return false
    const direction = from < to ? 'up' : 'down'
    this.event(
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${to}`,
    )
    return true
  }

  /** Deletes empty old ReplicaSets beyond revisionHistoryLimit (cleanupDeployment). */
  cleanUp(): void {
    const limit = this.deployment.spec?.revisionHistoryLimit
    if (limit === undefined || limit === 2_147_483_647) return
    const alive = this.oldSets.filter((set) => !set.metadata.deletionTimestamp)
    const surplus = [...alive].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, alive.length - limit)
    if (alive.length <= limit) return
    for (const set of surplus) {
      const settled = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0)
      if (isActive(set) || (set.status?.replicas ?? 0) > 0 || !settled) continue
      this.context.objects.delete(replicaSets, set.metadata)
    }
  }

  #replace(set: Stored<ReplicaSet>, change: (draft: ReplicaSet) => void): void {
    const updated = this.context.objects.mutate(replicaSets, set.metadata, change)
    if (!updated) return
    if (this.newSet?.metadata.uid === set.metadata.uid) this.newSet = updated
    this.oldSets = this.oldSets.map((old) => (old.metadata.uid === set.metadata.uid ? updated : old))
  }
}
