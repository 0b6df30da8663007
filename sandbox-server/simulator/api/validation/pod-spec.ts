import type { PodSpec } from '../../../contract/kubernetes.ts'
import type { FieldError, Path } from '../field-error.ts'

export function validatePodSpec(
  _spec: PodSpec | undefined,
  _path: Path,
  _options: { isTemplate: boolean },
): FieldError[] {
  return []
}
