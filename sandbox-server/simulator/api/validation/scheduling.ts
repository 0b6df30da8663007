// Tolerations, spread constraints and affinity. Source: pkg/apis/core/validation/validation.go.
import type { PodSpec } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  type Path,
} from '../field-error.ts'
import { isLabelValue } from './content.ts'
import { validateLabelName, validateLabelSelector } from './object-meta.ts'

type Tolerations = NonNullable<PodSpec['tolerations']>
type Constraints = NonNullable<PodSpec['topologySpreadConstraints']>
type Affinity = PodSpec['affinity']

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateTolerations(tolerations: Tolerations, path: Path): FieldError[] {
  const errors: FieldError[] = []
  for (const [index, toleration] of tolerations.entries()) {
    const at = path.index(index)
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration
    if (key !== '') errors.push(...validateLabelName(key, at.child('key')))
    if (key === '' && operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(fieldInvalid(at.child('operator'), operator, why))
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set"
      errors.push(fieldInvalid(at.child('effect'), effect, why))
    }
    if (operator === 'Equal' || operator === '') {
      const [text] = isLabelValue(value)
      if (text) errors.push(fieldInvalid(at.child('operator'), value, isLabelValue(value).join(';')))
    } else if (operator === 'Exists') {
      if (value !== '') {
        errors.push(
          fieldInvalid(at.child('operator'), toleration, "value must be empty when `operator` is 'Exists'"),
        )
      }
    } else errors.push(fieldNotSupported(at.child('operator'), operator, ['Equal', 'Exists']))
    if (effect !== '' && !effects.includes(effect))
      errors.push(fieldNotSupported(at.child('effect'), effect, effects))
  }
  return errors
}

export function validateSpreadConstraints(constraints: Constraints, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, constraint] of constraints.entries()) {
    const at = path.index(index)
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint
    if (maxSkew <= 0) errors.push(fieldInvalid(at.child('maxSkew'), maxSkew, 'must be greater than zero'))
    if (topologyKey === '') errors.push(fieldRequired(at.child('topologyKey'), 'can not be empty'))
    else errors.push(...validateLabelName(topologyKey, at.child('topologyKey')))
    const actions = ['DoNotSchedule', 'ScheduleAnyway']
    if (!actions.includes(whenUnsatisfiable)) {
      errors.push(fieldNotSupported(at.child('whenUnsatisfiable'), whenUnsatisfiable, actions))
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    if (seen.has(pair)) errors.push(fieldDuplicate(at.child('{topologyKey, whenUnsatisfiable}'), pair))
    seen.add(pair)
    errors.push(...validateLabelSelector(labelSelector, at.child('labelSelector')))
  }
  return errors
}

interface Term {
  labelSelector?: Parameters<typeof validateLabelSelector>[0]
  namespaceSelector?: Parameters<typeof validateLabelSelector>[0]
  topologyKey?: string
}

function validateTerm(term: Term, path: Path): FieldError[] {
  const errors = [
    ...validateLabelSelector(term.labelSelector, path.child('labelSelector')),
    ...validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector')),
  ]
  const key = term.topologyKey ?? ''
  if (key === '') errors.push(fieldRequired(path.child('topologyKey'), 'can not be empty'))
  return [...errors, ...validateLabelName(key, path.child('topologyKey'))]
}

export function validateAffinity(affinity: Affinity, path: Path): FieldError[] {
  const errors: FieldError[] = []
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const required = affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const requiredPath = path.child(kind, 'requiredDuringSchedulingIgnoredDuringExecution')
    for (const [index, term] of required.entries())
      errors.push(...validateTerm(term, requiredPath.index(index)))
    const preferred = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const preferredPath = path.child(kind, 'preferredDuringSchedulingIgnoredDuringExecution')
    for (const [index, one] of preferred.entries()) {
      const at = preferredPath.index(index)
      const weight = one.weight ?? 0
      if (weight < 1 || weight > 100) {
        errors.push(fieldInvalid(at.child('weight'), weight, `must be in the range 1-100`))
      }
      errors.push(...validateTerm(one.podAffinityTerm ?? {}, at.child('podAffinityTerm')))
    }
  }
  const node = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (node) {
    const terms = path.child(
      'nodeAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
      'nodeSelectorTerms',
    )
    if (!node.nodeSelectorTerms?.length) {
      errors.push(fieldRequired(terms, 'must have at least one node selector term'))
    }
    const operators = ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn']
    for (const [index, term] of (node.nodeSelectorTerms ?? []).entries()) {
      for (const [place, one] of (term.matchExpressions ?? []).entries()) {
        const at = terms.index(index).child('matchExpressions').index(place)
        if (!operators.includes(one.operator)) {
          errors.push(fieldInvalid(at.child('operator'), one.operator ?? '', 'not a valid selector operator'))
        }
        errors.push(...validateLabelName(one.key ?? '', at.child('key')))
      }
    }
  }
  return errors
}
