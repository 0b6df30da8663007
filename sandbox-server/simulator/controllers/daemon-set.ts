// Runs one pod of a DaemonSet on every node that it fits (upstream pkg/controller/daemon).
import type { DaemonSet, Node, Pod } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { controllerRevisions, daemonSets, nodes, pods } from '../api/resources.ts'
import { daemonTolerations, nodeOf, type Placement, placementOn, placeOn } from './daemon-set/placement.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  keyOf,
  ownedBy,
  splitKey,
} from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { createEventRecorder, type EventRecorder, subjectOf } from './runtime/events.ts'
import { hashOf, revisionLabel, syncHistory, trimHistory } from './runtime/history.ts'
import { scaledValue } from './runtime/int-or-percent.ts'
import { matchesSelector } from './runtime/label-selector.ts'
import { claim, controllerOf } from './runtime/owner-references.ts'
import { createPodControl, type PodControl } from './runtime/pod-control.ts'
import { isPodAvailable, isPodReady, millisecondsUntilAvailable } from './runtime/pod-state.ts'
import { writeStatus } from './runtime/status.ts'

const kind = { apiVersion: 'apps/v1', kind: 'DaemonSet' }

export const daemonSetController = createController('daemonset-controller', (context) => {
  const { objects } = context
  const recorder = createEventRecorder(context, { component: 'daemonset-controller' })
  const control = createPodControl(objects, recorder)
  return {
    sources: [
      every(daemonSets),
      ownedBy(pods, 'DaemonSet'),
      ownedBy(controllerRevisions, 'DaemonSet'),
      changesOf(pods, (pod) =>
        controllerOf(pod)
          ? []
          : objects
              .list(daemonSets, { namespace: pod.metadata.namespace })
              .filter((set) => matchesSelector(set.spec?.selector, pod.metadata.labels))
              .map(keyOf),
      ),
      changesOf(nodes, (node, { previous }) =>
        previous && isEqual(placementInput(node), placementInput(previous))
          ? []
          : objects.list(daemonSets).map(keyOf),
      ),
    ],
    reconcile(key) {
      const set = objects.get(daemonSets, splitKey(key))
      return set && reconcile(context, { control, recorder }, set)
    },
  }
})

function placementInput(node: Stored<Node>): unknown {
  return [node.metadata.labels, node.spec?.taints, node.metadata.deletionTimestamp]
}

interface Tools {
  readonly control: PodControl
  readonly recorder: EventRecorder
}

interface Site {
  readonly node: Stored<Node>
  readonly placement: Placement
  /** Oldest first. */
  readonly pods: readonly Stored<Pod>[]
}

function reconcile(context: ControllerContext, tools: Tools, set: Stored<DaemonSet>): number | undefined {
  const { objects, clock } = context
  const template = set.spec?.template ?? {}
  const history = syncHistory(objects, set, kind, template)
  const hash = hashOf(history.current)
  const sites = readSites(context, set)
  if (!set.metadata.deletionTimestamp) {
    manage(tools, set, sites, hash)
    if (set.spec?.updateStrategy?.type !== 'OnDelete') {
      // Anew, since a pod that was just made counts as unavailable.
      update(context, tools, set, { sites: readSites(context, set), hash })
    }
    const used = new Set(
      sites.flatMap((site) => site.pods.map((pod) => pod.metadata.labels?.[revisionLabel])),
    )
    trimHistory(objects, history, set.spec?.revisionHistoryLimit, (each) => used.has(each))
  }
  const current = readSites(context, set)
  writeStatus(objects, daemonSets, set, calculateStatus(set, current, hash, clock.now()))
  const minReady = set.spec?.minReadySeconds ?? 0
  const waits = current
    .flatMap((site) => site.pods.filter(isPodReady))
    .map((pod) => millisecondsUntilAvailable(pod, minReady, clock.now()))
    .filter((ms) => ms > 0)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

function readSites({ objects }: ControllerContext, set: Stored<DaemonSet>): Site[] {
  const own = claim(
    objects,
    pods,
    { object: set, kind },
    set.spec?.selector,
    objects.list(pods, { namespace: set.metadata.namespace }),
  )
  return objects.list(nodes).map((node) => ({
    node,
    placement: placementOn(set, node),
    pods: own
      .filter((pod) => nodeOf(pod) === node.metadata.name)
      .sort((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp)),
  }))
}

const isUpdated = (pod: Pod, hash: string) => pod.metadata?.labels?.[revisionLabel] === hash
const isLeaving = (pod: Pod) => pod.metadata?.deletionTimestamp !== undefined

/** Creates what is missing and deletes what is too much, finished or out of place. */
function manage(
  { control, recorder }: Tools,
  set: Stored<DaemonSet>,
  sites: readonly Site[],
  hash: string,
): void {
  const owner = { type: daemonSets, object: set }
  const surges = scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxSurge, sites.length, 'up') > 0
  const remove = (pod: Stored<Pod>) => control.delete(owner, pod)
  for (const { node, placement, pods: here } of sites) {
    const staying = here.filter((pod) => !isLeaving(pod))
    if (!placement.shouldStay) {
      for (const pod of staying) remove(pod)
      continue
    }
    const running: Stored<Pod>[] = []
    for (const pod of staying) {
      const phase = pod.status?.phase
      if (phase !== 'Failed' && phase !== 'Succeeded') {
        running.push(pod)
        continue
      }
      const where = `${phase.toLowerCase()} daemon pod ${keyOf(pod)} on node ${node.metadata.name}`
      const failed = phase === 'Failed'
      recorder.record(
        subjectOf(daemonSets, set),
        failed ? 'Warning' : 'Normal',
        failed ? 'FailedDaemonPod' : 'SucceededDaemonPod',
        `Found ${where}, will try to ${failed ? 'kill' : 'delete'} it`,
      )
      remove(pod)
    }
    const nothingHere = surges ? running.length === 0 : here.length === 0
    if (placement.shouldRun && nothingHere) createOn(control, set, node.metadata.name, hash)
    if (!surges) for (const pod of running.slice(1)) remove(pod)
  }
}

