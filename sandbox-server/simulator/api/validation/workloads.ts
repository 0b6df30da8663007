// Deployment, ReplicaSet, StatefulSet, DaemonSet. Source: pkg/apis/apps/validation/validation.go.
import type {
  DaemonSet,
  Deployment,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  Path,
} from '../field-error.ts'
import { objectLabelMatcher } from '../selectors.ts'
import { deepEqual } from '../store/deep-equal.ts'
import { isDns1123Label, nameIsDnsLabel, nameIsDnsSubdomain } from './content.ts'
import {
  amount,
  type IntOrString,
  notMoreThanAll,
  validateIntOrPercent,
  validateNonnegative,
} from './numbers.ts'
import {
  validateAnnotations,
  validateLabelSelector,
  validateLabels,
  validateObjectMeta,
} from './object-meta.ts'
import { validatePodSpec } from './pod-spec.ts'

const specPath = new Path('spec')

function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
}

export function validatePodTemplate(template: PodTemplateSpec | undefined, path: Path): FieldError[] {
  return [
    ...validateLabels(template?.metadata?.labels, path.child('labels')),
    ...validateAnnotations(template?.metadata?.annotations, path.child('annotations')),
    ...validatePodSpec(template?.spec, path.child('spec'), { isTemplate: true }),
  ]
}

function validateMatch(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  path: Path,
): FieldError[] {
  if (selector && isEmptySelector(selector)) return []
  const labels = template?.metadata?.labels
  if (objectLabelMatcher(selector)(labels)) return []
  return [
    fieldInvalid(
      path.child('metadata', 'labels'),
      labels ?? null,
      '`selector` does not match template `labels`',
    ),
  ]
}

