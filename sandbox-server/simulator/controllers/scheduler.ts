// Gives every pod a node (upstream pkg/scheduler with its default profile). Preemption is not simulated: a pod with a high
// priority waits like any other, and the event's last sentence says that nothing was preempted.
import type { Pod } from '../../contract/kubernetes.ts'
import type { Objects, Stored } from '../api/objects.ts'
import { namespaces, nodes, pods, services } from '../api/resources.ts'
import { timestamp } from './runtime/conditions.ts'
import {
  type ControllerContext,
  createController,
  keyOf,
  type Source,
  splitKey,
} from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { createSeriesRecorder, subjectOf } from './runtime/events.ts'
import { isPodTerminal, podCondition } from './runtime/pod-state.ts'
import { type Refusal, refusalOf, type World } from './scheduler/filters.ts'
import { type NodeState, readNodes } from './scheduler/node-state.ts'
import { scores } from './scheduler/scoring.ts'

/** podInitialBackoffSeconds and podMaxBackoffSeconds. */
const firstBackoff = 1_000
const longestBackoff = 10_000

const schedulerName = 'default-scheduler'

interface Waiting {
  attempts: number
  notBefore: number
  /** Plugins that refused a node; tells which changes could help. */
  plugins: ReadonlySet<string>
}

export const scheduler = createController('kube-scheduler', (context) => {
  const { objects, clock } = context
  const recorder = createSeriesRecorder(context, schedulerName, `${schedulerName}-fairlead-control-plane`)
  const waiting = new Map<string, Waiting>()

  const fail = (pod: Stored<Pod>, key: string, outcome: Unschedulable) => {
    recorder.record(subjectOf(pods, pod), 'Warning', 'FailedScheduling', 'Scheduling', outcome.message)
    const attempts = (waiting.get(key)?.attempts ?? 0) + 1
    const backoff = Math.min(firstBackoff * 2 ** (attempts - 1), longestBackoff)
    waiting.set(key, { attempts, notBefore: clock.now() + backoff, plugins: outcome.plugins })
    reportUnschedulable(context, pod, outcome.message)
  }

  return {
    sources: [newPods(), changesThatMayHelp(waiting)],
    reconcile(key) {
      const pod = objects.get(pods, splitKey(key))
      if (!pod || !awaitsScheduling(pod)) {
        waiting.delete(key)
        return undefined
      }
      const backoff = (waiting.get(key)?.notBefore ?? 0) - clock.now()
      if (backoff > 0) return backoff
      const outcome = choose(context, pod)
      if ('message' in outcome) {
        fail(pod, key, outcome)
        return undefined
      }
      bind(objects, pod, outcome.node.metadata.name)
      waiting.delete(key)
      recorder.record(
        subjectOf(pods, pod),
        'Normal',
        'Scheduled',
        'Binding',
        `Successfully assigned ${keyOf(pod)} to ${outcome.node.metadata.name}`,
      )
      return undefined
    },
  }
})

function awaitsScheduling({ metadata, spec }: Stored<Pod>): boolean {
  return (
    !spec?.nodeName &&
    !metadata.deletionTimestamp &&
    (spec?.schedulerName ?? schedulerName) === schedulerName &&
    (spec?.schedulingGates ?? []).length === 0
  )
}

/** Pods that are new or whose spec or labels changed; a status that we wrote ourselves is no reason to try again. */
function newPods(): Source {
  return (objects, enqueue) =>
    objects.watch(pods, ({ type, object, previous }) => {
      if (type === 'DELETED' || object.spec?.nodeName) return
      const same =
        previous &&
        previous.metadata.deletionTimestamp === object.metadata.deletionTimestamp &&
        isEqual(previous.spec, object.spec) &&
        isEqual(previous.metadata.labels, object.metadata.labels)
      if (!same) enqueue(keyOf(object))
    })
}

