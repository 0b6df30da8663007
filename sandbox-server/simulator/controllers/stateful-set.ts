// Runs a StatefulSet's pods one after the other under stable names (upstream pkg/controller/statefulset). Volumes are not
// simulated: a set with volumeClaimTemplates gets its claims, no storage behind them, and an event that says so.
import type { Pod, StatefulSet } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../api/resources.ts'
import { isRefusal, messageOf } from './runtime/api-refusal.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  keyOf,
  ownedBy,
  splitKey,
} from './runtime/controller.ts'
import { createEventRecorder, type EventRecorder, subjectOf } from './runtime/events.ts'
import { type History, hashOf, revisionLabel, syncHistory, trimHistory } from './runtime/history.ts'
import { matchesSelector } from './runtime/label-selector.ts'
import { claim, controllerOf, controllerReference } from './runtime/owner-references.ts'
import { isPodAvailable, isPodReady, isPodTerminal, millisecondsUntilAvailable } from './runtime/pod-state.ts'
import { podFromTemplate } from './runtime/pod-template.ts'
import { writeStatus } from './runtime/status.ts'

const kind = { apiVersion: 'apps/v1', kind: 'StatefulSet' }

export const statefulSetController = createController('statefulset-controller', (context) => {
  const { objects } = context
  const recorder = createEventRecorder(context, { component: 'statefulset-controller' })
  return {
    sources: [
      every(statefulSets),
      ownedBy(pods, 'StatefulSet'),
      ownedBy(controllerRevisions, 'StatefulSet'),
      changesOf(pods, (pod) =>
        controllerOf(pod)
          ? []
          : objects
              .list(statefulSets, { namespace: pod.metadata.namespace })
              .filter((set) => matchesSelector(set.spec?.selector, pod.metadata.labels))
              .map(keyOf),
      ),
    ],
    reconcile(key) {
      const set = objects.get(statefulSets, splitKey(key))
      return set && reconcile(context, recorder, set)
    },
  }
})

function ordinalOf(set: Stored<StatefulSet>, pod: Stored<Pod>): number {
  const rest = pod.metadata.name.slice(set.metadata.name.length + 1)
  return pod.metadata.name.startsWith(`${set.metadata.name}-`) && /^\d+$/.test(rest) ? Number(rest) : -1
}

