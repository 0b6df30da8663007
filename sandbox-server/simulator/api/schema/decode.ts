// Turns JSON from outside into an object of a known type, as Go's decoder does: wrong types are refused in its words, unknown
// fields dropped and reported, nulls left out. Source: sigs.k8s.io/json, apimachinery/pkg/runtime/serializer/json.
import goFields from '../data/go-fields.generated.json' with { type: 'json' }
import goTypes from '../data/go-types.generated.json' with { type: 'json' }
import { formatQuantity, parseQuantity, quantityError } from './quantity.ts'
import type { TypeNode } from './type-node.ts'

export interface Decoded {
  readonly value: Record<string, unknown>
  /** `unknown field "spec.foo"`, for strict decoding. */
  readonly unknown: readonly string[]
}

/** A type that does not fit. The message is Go's. */
export class DecodeError extends Error {}

interface Place {
  /** Innermost struct: its Go name and schema name. */
  readonly struct: string
  readonly goTypes: Readonly<Record<string, string>>
  /** Field of that struct. */
  readonly field: string
  /** `spec.ports.port` and `spec.ports[0].port`. */
  readonly path: string
  readonly exact: string
}

interface Context {
  readonly unknown: string[]
  /** Go goes on after a type that does not fit and reports the first one. */
  failure: DecodeError | undefined
}

const pointers = goFields.pointers as Readonly<Record<string, readonly string[]>>
const always = goFields.always as Readonly<Record<string, readonly string[]>>
const embedded = goFields.embedded as Readonly<Record<string, Readonly<Record<string, string>>>>
const namedTypes = goTypes as Readonly<Record<string, Readonly<Record<string, string>>>>

/** Throws DecodeError. */
export function decode(json: unknown, type: TypeNode): Decoded {
  const context: Context = { unknown: [], failure: undefined }
  const value = decodeStruct(
    json,
    type,
    { struct: type.name, goTypes: {}, field: '', path: '', exact: '' },
    context,
  )
  if (context.failure) throw context.failure
  return { value: value as Record<string, unknown>, unknown: context.unknown }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

function refuse(value: unknown, goType: string, place: Place, context: Context, literal = ''): undefined {
  const into = place.field === '' ? 'Go value' : `Go struct field ${place.struct}.${place.path}`
  context.failure ??= new DecodeError(
    `json: cannot unmarshal ${kindOf(value)}${literal} into ${into} of type ${goType}`,
  )
  return undefined
}

function decodeAny(
  value: unknown,
  type: TypeNode,
  place: Place,
  context: Context,
  isElement: boolean,
): unknown {
  const named = place.goTypes[place.field]
  const goType = named === undefined ? type.goType : isElement ? named.replace(/^\[\]/, '') : named
  switch (type.kind) {
    case 'struct':
      return decodeStruct(value, type, place, context)
    case 'list':
      if (!Array.isArray(value)) return refuse(value, goType, place, context)
      return value.map((item, index) => {
        const at = { ...place, exact: `${place.exact}[${index}]` }
        if (item === null) return type.element ? zeroItem(type.element) : null
        return type.element ? decodeAny(item, type.element, at, context, true) : item
      })
    case 'map': {
      if (kindOf(value) !== 'object') return refuse(value, goType, place, context)
      const result: Record<string, unknown> = {}
      for (const [key, item] of Object.entries(value as object)) {
        const at = { ...place, exact: `${place.exact}.${key}`, goTypes: {} }
        const element = type.element
        if (item === null) result[key] = element ? zeroItem(element) : null
        else result[key] = element ? decodeAny(item, element, at, context, true) : item
      }
      return result
    }
    case 'string':
    case 'time':
      if (typeof value !== 'string')
        return refuse(value, type.kind === 'time' ? 'string' : goType, place, context)
      if (type.kind === 'time') return decodeTime(value, context)
      return value
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, goType, place, context)
    case 'integer':
      return decodeInteger(value, goType, place, context)
    case 'number':
      return typeof value === 'number' ? value : refuse(value, goType, place, context)
    case 'bytes':
      return decodeBytes(value, goType, place, context)
    case 'quantity':
      return decodeQuantity(value, context)
    case 'int-or-string':
      return typeof value === 'string' ? value : decodeInteger(value, 'int32', place, context)
    case 'any':
      return value
  }
}