/** Upstream's queueing hints in small: changed nodes help everyone, pods that go help those that found no room. */
function changesThatMayHelp(waiting: ReadonlyMap<string, Waiting>): Source {
  const roomPlugins = ['NodeResourcesFit', 'NodePorts', 'PodTopologySpread', 'InterPodAffinity']
  return (objects, enqueue) => {
    const stops = [
      objects.watch(nodes, ({ object, previous }) => {
        const same =
          previous &&
          isEqual(previous.spec, object.spec) &&
          isEqual(previous.metadata.labels, object.metadata.labels) &&
          isEqual(previous.status?.allocatable, object.status?.allocatable)
        if (!same) for (const key of waiting.keys()) enqueue(key)
      }),
      objects.watch(pods, ({ type, object, previous }) => {
        const left = type === 'DELETED' || (isPodTerminal(object) && previous && !isPodTerminal(previous))
        const came = object.spec?.nodeName && !previous?.spec?.nodeName
        const relabelled = previous && !isEqual(previous.metadata.labels, object.metadata.labels)
        for (const [key, { plugins }] of waiting) {
          const roomHelps = left && roomPlugins.some((plugin) => plugins.has(plugin))
          const companyHelps =
            (came || relabelled) && (plugins.has('InterPodAffinity') || plugins.has('PodTopologySpread'))
          if (roomHelps || companyHelps) enqueue(key)
        }
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }
}

interface Unschedulable {
  readonly message: string
  readonly plugins: ReadonlySet<string>
}

function choose({ objects, random }: ControllerContext, pod: Stored<Pod>): NodeState | Unschedulable {
  const states = readNodes(objects)
  const world: World = {
    nodes: states,
    services: objects.list(services, { namespace: pod.metadata.namespace }),
    namespaceLabels: (name) => objects.get(namespaces, { name })?.metadata.labels,
  }
  const refusals: Refusal[] = []
  const feasible = states.filter((state) => {
    const refusal = refusalOf(pod, state, world)
    if (refusal) refusals.push(refusal)
    return !refusal
  })
  if (feasible.length === 0) return unschedulable(states.length, refusals)
  const values = scores(pod, feasible, world)
  const best = Math.max(...values)
  const winners = feasible.filter((_, index) => values[index] === best)
  return winners[random.integer(winners.length)] ?? unschedulable(0, [])
}

/** FitError's message, and the default preemption plugin's after it. */
function unschedulable(total: number, refusals: readonly Refusal[]): Unschedulable {
  const plugins = new Set(refusals.map(({ plugin }) => plugin))
  if (total === 0) return { message: 'no nodes available to schedule pods', plugins }
  const reasons = histogram(refusals.flatMap((refusal) => refusal.reasons))
  const preemption = histogram(
    refusals.map(({ unresolvable }) =>
      unresolvable
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  )
  const available = `0/${total} nodes are available`
  return { message: `${available}: ${reasons}. preemption: ${available}: ${preemption}.`, plugins }
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

function reportUnschedulable({ objects, clock }: ControllerContext, pod: Stored<Pod>, message: string): void {
  const current = podCondition(pod, 'PodScheduled')
  if (current?.status === 'False' && current.message === message) return
  objects.mutate(
    pods,
    pod.metadata,
    (draft) => {
      const others = (draft.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
      const condition = {
        type: 'PodScheduled',
        // On the wire it is never left out (metav1.Time without omitempty).
        lastProbeTime: null,
        ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
        status: 'False',
        lastTransitionTime:
          current?.status === 'False' && current.lastTransitionTime
            ? current.lastTransitionTime
            : timestamp(clock.now()),
        reason: 'Unschedulable',
        message,
      }
      Object.assign(draft, { status: { ...draft.status, conditions: [...others, condition] } })
    },
    { subresource: 'status' },
  )
}

function bind(objects: Objects, pod: Stored<Pod>, node: string): void {
  objects.mutate(
    pods,
    pod.metadata,
    (draft) => {
      if (draft.spec) draft.spec.nodeName = node
    },
    { subresource: 'binding' },
  )
}
