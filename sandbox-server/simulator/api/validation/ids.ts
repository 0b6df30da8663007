// Numbers of users and groups (upstream apimachinery/pkg/util/validation, IsValidUserID).
import { type FieldError, fieldInvalid, type Path } from '../field-error.ts'
import { inclusiveRange } from './content.ts'

export function validateId(id: number | undefined, path: Path): FieldError[] {
  if (id === undefined || (id >= 0 && id <= 2147483647)) return []
  return [fieldInvalid(path, id, inclusiveRange(0, 2147483647))]
}