function reconcile(
  context: ControllerContext,
  recorder: EventRecorder,
  set: Stored<StatefulSet>,
): number | undefined {
  const { objects, clock } = context
  const history = syncHistory(objects, set, kind, set.spec?.template ?? {})
  const own = () =>
    claim(
      objects,
      pods,
      { object: set, kind },
      set.spec?.selector,
      objects.list(pods, { namespace: set.metadata.namespace }).filter((pod) => ordinalOf(set, pod) >= 0),
    ).sort((a, b) => ordinalOf(set, a) - ordinalOf(set, b))
  const before = own()
  if (!set.metadata.deletionTimestamp) {
    new Pass(context, recorder, set, history, before).run()
    const used = new Set(before.map((pod) => pod.metadata.labels?.[revisionLabel]))
    trimHistory(objects, history, set.spec?.revisionHistoryLimit, (hash) => used.has(hash))
  }
  const after = own()
  writeStatus(objects, statefulSets, set, calculateStatus(set, after, history, clock.now()))
  const waits = after
    .filter(isPodReady)
    .map((pod) => millisecondsUntilAvailable(pod, set.spec?.minReadySeconds ?? 0, clock.now()))
    .filter((ms) => ms > 0)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** One pass: at most one pod is created, replaced or deleted where the management policy is OrderedReady. */
class Pass {
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #set: Stored<StatefulSet>
  readonly #history: History
  readonly #pods: readonly Stored<Pod>[]

  constructor(
    context: ControllerContext,
    recorder: EventRecorder,
    set: Stored<StatefulSet>,
    history: History,
    existing: readonly Stored<Pod>[],
  ) {
    this.#context = context
    this.#recorder = recorder
    this.#set = set
    this.#history = history
    this.#pods = existing
  }

  get #ordered(): boolean {
    return this.#set.spec?.podManagementPolicy !== 'Parallel'
  }

  run(): void {
    const start = this.#set.spec?.ordinals?.start ?? 0
    const end = start + (this.#set.spec?.replicas ?? 1)
    for (let ordinal = start; ordinal < end; ordinal++) {
      if (!this.#settle(ordinal) && this.#ordered) return
    }
    const condemned = this.#pods.filter((pod) => {
      const ordinal = ordinalOf(this.#set, pod)
      return ordinal < start || ordinal >= end
    })
    for (const pod of [...condemned].reverse()) {
      if (!pod.metadata.deletionTimestamp) this.#delete(pod)
      if (this.#ordered) return
    }
    this.#update(start)
  }

  /** Makes sure of the pod with that number; false while it is not yet running, ready and available. */
  #settle(ordinal: number): boolean {
    const pod = this.#pods.find((each) => ordinalOf(this.#set, each) === ordinal)
    if (!pod) {
      this.#create(ordinal)
      return false
    }
    if (isPodTerminal(pod)) {
      if (!pod.metadata.deletionTimestamp) this.#delete(pod)
      return false
    }
    const minReady = this.#set.spec?.minReadySeconds ?? 0
    return !pod.metadata.deletionTimestamp && isPodAvailable(pod, minReady, this.#context.clock.now())
  }

  /** Rolling update: from the highest number down to the partition, each after the one before is available. */
  #update(start: number): void {
    const { updateStrategy } = this.#set.spec ?? {}
    if (updateStrategy?.type === 'OnDelete') return
    const partition = Math.max(start, updateStrategy?.rollingUpdate?.partition ?? 0)
    const hash = hashOf(this.#history.current)
    for (const pod of [...this.#pods].reverse()) {
      if (ordinalOf(this.#set, pod) < partition) return
      if (pod.metadata.deletionTimestamp) return
      if (pod.metadata.labels?.[revisionLabel] !== hash) {
        this.#delete(pod)
        return
      }
      if (!isPodReady(pod)) return
    }
  }

  #create(ordinal: number): void {
    const set = this.#set
    const name = `${set.metadata.name}-${ordinal}`
    this.#createClaims(ordinal)
    const reference = controllerReference(set, kind)
    const pod = podFromTemplate(set.spec?.template ?? {}, { name: set.metadata.name, reference })
    const revision = this.#revisionFor(ordinal)
    const { generateName: _, ...metadata } = pod.metadata ?? {}
    pod.metadata = {
      ...metadata,
      name,
      ...(set.metadata.namespace && { namespace: set.metadata.namespace }),
      generateName: `${set.metadata.name}-`,
      labels: {
        ...metadata.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [revisionLabel]: revision,
        'statefulset.kubernetes.io/pod-name': name,
      },
    }
    if (pod.spec) {
      pod.spec.hostname = name
      if (set.spec?.serviceName) pod.spec.subdomain = set.spec.serviceName
      const claims = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata: template }) => ({
        name: template?.name ?? '',
        persistentVolumeClaim: { claimName: `${template?.name}-${name}` },
      }))
      if (claims.length > 0) pod.spec.volumes = [...claims, ...(pod.spec.volumes ?? [])]
    }
    const about = subjectOf(statefulSets, set)
    try {
      this.#context.objects.create(pods, pod)
    } catch (error) {
      if (isRefusal(error, 'AlreadyExists')) return
      const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`
      this.#recorder.record(about, 'Warning', 'FailedCreate', message)
      throw error
    }
    const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`
    this.#recorder.record(about, 'Normal', 'SuccessfulCreate', message)
  }

  /** Below the partition a pod comes back with the revision that the set had before. */
  #revisionFor(ordinal: number): string {
    const { current, revisions } = this.#history
    const partition = this.#set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0
    const before = revisions.find(({ metadata }) => metadata.name === this.#set.status?.currentRevision)
    return hashOf(ordinal < partition && before ? before : current)
  }

  #createClaims(ordinal: number): void {
    const set = this.#set
    for (const template of set.spec?.volumeClaimTemplates ?? []) {
      const name = `${template.metadata?.name}-${set.metadata.name}-${ordinal}`
      const { namespace } = set.metadata
      if (this.#context.objects.get(persistentVolumeClaims, { namespace, name })) continue
      this.#context.objects.create(persistentVolumeClaims, {
        ...template,
        metadata: { ...template.metadata, name, ...(namespace && { namespace }) },
      })
      const about = subjectOf(statefulSets, set)
      const message = `create Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name} success`
      this.#recorder.record(about, 'Normal', 'SuccessfulCreate', message)
      this.#recorder.record(
        about,
        'Warning',
        'StorageNotSimulated',
        'Persistent volumes are not simulated: the claims stay Pending and the pods wait for them.',
      )
    }
  }

  #delete(pod: Stored<Pod>): void {
    const set = this.#set
    this.#context.objects.delete(pods, pod.metadata)
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
    this.#recorder.record(subjectOf(statefulSets, set), 'Normal', 'SuccessfulDelete', message)
  }
}

function calculateStatus(
  set: Stored<StatefulSet>,
  own: readonly Stored<Pod>[],
  { current }: History,
  now: number,
): NonNullable<StatefulSet['status']> {
  const ready = own.filter(isPodReady)
  const available = ready.filter((pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)).length
  const updateRevision = current.metadata.name
  const updated = own.filter((pod) => pod.metadata.labels?.[revisionLabel] === hashOf(current)).length
  const finished =
    updated === own.length && ready.length === own.length && own.length === (set.spec?.replicas ?? 1)
  const currentRevision = finished ? updateRevision : (set.status?.currentRevision ?? updateRevision)
  const inCurrent = own.filter(
    (pod) => `${set.metadata.name}-${pod.metadata.labels?.[revisionLabel]}` === currentRevision,
  )
  return {
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    replicas: own.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(inCurrent.length > 0 && { currentReplicas: inCurrent.length }),
    ...(updated > 0 && { updatedReplicas: updated }),
    availableReplicas: available,
    currentRevision,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
  }
}