function zeroItem(type: TypeNode): unknown {
  if (type.kind === 'string' || type.kind === 'time' || type.kind === 'bytes') return ''
  if (type.kind === 'integer' || type.kind === 'number') return 0
  if (type.kind === 'boolean') return false
  return type.kind === 'list' ? null : {}
}

function decodeStruct(value: unknown, type: TypeNode, place: Place, context: Context): unknown {
  if (kindOf(value) !== 'object') return refuse(value, type.goType, place, context)
  const result: Record<string, unknown> = {}
  const types = namedTypes[type.schemaName] ?? {}
  for (const [key, item] of Object.entries(value as object)) {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
    const exact = place.exact === '' ? key : `${place.exact}.${key}`
    if (!field) context.unknown.push(`unknown field ${JSON.stringify(exact)}`)
    else if (item !== null) {
      const named = embedded[type.schemaName]?.[key]
      const member = named === undefined ? key : `${named}.${key}`
      const path = place.path === '' ? member : `${place.path}.${member}`
      const at = { struct: type.name, goTypes: types, field: key, path, exact }
      const decoded = decodeAny(item, field.type, at, context, false)
      if (decoded !== undefined) result[key] = decoded
    }
  }
  if (type.schemaName !== '') asGoWrites(result, type)
  return result
}

/** Leaves out what Go omits when empty, and puts in what it does not. */
function asGoWrites(result: Record<string, unknown>, type: TypeNode): void {
  const kept = pointers[type.schemaName] ?? []
  const written = always[type.schemaName] ?? []
  for (const [key, value] of Object.entries(result)) {
    if (isEmpty(value) && !kept.includes(key) && !written.includes(key) && !type.fields[key]?.byValue) {
      delete result[key]
    }
  }
  for (const [key, field] of Object.entries(type.fields)) {
    if (result[key] !== undefined) continue
    if (field.byValue && field.type.kind === 'struct') {
      const zero = {}
      asGoWrites(zero, field.type)
      if (key !== 'metadata' && key !== 'status') result[key] = zero
    } else if (written.includes(key) && !kept.includes(key)) result[key] = zeroField(field.type)
  }
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function zeroField(type: TypeNode): unknown {
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'time' || type.kind === 'any') return null
  if (type.kind === 'quantity') return '0'
  return type.kind === 'int-or-string' ? 0 : zeroItem(type)
}

function decodeInteger(value: unknown, goType: string, place: Place, context: Context): unknown {
  if (typeof value !== 'number') return refuse(value, goType, place, context)
  const limit = goType === 'int64' ? 2 ** 63 : 2 ** 31
  if (!Number.isInteger(value) || value >= limit || value < -limit) {
    return refuse(value, goType, place, context, ` ${String(value)}`)
  }
  return value
}

function decodeTime(value: string, context: Context): string | undefined {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)
    ? Date.parse(value)
    : Number.NaN
  if (Number.isNaN(time)) {
    context.failure ??= new DecodeError(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    )
    return undefined
  }
  return value
}

function decodeBytes(value: unknown, goType: string, place: Place, context: Context): unknown {
  if (typeof value !== 'string') return refuse(value, goType, place, context)
  const wrong = base64Error(value)
  if (wrong >= 0) context.failure ??= new DecodeError(`illegal base64 data at input byte ${wrong}`)
  return value
}

/** Where encoding/base64 stops, or -1. */
function base64Error(text: string): number {
  const data = text.replace(/[\r\n]/g, '')
  const bad = data.search(/[^A-Za-z0-9+/]/)
  if (bad < 0) return data.length % 4 === 0 ? -1 : data.length - (data.length % 4)
  if (data[bad] !== '=') return bad
  const position = bad % 4
  const rest = data.slice(bad)
  if (position === 3 && rest === '=') return -1
  if (position === 2 && rest === '==') return -1
  return position < 2 ? bad : bad + (rest.startsWith('==') ? 2 : 1)
}

function decodeQuantity(value: unknown, context: Context): unknown {
  const parsed =
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined
  if (!parsed) {
    context.failure ??= new DecodeError(quantityError)
    return undefined
  }
  return formatQuantity(parsed)
}
