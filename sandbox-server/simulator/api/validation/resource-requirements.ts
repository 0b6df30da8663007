// Requests and limits of a container. Source: pkg/apis/core/validation/validation.go (ValidateContainerResourceRequirements).
import type { Container } from '../../../contract/kubernetes.ts'
import { type FieldError, fieldInvalid, type Path } from '../field-error.ts'
import { parseQuantity } from '../schema/quantity.ts'
import { isQualifiedName } from './content.ts'

const standard = ['cpu', 'memory', 'ephemeral-storage']

export function validateResources(resources: Container['resources'], path: Path): FieldError[] {
  const errors: FieldError[] = []
  const limits = resources?.limits ?? {}
  for (const [kind, list] of [
    ['limits', limits],
    ['requests', resources?.requests ?? {}],
  ] as const) {
    for (const [name, value] of Object.entries(list)) {
      const at = path.child(kind).key(name)
      errors.push(...validateName(name, at), ...validateQuantity(value, at))
      const limit = kind === 'requests' ? limits[name] : undefined
      if (limit === undefined) continue
      if ((parseQuantity(value)?.nano ?? 0n) > (parseQuantity(limit)?.nano ?? 0n)) {
        const why = `must be less than or equal to ${name} limit of ${limit}`
        errors.push(fieldInvalid(path.child('requests'), value, why))
      }
    }
  }
  return errors
}

function validateName(name: string, path: Path): FieldError[] {
  const errors = isQualifiedName(name).map((text) => fieldInvalid(path, name, text))
  if (errors.length > 0 || name.includes('/') || standard.includes(name) || name.startsWith('hugepages-'))
    return errors
  return [
    fieldInvalid(path, name, 'must be a standard resource type or fully qualified'),
    fieldInvalid(path, name, 'must be a standard resource for containers'),
  ]
}

function validateQuantity(value: string, path: Path): FieldError[] {
  const nano = parseQuantity(value)?.nano ?? 0n
  return nano < 0n ? [fieldInvalid(path, value, 'must be greater than or equal to 0')] : []
}