function alwaysRestarts(template: PodTemplateSpec | undefined, path: Path, kind: string): FieldError[] {
  const spec = template?.spec
  const errors: FieldError[] = []
  if (spec?.restartPolicy !== 'Always') {
    errors.push(fieldNotSupported(path.child('spec', 'restartPolicy'), spec?.restartPolicy ?? '', ['Always']))
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`
    errors.push(fieldForbidden(path.child('spec', 'activeDeadlineSeconds'), why))
  }
  return errors
}

/** Selector and template as Deployments, ReplicaSets and StatefulSets have them. */
function validateSelected(
  spec: { selector?: LabelSelector; template?: PodTemplateSpec },
  kind: { readonly name: string; readonly owner: string; readonly why: string },
): FieldError[] {
  const { selector, template } = spec
  const selectorPath = specPath.child('selector')
  const templatePath = specPath.child('template')
  const errors: FieldError[] = []
  if (!selector) errors.push(fieldRequired(selectorPath))
  else {
    errors.push(...validateLabelSelector(selector, selectorPath))
    if (isEmptySelector(selector)) {
      errors.push(fieldInvalid(selectorPath, {}, `empty selector is invalid for ${kind.name}`))
    }
  }
  if (validateLabelSelector(selector, selectorPath).length > 0) {
    return [...errors, fieldInvalid(selectorPath, selector, kind.why)]
  }
  return [
    ...errors,
    ...validateMatch(selector, template, templatePath),
    ...validatePodTemplate(template, templatePath),
    ...alwaysRestarts(template, templatePath, kind.owner),
  ]
}

interface Rolling {
  maxUnavailable?: IntOrString
  maxSurge?: IntOrString
}

function validateRolling(rolling: Rolling | undefined, path: Path): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling ?? {}
  const errors = [
    ...validateIntOrPercent(maxUnavailable, path.child('maxUnavailable')),
    ...validateIntOrPercent(maxSurge, path.child('maxSurge')),
  ]
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.push(
      fieldInvalid(path.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    )
  }
  return [...errors, ...notMoreThanAll(maxUnavailable, path.child('maxUnavailable'))]
}

export function validateDeployment(deployment: Deployment): FieldError[] {
  return [
    ...validateObjectMeta(deployment.metadata, true, nameIsDnsSubdomain),
    ...validateDeploymentSpec(deployment),
  ]
}

function validateDeploymentSpec({ spec }: Deployment): FieldError[] {
  const errors = [
    ...validateNonnegative(spec?.replicas, specPath.child('replicas')),
    ...validateSelected(spec ?? {}, {
      name: 'deployment',
      owner: 'ReplicaSet',
      why: 'invalid label selector',
    }),
  ]
  const strategy = spec?.strategy ?? {}
  const at = specPath.child('strategy')
  const rolling = strategy.rollingUpdate as Rolling | undefined
  if (strategy.type === 'Recreate') {
    if (rolling) {
      const why = "may not be specified when strategy `type` is 'Recreate'"
      errors.push(fieldForbidden(at.child('rollingUpdate'), why))
    }
  } else if (strategy.type === 'RollingUpdate') {
    if (!rolling)
      errors.push(fieldRequired(at.child('rollingUpdate'), 'this should be defaulted and never be nil'))
    else errors.push(...validateRolling(rolling, at.child('rollingUpdate')))
  } else {
    const inner = rolling
      ? { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 }
      : null
    const value = { Type: strategy.type ?? '', RollingUpdate: inner }
    errors.push(fieldNotSupported(at, value, ['Recreate', 'RollingUpdate']))
  }
  const ready = spec?.minReadySeconds ?? 0
  errors.push(
    ...validateNonnegative(ready, specPath.child('minReadySeconds')),
    ...validateNonnegative(spec?.revisionHistoryLimit, specPath.child('revisionHistoryLimit')),
  )
  const deadline = spec?.progressDeadlineSeconds
  if (deadline !== undefined) {
    const path = specPath.child('progressDeadlineSeconds')
    errors.push(...validateNonnegative(deadline, path))
    if (deadline <= ready) errors.push(fieldInvalid(path, deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  return [
    ...validateDeploymentSpec(deployment),
    ...immutableSelector(deployment.spec?.selector, old.spec?.selector),
  ]
}

function immutableSelector(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
): FieldError[] {
  return deepEqual(selector, old)
    ? []
    : [fieldInvalid(specPath.child('selector'), selector, 'field is immutable')]
}

export function validateReplicaSet(set: ReplicaSet): FieldError[] {
  return [...validateObjectMeta(set.metadata, true, nameIsDnsSubdomain), ...validateReplicaSetSpec(set)]
}

function validateReplicaSetSpec({ spec }: ReplicaSet): FieldError[] {
  return [
    ...validateNonnegative(spec?.replicas, specPath.child('replicas')),
    ...validateNonnegative(spec?.minReadySeconds, specPath.child('minReadySeconds')),
    ...validateSelected(spec ?? {}, {
      name: 'deployment',
      owner: 'ReplicaSet',
      why: 'invalid label selector',
    }),
  ]
}

export function validateReplicaSetUpdate(set: ReplicaSet, old: ReplicaSet): FieldError[] {
  return [...validateReplicaSetSpec(set), ...immutableSelector(set.spec?.selector, old.spec?.selector)]
}

export function validateStatefulSet(set: StatefulSet): FieldError[] {
  return [...validateObjectMeta(set.metadata, true, nameIsDnsLabel), ...validateStatefulSetSpec(set)]
}

function validateStatefulSetSpec({ spec }: StatefulSet): FieldError[] {
  const errors: FieldError[] = []
  const policy = spec?.podManagementPolicy ?? ''
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    const why = "must be 'OrderedReady' or 'Parallel'"
    errors.push(fieldInvalid(specPath.child('podManagementPolicy'), policy, why))
  }
  const strategy = spec?.updateStrategy ?? {}
  const at = specPath.child('updateStrategy')
  const rolling = strategy.rollingUpdate as { partition?: number; maxUnavailable?: IntOrString } | undefined
  if (strategy.type === 'OnDelete') {
    if (rolling) {
      const why = "only allowed for updateStrategy 'RollingUpdate'"
      errors.push(fieldInvalid(at.child('rollingUpdate'), rolling, why))
    }
  } else if (strategy.type === 'RollingUpdate') {
    errors.push(...validateNonnegative(rolling?.partition, at.child('rollingUpdate', 'partition')))
    const unavailable = rolling?.maxUnavailable
    if (unavailable !== undefined) {
      const path = at.child('rollingUpdate', 'maxUnavailable')
      errors.push(...validateIntOrPercent(unavailable, path))
      if (amount(unavailable) === 0) errors.push(fieldInvalid(path, unavailable, 'cannot be 0'))
      errors.push(...notMoreThanAll(unavailable, path))
    }
  } else errors.push(fieldInvalid(at, strategy, "must be 'RollingUpdate' or 'OnDelete'"))
  const retention = (spec as { persistentVolumeClaimRetentionPolicy?: Record<string, string> } | undefined)
    ?.persistentVolumeClaimRetentionPolicy
  for (const key of ['whenDeleted', 'whenScaled']) {
    const value = retention?.[key]
    if (value !== undefined && value !== 'Retain' && value !== 'Delete') {
      const path = specPath.child('persistentVolumeClaimRetentionPolicy', key)
      errors.push(fieldNotSupported(path, value, ['Delete', 'Retain']))
    }
  }
  errors.push(
    ...validateNonnegative(spec?.replicas, specPath.child('replicas')),
    ...validateNonnegative(spec?.minReadySeconds, specPath.child('minReadySeconds')),
  )
  if (spec?.serviceName) {
    for (const text of isDns1123Label(spec.serviceName)) {
      errors.push(fieldInvalid(specPath.child('serviceName'), spec.serviceName, text))
    }
  }
  return [...errors, ...validateSelected(spec ?? {}, { name: 'statefulset', owner: 'StatefulSet', why: '' })]
}

export function validateStatefulSetUpdate(set: StatefulSet, old: StatefulSet): FieldError[] {
  const mutable = (spec: unknown) => ({
    ...(spec as object),
    replicas: undefined,
    ordinals: undefined,
    template: undefined,
    updateStrategy: undefined,
    revisionHistoryLimit: undefined,
    persistentVolumeClaimRetentionPolicy: undefined,
    minReadySeconds: undefined,
  })
  if (deepEqual(mutable(set.spec), mutable(old.spec))) return validateStatefulSetSpec(set)
  const why =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
  return [...validateStatefulSetSpec(set), fieldForbidden(specPath, why)]
}

export function validateDaemonSet(set: DaemonSet): FieldError[] {
  return [...validateObjectMeta(set.metadata, true, nameIsDnsSubdomain), ...validateDaemonSetSpec(set)]
}

function validateDaemonSetSpec({ spec }: DaemonSet): FieldError[] {
  const selectorPath = specPath.child('selector')
  const templatePath = specPath.child('template')
  const malformed = validateLabelSelector(spec?.selector, selectorPath)
  const errors = [...malformed]
  if (malformed.length === 0 && !objectLabelMatcher(spec?.selector)(spec?.template?.metadata?.labels)) {
    const labels = spec?.template?.metadata?.labels ?? null
    const why = '`selector` does not match template `labels`'
    errors.push(fieldInvalid(templatePath.child('metadata', 'labels'), labels, why))
  }
  if (spec?.selector && isEmptySelector(spec.selector)) {
    errors.push(fieldInvalid(selectorPath, {}, 'empty selector is invalid for daemonset'))
  }
  errors.push(
    ...validatePodTemplate(spec?.template, templatePath),
    ...alwaysRestarts(spec?.template, templatePath, 'DaemonSet'),
    ...validateNonnegative(spec?.minReadySeconds, specPath.child('minReadySeconds')),
  )
  const strategy = spec?.updateStrategy ?? {}
  const at = specPath.child('updateStrategy')
  const rolling = strategy.rollingUpdate as Rolling | undefined
  if (strategy.type === 'RollingUpdate') {
    if (!rolling) errors.push(fieldRequired(at.child('rollingUpdate')))
    else errors.push(...validateDaemonRolling(rolling, at.child('rollingUpdate')))
  } else if (strategy.type !== 'OnDelete') {
    const inner = rolling
      ? { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 }
      : null
    errors.push(
      fieldNotSupported(at, { Type: strategy.type ?? '', RollingUpdate: inner }, [
        'RollingUpdate',
        'OnDelete',
      ]),
    )
  }
  return [
    ...errors,
    ...validateNonnegative(spec?.revisionHistoryLimit, specPath.child('revisionHistoryLimit')),
  ]
}

function validateDaemonRolling({ maxUnavailable = 0, maxSurge = 0 }: Rolling, path: Path): FieldError[] {
  const errors = [
    ...validateIntOrPercent(maxUnavailable, path.child('maxUnavailable')),
    ...notMoreThanAll(maxUnavailable, path.child('maxUnavailable')),
    ...validateIntOrPercent(maxSurge, path.child('maxSurge')),
    ...notMoreThanAll(maxSurge, path.child('maxSurge')),
  ]
  const hasUnavailable = amount(maxUnavailable) !== 0
  const hasSurge = amount(maxSurge) !== 0
  if (hasUnavailable && hasSurge) {
    errors.push(
      fieldInvalid(path.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero'),
    )
  } else if (!hasUnavailable && !hasSurge) {
    errors.push(fieldRequired(path.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'))
  }
  return errors
}

export function validateDaemonSetUpdate(set: DaemonSet, old: DaemonSet): FieldError[] {
  return [...validateDaemonSetSpec(set), ...immutableSelector(set.spec?.selector, old.spec?.selector)]
}
