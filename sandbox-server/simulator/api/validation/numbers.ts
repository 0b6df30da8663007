// Numbers and percentages. Source: pkg/apis/core/validation/validation.go, pkg/apis/apps/validation/validation.go.
import { type FieldError, fieldInvalid, type Path } from '../field-error.ts'
import { isValidPercent } from './content.ts'

export function validateNonnegative(value: number | undefined, path: Path): FieldError[] {
  return value !== undefined && value < 0
    ? [fieldInvalid(path, value, 'must be greater than or equal to 0')]
    : []
}

export type IntOrString = number | string

/** ValidatePositiveIntOrPercent. */
export function validateIntOrPercent(value: IntOrString, path: Path): FieldError[] {
  if (typeof value === 'number') return validateNonnegative(value, path)
  return isValidPercent(value).map((text) => fieldInvalid(path, value, text))
}

export function notMoreThanAll(value: IntOrString, path: Path): FieldError[] {
  const percent = typeof value === 'string' ? /^([0-9]+)%$/.exec(value)?.[1] : undefined
  return percent !== undefined && Number(percent) > 100
    ? [fieldInvalid(path, value, 'must not be greater than 100%')]
    : []
}

/** 0 for what is no number (getIntOrPercentValue). */
export function amount(value: IntOrString | undefined): number {
  if (typeof value === 'number') return value
  return Number(/^([0-9]+)%$/.exec(value ?? '')?.[1] ?? 0)
}
