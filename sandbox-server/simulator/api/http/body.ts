// The object in a request's body: JSON, YAML or protobuf, decoded as its type says.
// Source: apiserver/pkg/endpoints/handlers/{create,update,rest}.go.
import { parse as parseYaml } from 'yaml'
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { badRequest, tooLarge, unsupportedMediaType } from '../api-error.ts'
import type { ResourceType } from '../objects.ts'
import { decodeProtobuf } from '../protobuf/decode.ts'
import { apiVersionOf, type CustomResourceDefinition } from '../resources.ts'
import { type Decoded, DecodeError, decode } from '../schema/decode.ts'
import { namedType, schemaName, type TypeNode, typeOfResource } from '../schema/type-node.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

const limit = 3 * 1024 * 1024
const mediaTypes = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
]

/** Upstream's limit for a body (MaxRequestBodyBytes). */
export async function readBody(request: Request): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.length > limit) throw tooLarge(`limit is ${limit}`)
  return bytes
}

/** The body as plain data, or undefined where there is none. */
export async function readPlain(request: Request): Promise<unknown> {
  const bytes = await readBody(request)
  if (bytes.length === 0) return undefined
  const type = (request.headers.get('content-type') ?? 'application/json').split(';')[0]?.trim() ?? ''
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(bytes)
  const source = new TextDecoder().decode(bytes)
  if (type === 'application/yaml' || type === 'application/apply-patch+yaml') return yamlOf(source)
  if (type === 'application/json' || type === '' || type === 'text/plain') return jsonOf(source)
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${mediaTypes.join(', ')}`,
  )
}

export function yamlOf(source: string): unknown {
  try {
    return parseYaml(source, { merge: true })
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw badRequest(
      `the object provided is unrecognized (must be of type Unknown): couldn't get version/kind; json parse error: ${why}`,
    )
  }
}

export interface ExpectedObject {
  readonly type: ResourceType
  readonly definition: CustomResourceDefinition | undefined
  /** The kind where it is not the resource's own: Scale, Eviction, Binding. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string } | undefined
  readonly fieldValidation: FieldValidation
  readonly warn: (message: string) => void
}

export function parseFieldValidation(query: URLSearchParams): FieldValidation {
  const given = query.get('fieldValidation') ?? ''
  return given === 'Strict' || given === 'Ignore' ? given : 'Warn'
}

/** Checks apiVersion and kind, then decodes. Throws ApiError. */
export function decodeObject(plain: unknown, expected: ExpectedObject): KubernetesObject {
  const wanted = expected.kind ?? expected.type
  const apiVersion = apiVersionOf(wanted)
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${wanted.kind}): not an object`)
  }
  const given = { apiVersion, kind: wanted.kind, ...plain } as Record<string, unknown>
  if (given.apiVersion === '' || given.apiVersion === null) given.apiVersion = apiVersion
  if (given.kind === '' || given.kind === null) given.kind = wanted.kind
  if (given.apiVersion !== apiVersion) {
    const why = `the API version in the data (${String(given.apiVersion)}) does not match the expected API version (${apiVersion})`
    throw badRequest(why)
  }
  const prefix = `${String(given.kind)} in version ${JSON.stringify(wanted.version)} cannot be handled as a ${wanted.kind}`
  if (given.kind !== wanted.kind) {
    throw badRequest(
      `${prefix}: converting (${wanted.version}.${String(given.kind)}) to (${wanted.kind}): unknown conversion`,
    )
  }
  const node = nodeOf(expected)
  if (!node) return given as KubernetesObject
  let decoded: Decoded
  try {
    decoded = decode(given, node)
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${prefix}: ${error.message}`)
    throw error
  }
  if (decoded.unknown.length > 0) {
    if (expected.fieldValidation === 'Strict') {
      throw badRequest(`${prefix}: strict decoding error: ${decoded.unknown.join(', ')}`)
    }
    if (expected.fieldValidation === 'Warn') for (const field of decoded.unknown) expected.warn(field)
  }
  return decoded.value as KubernetesObject
}

function nodeOf({ kind, type, definition }: ExpectedObject): TypeNode | undefined {
  if (!kind) return typeOfResource(type, definition)
  const name = schemaName(kind.group, kind.version, kind.kind)
  return name ? namedType(name) : undefined
}
