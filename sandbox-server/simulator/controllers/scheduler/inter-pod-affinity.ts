// Affinity and anti-affinity between pods (upstream pkg/scheduler/framework/plugins/interpodaffinity).
import type { PodAffinityTerm } from 'kubernetes-types/core/v1'
import type { Pod } from '../../../contract/kubernetes.ts'
import { matchesSelector } from '../runtime/label-selector.ts'
import type { Refusal, World } from './filters.ts'
import type { NodeState } from './node-state.ts'

function refuse(reason: string, unresolvable: boolean): Refusal {
  return { plugin: 'InterPodAffinity', reasons: [reason], unresolvable }
}

/** Whether `term`, stated by `stater`, selects `other`. */
function selects(term: PodAffinityTerm, stater: Pod, other: Pod, world: World): boolean {
  const namespace = other.metadata?.namespace ?? ''
  const named =
    term.namespaces?.includes(namespace) ||
    (term.namespaceSelector !== undefined &&
      matchesSelector(term.namespaceSelector, world.namespaceLabels(namespace))) ||
    (!term.namespaces?.length && !term.namespaceSelector && namespace === stater.metadata?.namespace)
  return named && matchesSelector(term.labelSelector, other.metadata?.labels)
}

function sameDomain(key: string, a: NodeState, b: NodeState): boolean {
  const domain = a.node.metadata.labels?.[key]
  return domain !== undefined && domain === b.node.metadata.labels?.[key]
}

export function affinityRefusal(pod: Pod, state: NodeState, world: World): Refusal | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const wanted = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (wanted.length > 0 && !allSatisfied(wanted, pod, state, world)) {
    return refuse("node(s) didn't match pod affinity rules", true)
  }
  const unwanted = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (unwanted.some((term) => countIn(term, pod, state, world) > 0)) {
    return refuse("node(s) didn't match pod anti-affinity rules", false)
  }
  for (const other of world.nodes) {
    for (const existing of other.pods) {
      const terms =
        existing.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
      const forbids = terms.some(
        (term) => selects(term, existing, pod, world) && sameDomain(term.topologyKey, state, other),
      )
      if (forbids) return refuse("node(s) didn't satisfy existing pods anti-affinity rules", false)
    }
  }
  return undefined
}

function countIn(term: PodAffinityTerm, pod: Pod, state: NodeState, world: World): number {
  return world.nodes
    .filter((other) => sameDomain(term.topologyKey, state, other))
    .reduce((sum, { pods }) => sum + pods.filter((other) => selects(term, pod, other, world)).length, 0)
}

/** The first pod of a group that wants to be together may go anywhere. */
function allSatisfied(terms: readonly PodAffinityTerm[], pod: Pod, state: NodeState, world: World): boolean {
  if (terms.some((term) => state.node.metadata.labels?.[term.topologyKey] === undefined)) return false
  if (terms.every((term) => countIn(term, pod, state, world) > 0)) return true
  const nobody = world.nodes.every(({ pods }) =>
    pods.every((other) => !terms.some((term) => selects(term, pod, other, world))),
  )
  return nobody && terms.every((term) => selects(term, pod, pod, world))
}

/** 0 to 100 a node, from preferred terms. */
export function affinityScores(pod: Pod, feasible: readonly NodeState[], world: World): number[] {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const preferred = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const avoided = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  if (preferred.length + avoided.length === 0) return feasible.map(() => 0)
  const raw = feasible.map(
    (state) =>
      preferred.reduce(
        (sum, { weight, podAffinityTerm }) => sum + weight * countIn(podAffinityTerm, pod, state, world),
        0,
      ) -
      avoided.reduce(
        (sum, { weight, podAffinityTerm }) => sum + weight * countIn(podAffinityTerm, pod, state, world),
        0,
      ),
  )
  const most = Math.max(...raw)
  const least = Math.min(...raw)
  return raw.map((score) => (most === least ? 0 : (100 * (score - least)) / (most - least)))
}
