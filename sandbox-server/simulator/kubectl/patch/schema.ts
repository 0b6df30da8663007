// How lists and maps of a kind merge, read from the server's OpenAPI v3 documents.
import type { Client } from '../client.ts'
import { apiVersionOf, type ResourceMapping } from '../discovery.ts'
import { at, isRecord, recordAt, textAt } from '../object.ts'

export interface Schema {
  readonly definition: Record<string, unknown>
  readonly definitions: Record<string, unknown>
}

/** A group version's document, through the index, as kubectl asks for it. */
export async function openApiDocument(
  client: Client,
  apiVersion: string,
): Promise<Record<string, unknown> | undefined> {
  const index = await client.json('/openapi/v3')
  const key = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
  const url = textAt(index, 'paths', key, 'serverRelativeURL')
  if (!url) return undefined
  const [path = '', search = ''] = url.split('?')
  return client.json(path, { query: Object.fromEntries(new URLSearchParams(search)) })
}

export function schemaOfKind(
  document: Record<string, unknown>,
  mapping: Pick<ResourceMapping, 'group' | 'version' | 'kind'>,
): Schema | undefined {
  const definitions = recordAt(document, 'components', 'schemas')
  for (const definition of Object.values(definitions)) {
    const kinds = at(definition, 'x-kubernetes-group-version-kind')
    if (!isRecord(definition) || !Array.isArray(kinds)) continue
    const fits = kinds.some(
      (kind) =>
        textAt(kind, 'group') === mapping.group &&
        textAt(kind, 'version') === mapping.version &&
        textAt(kind, 'kind') === mapping.kind,
    )
    if (fits) return { definition, definitions }
  }
  return undefined
}

/** The schema by which strategic merges work; undefined where the kind has none (custom resources). */
export async function patchSchema(client: Client, mapping: ResourceMapping): Promise<Schema | undefined> {
  try {
    const document = await openApiDocument(client, apiVersionOf(mapping))
    const schema = document && schemaOfKind(document, mapping)
    // Custom resources have no patch strategies; the server refuses strategic merges of them.
    return schema && mapping.group.includes('.') && !mapping.group.endsWith('.k8s.io') ? undefined : schema
  } catch {
    // A server without OpenAPI v3: a JSON merge patch is what is left.
    return undefined
  }
}

/** Follows $ref and a lone allOf. */
export function resolve(schema: Schema, node: unknown): Schema | undefined {
  let current = node
  for (let depth = 0; depth < 8 && isRecord(current); depth++) {
    const reference = textAt(current, '$ref') ?? textAt(current, 'allOf', 0, '$ref')
    if (!reference) return { definition: current, definitions: schema.definitions }
    current = schema.definitions[reference.slice(reference.lastIndexOf('/') + 1)]
  }
  return undefined
}

export interface FieldSchema {
  readonly schema: Schema | undefined
  readonly mergeKey: string | undefined
  readonly merges: boolean
  readonly retainsKeys: boolean
}

export function fieldSchema(schema: Schema | undefined, field: string): FieldSchema {
  const node = at(schema?.definition, 'properties', field) ?? at(schema?.definition, 'additionalProperties')
  const strategies = (textAt(node, 'x-kubernetes-patch-strategy') ?? '').split(',')
  return {
    schema: schema && resolve(schema, node),
    mergeKey: textAt(node, 'x-kubernetes-patch-merge-key'),
    merges: strategies.includes('merge'),
    retainsKeys: strategies.includes('retainKeys'),
  }
}

export function itemSchema(schema: Schema | undefined): Schema | undefined {
  return schema && resolve(schema, at(schema.definition, 'items'))
}
