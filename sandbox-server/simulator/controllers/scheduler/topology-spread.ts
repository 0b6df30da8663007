// PodTopologySpread: constraints that a pod states, and the cluster's default of spreading a Service's pods over nodes and
// zones (upstream pkg/scheduler/framework/plugins/podtopologyspread).
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1'
import type { LabelSelector, Pod, Service } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { matchesLabels, matchesSelector } from '../runtime/label-selector.ts'
import { matchesNodeAffinity } from '../runtime/node-affinity.ts'
import type { Refusal } from './filters.ts'
import type { NodeState } from './node-state.ts'

/** How many matching pods each value of the topology key has, among the nodes that the pod may use at all. */
function countByDomain(
  nodes: readonly NodeState[],
  key: string,
  matches: (pod: Stored<Pod>) => boolean,
  eligible: (state: NodeState) => boolean,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const state of nodes) {
    const domain = state.node.metadata.labels?.[key]
    if (domain === undefined || !eligible(state)) continue
    const matching = state.pods.filter((pod) => !pod.metadata.deletionTimestamp && matches(pod))
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length)
  }
  return counts
}

function selectorOf(constraint: TopologySpreadConstraint, pod: Pod): LabelSelector | undefined {
  const keys = constraint.matchLabelKeys ?? []
  const extra = keys.flatMap((key) => {
    const value = pod.metadata?.labels?.[key]
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }]
  })
  const { labelSelector } = constraint
  if (!labelSelector || extra.length === 0) return labelSelector
  return { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...extra] }
}

export function spreadRefusal(pod: Pod, state: NodeState, nodes: readonly NodeState[]): Refusal | undefined {
  const reason = "node(s) didn't match pod topology spread constraints"
  for (const constraint of pod.spec?.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue
    const domain = state.node.metadata.labels?.[constraint.topologyKey]
    if (domain === undefined) {
      const missing = `${reason} (missing required label)`
      return { plugin: 'PodTopologySpread', reasons: [missing], unresolvable: true }
    }
    const selector = selectorOf(constraint, pod)
    const counts = countByDomain(
      nodes,
      constraint.topologyKey,
      (other) =>
        other.metadata.namespace === pod.metadata?.namespace &&
        matchesSelector(selector, other.metadata.labels),
      ({ node }) => matchesNodeAffinity(pod, node),
    )
    const few = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
    const self = matchesSelector(selector, pod.metadata?.labels) ? 1 : 0
    if ((counts.get(domain) ?? 0) + self - few > constraint.maxSkew) {
      return { plugin: 'PodTopologySpread', reasons: [reason], unresolvable: false }
    }
  }
  return undefined
}

/** The system's defaults (systemDefaultConstraints). */
const defaults = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
]

/** 0 to 100 a node: the fewer pods of the same kind share its topology, the more. */
export function spreadScores(
  pod: Stored<Pod>,
  feasible: readonly NodeState[],
  nodes: readonly NodeState[],
  services: readonly Service[],
): number[] {
  const stated = (pod.spec?.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable === 'ScheduleAnyway',
  )
  const own = (pod.spec?.topologySpreadConstraints ?? []).length > 0
  const constraints = own
    ? stated.map((constraint) => ({ ...constraint, selector: selectorOf(constraint, pod) }))
    : defaults.map((constraint) => ({ ...constraint, selector: undefined }))
  const sibling = siblingTest(pod, services)
  const raw = feasible.map(() => 0)
  for (const { topologyKey, maxSkew, selector } of constraints) {
    const counts = countByDomain(
      nodes,
      topologyKey,
      (other) =>
        other.metadata.namespace === pod.metadata.namespace &&
        (own ? matchesSelector(selector, other.metadata.labels) : sibling(other)),
      ({ node }) => matchesNodeAffinity(pod, node),
    )
    const weight = Math.log(counts.size + 2)
    for (const [index, { node }] of feasible.entries()) {
      const count = counts.get(node.metadata.labels?.[topologyKey] ?? '')
      if (count !== undefined) raw[index] = (raw[index] ?? 0) + count * weight + maxSkew - 1
    }
  }
  const most = Math.max(...raw)
  const least = Math.min(...raw)
  return raw.map((score) => (most === 0 ? 100 : (100 * (most + least - score)) / most))
}

/** DefaultSelector: pods of the same Services, or with the same controller's labels. */
function siblingTest(pod: Stored<Pod>, services: readonly Service[]): (other: Stored<Pod>) => boolean {
  const selectors = services.flatMap(({ metadata, spec }) =>
    metadata?.namespace === pod.metadata.namespace &&
    spec?.selector &&
    matchesLabels(spec.selector, pod.metadata.labels)
      ? [spec.selector]
      : [],
  )
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller)?.uid
  return (other) => {
    if (selectors.length === 0 && owner === undefined) return false
    if (!selectors.every((selector) => matchesLabels(selector, other.metadata.labels))) return false
    return owner === undefined || other.metadata.ownerReferences?.some(({ uid }) => uid === owner) === true
  }
}
