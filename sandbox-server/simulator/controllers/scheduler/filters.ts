// Why a node cannot take a pod: the scheduler's filter plugins in their order, with upstream's words
// (pkg/scheduler/framework/plugins).
import type { Pod, Service } from '../../../contract/kubernetes.ts'
import { matchesNodeAffinity } from '../runtime/node-affinity.ts'
import { untolerated } from '../runtime/taints.ts'
import { affinityRefusal } from './inter-pod-affinity.ts'
import { type NodeState, requestsOf } from './node-state.ts'
import { spreadRefusal } from './topology-spread.ts'

export interface Refusal {
  readonly plugin: string
  readonly reasons: readonly string[]
  /** Removing pods from the node could not help. */
  readonly unresolvable: boolean
}

export interface World {
  readonly nodes: readonly NodeState[]
  readonly services: readonly Service[]
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined
}

/** The first plugin that refuses, or nothing. */
export function refusalOf(pod: Pod, state: NodeState, world: World): Refusal | undefined {
  for (const filter of filters) {
    const refusal = filter(pod, state, world)
    if (refusal) return refusal
  }
  return undefined
}

type Filter = (pod: Pod, state: NodeState, world: World) => Refusal | undefined

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

const filters: readonly Filter[] = [
  (pod, { node }) =>
    node.spec?.unschedulable &&
    untolerated([unschedulableTaint], pod.spec?.tolerations, ['NoSchedule']).length > 0
      ? refuse('NodeUnschedulable', 'node(s) were unschedulable', true)
      : undefined,
  (pod, { node }) =>
    untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']).length > 0
      ? refuse('TaintToleration', 'node(s) had untolerated taint(s)', true)
      : undefined,
  (pod, { node }) =>
    matchesNodeAffinity(pod, node)
      ? undefined
      : refuse('NodeAffinity', "node(s) didn't match Pod's node affinity/selector", true),
  (pod, { pods }) => {
    const taken = pods.flatMap(hostPorts)
    return hostPorts(pod).some((port) => taken.some((other) => conflicts(port, other)))
      ? refuse('NodePorts', "node(s) didn't have free ports for the requested pod ports", false)
      : undefined
  },
  resources,
  (pod, state, world) => spreadRefusal(pod, state, world.nodes),
  (pod, state, world) => affinityRefusal(pod, state, world),
]

function refuse(plugin: string, reason: string, unresolvable: boolean): Refusal {
  return { plugin, reasons: [reason], unresolvable }
}

/** NodeResourcesFit. */
function resources(pod: Pod, { pods, requested, allocatable }: NodeState): Refusal | undefined {
  const reasons: string[] = []
  let unresolvable = false
  if (pods.length + 1 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods')
  for (const [name, wanted] of requestsOf(pod)) {
    const capacity = allocatable.get(name) ?? 0
    if (wanted === 0 || wanted <= capacity - (requested.get(name) ?? 0)) continue
    reasons.push(`Insufficient ${name}`)
    unresolvable ||= wanted > capacity
  }
  return reasons.length > 0 ? { plugin: 'NodeResourcesFit', reasons, unresolvable } : undefined
}

interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

function hostPorts(pod: Pod): HostPort[] {
  return (pod.spec?.containers ?? []).flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP = '0.0.0.0', protocol = 'TCP' }) =>
      hostPort ? [{ ip: hostIP, protocol, port: hostPort }] : [],
    ),
  )
}

function conflicts(a: HostPort, b: HostPort): boolean {
  const overlap = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0'
  return overlap && a.port === b.port && a.protocol === b.protocol
}
