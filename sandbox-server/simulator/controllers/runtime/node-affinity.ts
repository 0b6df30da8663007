// Whether a node fits a pod's nodeSelector and node affinity (k8s.io/component-helpers/scheduling/corev1/nodeaffinity).
import type { NodeSelectorRequirement, NodeSelectorTerm } from 'kubernetes-types/core/v1'
import type { Node, Pod } from '../../../contract/kubernetes.ts'
import { matchesLabels } from './label-selector.ts'

export function matchesNodeAffinity(pod: Pod, node: Node): boolean {
  if (!matchesLabels(pod.spec?.nodeSelector ?? {}, node.metadata?.labels)) return false
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** A term without requirements matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const labels = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (labels.length + fields.length === 0) return false
  return (
    labels.every((requirement) => matches(requirement, node.metadata?.labels?.[requirement.key])) &&
    fields.every((requirement) =>
      matches(requirement, requirement.key === 'metadata.name' ? node.metadata?.name : undefined),
    )
  )
}

function matches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}
