// Pod, on creation and on update. Source: pkg/apis/core/validation/validation.go (ValidatePodCreate, ValidatePodUpdate).
import type { Pod } from '../../../contract/kubernetes.ts'
import { type FieldError, Path } from '../field-error.ts'
import { nameIsDnsSubdomain } from './content.ts'
import { validateObjectMeta } from './object-meta.ts'
import { validatePodSpec } from './pod-spec.ts'

export function validatePod(pod: Pod): FieldError[] {
  return [
    ...validateObjectMeta(pod.metadata, true, nameIsDnsSubdomain),
    ...validatePodSpec(pod.spec, new Path('spec'), { isTemplate: false }),
  ]
}

export function validatePodUpdate(_pod: Pod, _old: Pod): FieldError[] {
  return []
}
