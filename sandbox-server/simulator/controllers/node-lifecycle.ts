// Turns what a node's status says into taints (upstream pkg/controller/nodelifecycle). Nodes of a simulated cluster do not
// fall silent, so their leases are not watched; a Ready condition of Unknown, set by hand, is treated as upstream does.
import type { Taint } from 'kubernetes-types/core/v1'
import type { Node, Pod } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { nodes, pods } from '../api/resources.ts'
import { timestamp } from './runtime/conditions.ts'
import { type ControllerContext, changesOf, createController, keyOf } from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { createEventRecorder, subjectOf } from './runtime/events.ts'
import { podCondition } from './runtime/pod-state.ts'

const notReady = 'node.kubernetes.io/not-ready'
const unreachable = 'node.kubernetes.io/unreachable'

/** Condition type, the status that taints, and the taint's key. */
const pressures: readonly (readonly [type: string, status: string, key: string])[] = [
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
]

const managed = new Set([
  notReady,
  unreachable,
  'node.kubernetes.io/unschedulable',
  ...pressures.map(([, , key]) => key),
])

export const nodeLifecycleController = createController('node-lifecycle-controller', (context) => {
  const { objects } = context
  const recorder = createEventRecorder(context, { component: 'node-controller' })
  return {
    sources: [
      // One node's readiness decides over the others' eviction, so that all are looked at.
      changesOf(nodes, (node, { type, previous }) => {
        const same =
          previous && isEqual(previous.spec, node.spec) && isEqual(conditionsOf(previous), conditionsOf(node))
        if (same) return []
        if (type === 'ADDED' && context.clock.now() - Date.parse(node.metadata.creationTimestamp) < 1_000) {
          const { name } = node.metadata
          const message = `Node ${name} event: Registered Node ${name} in Controller`
          recorder.record(subjectOf(nodes, node), 'Normal', 'RegisteredNode', message)
        }
        if (type === 'MODIFIED' && previous && isReady(previous) && !isReady(node)) {
          recorder.record(
            subjectOf(nodes, node),
            'Normal',
            'NodeNotReady',
            `Node ${node.metadata.name} status is now: NodeNotReady`,
          )
          markPodsNotReady(context, node.metadata.name)
        }
        return objects.list(nodes).map(keyOf)
      }),
    ],
    reconcile(name) {
      const node = objects.get(nodes, { name })
      if (!node) return undefined
      const wanted = taintsFor(node, objects.list(nodes).some(isReady), context.clock.now())
      if (!isEqual(wanted, node.spec?.taints ?? [])) {
        objects.mutate(nodes, { name }, (draft) => {
          const { taints: _, ...spec } = draft.spec ?? {}
          draft.spec = wanted.length > 0 ? { ...spec, taints: wanted } : spec
        })
      }
      return undefined
    },
  }
})

function conditionsOf(node: Node): unknown {
  return (node.status?.conditions ?? []).map(({ type, status }) => [type, status])
}

function readyStatus(node: Node): string | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status
}

function isReady(node: Node): boolean {
  return readyStatus(node) === 'True'
}

/** Where no node at all is ready, upstream takes the fault to be its own and evicts nobody. */
function taintsFor(node: Stored<Node>, someReady: boolean, now: number): Taint[] {
  const status = readyStatus(node)
  const key = status === 'Unknown' || status === undefined ? unreachable : notReady
  const down: Taint[] = isReady(node) ? [] : [{ key, effect: 'NoSchedule' }]
  if (!isReady(node) && someReady) down.push({ key, effect: 'NoExecute' })
  const pressed = pressures.flatMap(([type, tainting, taint]): Taint[] =>
    node.status?.conditions?.some((condition) => condition.type === type && condition.status === tainting)
      ? [{ key: taint, effect: 'NoSchedule' }]
      : [],
  )
  const cordoned: Taint[] = node.spec?.unschedulable
    ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]
    : []
  const current = node.spec?.taints ?? []
  const wanted = [...down, ...pressed, ...cordoned].map(
    (taint) =>
      current.find((each) => each.key === taint.key && each.effect === taint.effect) ?? {
        ...taint,
        timeAdded: timestamp(now),
      },
  )
  return [...current.filter((taint) => !managed.has(taint.key)), ...wanted]
}

/** Pods on a node that went away are no longer counted as ready (MarkPodsNotReady). */
function markPodsNotReady({ objects, clock }: ControllerContext, name: string): void {
  for (const pod of objects.list(pods)) {
    if (pod.spec?.nodeName !== name || podCondition(pod, 'Ready')?.status !== 'True') continue
    objects.mutate(pods, pod.metadata, (draft: Pod) => setNotReady(draft, clock.now()), {
      subresource: 'status',
    })
  }
}

function setNotReady(draft: Pod, now: number): void {
  const conditions = (draft.status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready'
      ? { ...condition, status: 'False', reason: 'NodeNotReady', lastTransitionTime: timestamp(now) }
      : condition,
  )
  Object.assign(draft, { status: { ...draft.status, conditions } })
}
