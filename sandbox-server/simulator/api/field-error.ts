// Errors of validation: which field, what kind of error, in upstream's words.
// Source: k8s.io/apimachinery/pkg/util/validation/field/{errors,path}.go.

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTooShort'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

export interface FieldError {
  readonly type: FieldErrorType
  readonly field: string
  /** Printed after the type; `undefined` is printed as Go prints nil. */
  readonly value: unknown
  readonly detail: string
}

const words: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}
const withoutValue = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
])

/** Text that is printed as it stands, for values whose Go form is not their JSON. */
export class Verbatim {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The message without the field's name. */
export function fieldErrorBody(error: FieldError): string {
  const value = withoutValue.has(error.type) ? '' : `: ${printed(error.value)}`
  return `${words[error.type]}${value}${error.detail === '' ? '' : `: ${error.detail}`}`
}

function printed(value: unknown): string {
  if (value instanceof Verbatim) return value.text
  if (typeof value === 'string') return goQuote(value)
  // encoding/json escapes these in every string.
  return JSON.stringify(value ?? null).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** strconv.Quote, for what JSON quotes otherwise. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
    .replace(/\\b/g, '\\b')
    .replace(/\\u00([0-9a-f]{2})/g, '\\x$1')
}

/** A path to a field: `spec.ports[0].name`, `metadata.labels[app]`. The empty path prints as `<nil>`. */
export class Path {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  child(...names: string[]): Path {
    const below = names.join('.')
    return new Path(this.text === '' ? below : `${this.text}.${below}`)
  }
  index(index: number): Path {
    return new Path(`${this.text}[${index}]`)
  }
  key(key: string): Path {
    return new Path(`${this.text}[${key}]`)
  }
  toString(): string {
    return this.text === '' ? '<nil>' : this.text
  }
}

export const fieldInvalid = (path: Path, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: path.toString(),
  value,
  detail,
})
export const fieldRequired = (path: Path, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field: path.toString(),
  value: '',
  detail,
})
export const fieldDuplicate = (path: Path, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field: path.toString(),
  value,
  detail: '',
})
export const fieldForbidden = (path: Path, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field: path.toString(),
  value: '',
  detail,
})
export const fieldNotFound = (path: Path, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field: path.toString(),
  value,
  detail: '',
})
/** `supported` are printed in the order given; upstream sorts them mostly. */
export const fieldNotSupported = (path: Path, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field: path.toString(),
  value,
  detail: supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`,
})
export const fieldTooLong = (path: Path, limit: number, unit = 'byte'): FieldError => ({
  type: 'FieldValueTooLong',
  field: path.toString(),
  value: '',
  detail: limit < 0 ? 'value is too long' : `may not be more than ${limit} ${unit}${limit === 1 ? '' : 's'}`,
})
export const fieldTooMany = (path: Path, actual: number, limit: number): FieldError => ({
  type: 'FieldValueTooMany',
  field: path.toString(),
  value: actual,
  detail: `must have at most ${limit} item${limit === 1 ? '' : 's'}`,
})
