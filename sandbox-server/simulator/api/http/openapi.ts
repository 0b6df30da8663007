// /openapi/v3: the index, and a document a group, assembled when first asked for and shared by all clusters in the process.
import type { ResourceRegistry } from '../resource-registry.ts'
import { apiVersionOf } from '../resources.ts'
import type { Schema } from '../schema/type-node.ts'
import { json } from './respond.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface StoredDocument {
  openapi: string
  info: Json
  paths: Json
  components?: Json
  unreached: string[]
}
interface Source {
  parameters: Json[]
  documents: Record<string, StoredDocument>
  schemas: Record<string, Json>
  descriptions: Record<string, Record<string, string>>
}

let loading: Promise<Source> | undefined
const texts = new Map<string, string>()

function load(): Promise<Source> {
  loading ??= (async () => {
    const [{ default: openapi }, { default: schemas }, { default: descriptions }] = await Promise.all([
      import('../data/openapi.generated.json', { with: { type: 'json' } }),
      import('../data/schemas.generated.json', { with: { type: 'json' } }),
      import('../data/descriptions.generated.json', { with: { type: 'json' } }),
    ])
    return { ...openapi, schemas, descriptions } as unknown as Source
  })()
  return loading
}

/** Undefined where the path is not one of OpenAPI's. */
export async function openApiResponse(
  path: string,
  registry: ResourceRegistry,
): Promise<Response | undefined> {
  if (path === '/openapi/v2') return emptyV2()
  if (!path.startsWith('/openapi/v3')) return undefined
  const source = await load()
  const name = path.slice('/openapi/v3/'.length)
  if (name === '') {
    const names = [...Object.keys(source.documents), ...customDocuments(registry)]
    const entry = (one: string) => ({ serverRelativeURL: `/openapi/v3/${one}?hash=${hash(one, registry)}` })
    return json({ paths: Object.fromEntries(names.map((one) => [one, entry(one)])) })
  }
  const text = documentText(name, source) ?? customText(name, registry, source)
  if (text === undefined) return undefined
  return new Response(text, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'public, immutable',
      etag: `"${hash(name, registry)}"`,
    },
  })
}

/**
 * The older document, which kubectl only asks for when v3 does not know a kind: one without definitions, as protobuf
 * (field 1, `swagger: "2.0"`), says that nothing more is known.
 */
function emptyV2(): Response {
  return new Response(new Uint8Array([0x0a, 0x03, 0x32, 0x2e, 0x30]), {
    headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
  })
}

function customDocuments(registry: ResourceRegistry): string[] {
  return [...new Set(registry.custom().map((type) => `apis/${apiVersionOf(type)}`))]
}

/** Changes when the document does: built-in ones never do. */
function hash(name: string, registry: ResourceRegistry): string {
  const versions = registry
    .custom()
    .filter((type) => name === `apis/${apiVersionOf(type)}`)
    .map((type) => registry.definition(type)?.metadata?.resourceVersion ?? '')
  let value = 0xcbf29ce484222325n
  for (const character of `${name} ${versions.join(' ')} 1.37.2`) {
    value = BigInt.asUintN(64, (value ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n)
  }
  return value.toString(16).toUpperCase().padStart(16, '0').repeat(2)
}

function documentText(name: string, source: Source): string | undefined {
  const known = texts.get(name)
  if (known !== undefined) return known
  const document = Object.hasOwn(source.documents, name) ? source.documents[name] : undefined
  if (!document) return undefined
  const { unreached, paths, components, ...rest } = document
  const names = new Set(unreached)
  reach(paths, source.schemas, names)
  for (const one of unreached) reach(source.schemas[one] ?? null, source.schemas, names)
  const schemas = Object.fromEntries([...names].sort().map((one) => [one, described(one, source)]))
  const text = JSON.stringify({
    ...rest,
    paths: restoreParameters(paths, source.parameters),
    components: { ...(components as object), schemas },
  })
  texts.set(name, text)
  return text
}

function reach(from: Json, schemas: Record<string, Json>, found: Set<string>): void {
  if (Array.isArray(from)) for (const item of from) reach(item, schemas, found)
  else if (from !== null && typeof from === 'object') {
    for (const [key, value] of Object.entries(from)) {
      if (key !== '$ref' || typeof value !== 'string') reach(value, schemas, found)
      else {
        const name = value.replace('#/components/schemas/', '')
        if (found.has(name)) continue
        found.add(name)
        reach(schemas[name] ?? null, schemas, found)
      }
    }
  }
}

function restoreParameters(value: Json, parameters: Json[], key = ''): Json {
  if (Array.isArray(value)) {
    if (key === 'parameters') return value.map((index) => parameters[Number(index)] ?? null)
    return value.map((item) => restoreParameters(item, parameters))
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, restoreParameters(v, parameters, k)]))
}

/** A schema with its prose. */
function described(name: string, { schemas, descriptions }: Source): Json {
  const schema = schemas[name] as { [key: string]: Json } | undefined
  const prose = descriptions[name]
  if (!schema || !prose) return schema ?? {}
  const properties = schema.properties as { [key: string]: { [key: string]: Json } } | undefined
  return {
    ...(prose[''] ? { description: prose[''] } : {}),
    ...schema,
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, value]) => [
              field,
              prose[field] ? { description: prose[field], ...value } : value,
            ]),
          ),
        }
      : {}),
  }
}

/** The document of a group that custom resources make up. */
function customText(name: string, registry: ResourceRegistry, source: Source): string | undefined {
  const types = registry.custom().filter((type) => name === `apis/${apiVersionOf(type)}`)
  if (types.length === 0) return undefined
  const schemas: Record<string, Json> = {}
  const paths: Record<string, Json> = {}
  const metadataName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
  const names = new Set([metadataName])
  reach(source.schemas[metadataName] ?? null, source.schemas, names)
  for (const one of names) schemas[one] = described(one, source)
  for (const type of types) {
    const version = registry.definition(type)?.spec?.versions.find((one) => one.name === type.version)
    const given = (version?.schema?.openAPIV3Schema ?? {}) as Schema
    const kind = { group: type.group, version: type.version, kind: type.kind }
    const schema = `${type.group.split('.').reverse().join('.')}.${type.version}.${type.kind}`
    schemas[schema] = {
      ...(given as object),
      type: 'object',
      properties: {
        ...(given.properties as object),
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: `#/components/schemas/${metadataName}` }] },
      },
      'x-kubernetes-group-version-kind': [kind],
    }
    const base = `/apis/${apiVersionOf(type)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.plural}`
    const operation = (action: string): Json => ({
      parameters: ['fieldValidation', 'dryRun', 'fieldManager'].map((parameter) => ({
        in: 'query',
        name: parameter,
        schema: { type: 'string' },
      })),
      responses: {
        200: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } },
      },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': kind,
    })
    paths[base] = { get: operation('list'), post: operation('post') }
    paths[`${base}/{name}`] = { get: operation('get'), put: operation('put'), patch: operation('patch') }
  }
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths,
    components: { schemas },
  })
}
