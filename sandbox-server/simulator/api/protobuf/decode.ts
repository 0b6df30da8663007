// Objects that clients send as protobuf: kubectl create and DeleteOptions do. Decoded into the same plain data as JSON.
// Source: apimachinery/pkg/runtime/serializer/protobuf/protobuf.go and the generated.proto files.
import { badRequest } from '../api-error.ts'
import { fieldTable, messageOf, type ProtobufMessage } from './messages.ts'

const magic = [0x6b, 0x38, 0x73, 0x00]

/** Throws a 400 where the bytes are no object that is known. */
export async function decodeProtobuf(bytes: Uint8Array): Promise<unknown> {
  if (!magic.every((byte, index) => bytes[index] === byte)) {
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  const unknown = await messageOf('k8s.io.apimachinery.pkg.runtime.Unknown')
  const envelope = read(unknown, bytes.subarray(magic.length)) as {
    typeMeta?: { apiVersion?: string; kind?: string }
    raw?: Uint8Array
  }
  const { apiVersion = '', kind = '' } = envelope.typeMeta ?? {}
  const table = await fieldTable()
  const type = await table.messageOfKind(apiVersion, kind)
  if (!type) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`)
  const object = convert(read(type, envelope.raw ?? new Uint8Array()), type, table.fieldsOf) as object
  return { apiVersion, kind, ...object }
}

function read(type: ProtobufMessage, bytes: Uint8Array): Record<string, unknown> {
  try {
    return type.decode(bytes) as unknown as Record<string, unknown>
  } catch (error) {
    throw badRequest(`cannot decode ${type.name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type FieldsOf = (
  type: ProtobufMessage,
) => { known: ReadonlySet<string>; pointers: ReadonlySet<string> } | undefined

interface TimeMessage {
  seconds?: unknown
  nanos?: number
}

/** A decoded message as JSON has it. */
function convert(message: Record<string, unknown>, type: ProtobufMessage, fieldsOf: FieldsOf): unknown {
  switch (type.name) {
    case 'Quantity':
      return message.string
    case 'IntOrString':
      return Number(message.type ?? 0) === 0 ? Number(message.intVal ?? 0) : (message.strVal ?? '')
    case 'Time':
    case 'MicroTime':
      return timeOf(message as TimeMessage, type.name === 'MicroTime')
    case 'RawExtension':
    case 'FieldsV1':
    case 'JSON':
      return rawOf((message.raw ?? message.Raw) as Uint8Array | undefined)
  }
  const result: Record<string, unknown> = {}
  const fields = fieldsOf(type)
  for (const field of type.fieldsArray) {
    field.resolve()
    const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined
    if (value === undefined || value === null) continue
    const nested = field.resolvedType as ProtobufMessage | null
    const one = (item: unknown) =>
      nested && 'fieldsArray' in nested
        ? convert(item as Record<string, unknown>, nested, fieldsOf)
        : scalar(item)
    let converted: unknown
    if (field.map) {
      const entries = Object.entries(value as object)
      if (entries.length === 0) continue
      converted = Object.fromEntries(entries.map(([key, item]) => [key, one(item)]))
    } else if (field.repeated) {
      if ((value as unknown[]).length === 0) continue
      converted = (value as unknown[]).map(one)
    } else converted = one(value)
    // Inlined structs (VolumeSource, ProbeHandler) are fields of their own in protobuf only.
    if (fields && !fields.known.has(field.name) && isObject(converted)) Object.assign(result, converted)
    else if (!isZero(converted) || fields?.pointers.has(field.name)) result[field.name] = converted
  }
  return result
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What Go writes for a field that was not set. */
function isZero(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false
}

function scalar(value: unknown): unknown {
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value))
  if (typeof value === 'object' && value !== null && 'toNumber' in value) {
    return (value as { toNumber(): number }).toNumber()
  }
  return value
}

function timeOf({ seconds, nanos = 0 }: TimeMessage, micro: boolean): string | undefined {
  const epoch = Number(scalar(seconds ?? 0))
  if (epoch === 0 && nanos === 0) return undefined
  const whole = new Date(epoch * 1000).toISOString().slice(0, 19)
  return micro ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${whole}Z`
}

function rawOf(raw: Uint8Array | undefined): unknown {
  if (!raw || raw.length === 0) return undefined
  return JSON.parse(new TextDecoder().decode(raw))
}
