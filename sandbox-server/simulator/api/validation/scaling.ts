// HorizontalPodAutoscaler and PodDisruptionBudget.
// Source: pkg/apis/autoscaling/validation/validation.go, pkg/apis/policy/validation/validation.go.
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  Path,
} from '../field-error.ts'
import { isPathSegmentName, nameIsDnsSubdomain, nameIsPathSegment } from './content.ts'
import { type IntOrString, notMoreThanAll, validateIntOrPercent } from './numbers.ts'
import { validateLabelSelector, validateObjectMeta } from './object-meta.ts'

const root = new Path('spec')

export function validateAutoscaler(autoscaler: HorizontalPodAutoscaler): FieldError[] {
  return [
    ...validateObjectMeta(autoscaler.metadata, true, nameIsDnsSubdomain),
    ...validateAutoscalerSpec(autoscaler),
  ]
}

export function validateAutoscalerSpec({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = []
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [] } = spec ?? {}
  if (minReplicas !== undefined) {
    const at = root.child('minReplicas')
    if (minReplicas < 0) errors.push(fieldInvalid(at, minReplicas, 'must be greater than or equal to 0'))
  }
  const max = root.child('maxReplicas')
  const below = minReplicas !== undefined && maxReplicas < minReplicas
  if (below) errors.push(fieldInvalid(max, maxReplicas, 'must be greater than or equal to `minReplicas`'))
  const target = root.child('scaleTargetRef')
  for (const key of ['kind', 'name'] as const) {
    const value = scaleTargetRef?.[key] ?? ''
    if (value === '') errors.push(fieldRequired(target.child(key)))
    else
      for (const text of isPathSegmentName(value)) errors.push(fieldInvalid(target.child(key), value, text))
  }
  const version = scaleTargetRef?.apiVersion ?? ''
  if (!version.includes('/') && version !== 'v1') {
    errors.push(fieldInvalid(target.child('apiVersion'), version, 'apiVersion must specify API group'))
  }
  for (const [index, metric] of metrics.entries()) {
    errors.push(...validateMetric(metric as unknown as Metric, root.child('metrics').index(index)))
  }
  if (
    minReplicas === 0 &&
    !metrics.some((metric) => metric.type === 'Object' || metric.type === 'External')
  ) {
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas'
    errors.push(fieldForbidden(root.child('metrics'), why))
  }
  // Found by declarative validation, which runs last.
  if (maxReplicas === 0) errors.push(fieldRequired(max))
  else if (maxReplicas < 1) errors.push(fieldInvalid(max, maxReplicas, 'must be greater than or equal to 1'))
  return errors
}

interface Target {
  type?: string
  averageUtilization?: number
  averageValue?: string
  value?: string
}
interface Metric {
  type?: string
  [source: string]: { name?: string; target?: Target } | string | undefined
}

const sources: Record<string, string> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

function validateMetric(metric: Metric, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const type = metric.type ?? ''
  if (type === '') errors.push(fieldRequired(path.child('type'), 'must specify a metric source type'))
  if (!(type in sources)) {
    return [...errors, fieldNotSupported(path.child('type'), type, Object.keys(sources))]
  }
  const member = sources[type] ?? ''
  const source = metric[member]
  const at = path.child(member)
  if (typeof source !== 'object') {
    return [...errors, fieldRequired(at, 'must populate information for the given metric source')]
  }
  if (type !== 'Resource') return errors
  if (!source.name) errors.push(fieldRequired(at.child('name'), 'must specify a resource name'))
  const target = source.target ?? {}
  const targetPath = at.child('target')
  if (!target.type) errors.push(fieldRequired(targetPath.child('type'), 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(target.type ?? '')) {
    const why = 'must be either Utilization, Value, or AverageValue'
    errors.push(fieldInvalid(targetPath.child('type'), target.type ?? '', why))
  }
  if (target.averageUtilization !== undefined && target.averageUtilization < 1) {
    errors.push(
      fieldInvalid(
        targetPath.child('averageUtilization'),
        target.averageUtilization,
        'must be greater than 0',
      ),
    )
  }
  if (target.averageUtilization === undefined && target.averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization'
    errors.push(fieldRequired(targetPath.child('averageUtilization'), why))
  } else if (target.averageUtilization !== undefined && target.averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization'
    errors.push(fieldForbidden(targetPath.child('averageValue'), why))
  }
  return errors
}

export function validateBudget(budget: PodDisruptionBudget): FieldError[] {
  return [...validateObjectMeta(budget.metadata, true, nameIsPathSegment), ...validateBudgetSpec(budget)]
}

export function validateBudgetSpec({ spec }: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = []
  if (spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    errors.push(fieldInvalid(root, spec, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec?.[name] as IntOrString | undefined
    if (value === undefined) continue
    errors.push(...validateIntOrPercent(value, root.child(name)), ...notMoreThanAll(value, root.child(name)))
  }
  return [...errors, ...validateLabelSelector(spec?.selector, root.child('selector'))]
}