function createOn(control: PodControl, set: Stored<DaemonSet>, node: string, hash: string): void {
  control.create({ type: daemonSets, object: set }, set.spec?.template ?? {}, (pod) => {
    placeOn(node, pod, daemonTolerations(set))
    const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation']
    if (!pod.metadata) return
    pod.metadata.labels = {
      ...pod.metadata.labels,
      [revisionLabel]: hash,
      ...(generation && { 'pod-template-generation': generation }),
    }
  })
}

interface Update {
  readonly sites: readonly Site[]
  readonly hash: string
}

/** A rolling update: at most maxUnavailable nodes without a pod, or at most maxSurge nodes with two. */
function update(
  { clock }: ControllerContext,
  { control }: Tools,
  set: Stored<DaemonSet>,
  { sites, hash }: Update,
): void {
  const owner = { type: daemonSets, object: set }
  const { maxSurge, maxUnavailable } = set.spec?.updateStrategy?.rollingUpdate ?? {}
  const desired = sites.filter(({ placement }) => placement.shouldRun).length
  const surge = scaledValue(maxSurge, desired, 'up')
  const available = (pod: Pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, clock.now())
  const pairs = sites.flatMap(({ node, placement, pods: here }) => {
    const staying = here.filter((pod) => !isLeaving(pod))
    if (here.length === 0) return []
    const fresh = staying.find((pod) => isUpdated(pod, hash))
    const old = staying.find((pod) => !isUpdated(pod, hash))
    return [{ node, placement, fresh, old }]
  })
  if (surge > 0) {
    let surging = pairs.filter(({ fresh, old }) => old && fresh && !available(fresh)).length
    for (const { node, placement, fresh, old } of pairs) {
      if (!old) continue
      if (fresh) {
        if (available(fresh) || !isPodReady(old)) control.delete(owner, old)
      } else if (placement.shouldRun && (!available(old) || surging < surge)) {
        if (available(old)) surging++
        createOn(control, set, node.metadata.name, hash)
      }
    }
    return
  }
  const limit = Math.max(scaledValue(maxUnavailable, desired, 'up', 1), 1)
  let unavailable = pairs.filter(({ fresh, old }) => {
    if (fresh && old) return true
    return !available(fresh ?? old ?? {})
  }).length
  for (const { old } of pairs) if (old && !available(old)) control.delete(owner, old)
  for (const { old } of pairs) {
    if (!old || !available(old) || unavailable >= limit) continue
    control.delete(owner, old)
    unavailable++
  }
}

function calculateStatus(
  set: Stored<DaemonSet>,
  sites: readonly Site[],
  hash: string,
  now: number,
): NonNullable<DaemonSet['status']> {
  const wanted = sites.filter(({ placement }) => placement.shouldRun)
  const first = wanted.flatMap((site) => site.pods.slice(0, 1))
  const ready = first.filter(isPodReady)
  const available = ready.filter((pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)).length
  const updated = first.filter((pod) => isUpdated(pod, hash)).length
  const unavailable = wanted.length - available
  return {
    currentNumberScheduled: first.length,
    desiredNumberScheduled: wanted.length,
    numberMisscheduled: sites.filter(({ placement, pods: here }) => !placement.shouldRun && here.length > 0)
      .length,
    numberReady: ready.length,
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
  }
}
