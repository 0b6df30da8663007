// The API's types, compiled from its OpenAPI schemas into what decoding, patches and field ownership need to know of them.
import schemas from '../data/schemas.generated.json' with { type: 'json' }
import type { ResourceType } from '../objects.ts'
import type { CustomResourceDefinition } from '../resources.ts'

/** An OpenAPI schema, as far as Kubernetes uses it. */
export interface Schema {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly nullable?: boolean
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
}

export type NodeKind =
  | 'struct'
  | 'map'
  | 'list'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'time'
  | 'quantity'
  | 'int-or-string'
  | 'any'

export interface TypeNode {
  readonly kind: NodeKind
  /** Go's name of a struct (`ServicePort`) and of the whole type as Go prints it (`[]v1.ServicePort`). */
  readonly name: string
  readonly goType: string
  /** Name in the OpenAPI document, '' for an unnamed type. */
  readonly schemaName: string
  readonly format: string
  /** Members of a struct. */
  readonly fields: Readonly<Record<string, FieldNode>>
  /** Items of a list, values of a map. */
  readonly element: TypeNode | undefined
  readonly listType: 'atomic' | 'set' | 'map'
  readonly mapKeys: readonly string[]
  /** Replaced as a whole: atomic maps and structs. */
  readonly atomic: boolean
  readonly enum: readonly unknown[] | undefined
}

export interface FieldNode {
  readonly type: TypeNode
  readonly required: boolean
  readonly default: unknown
  /** A struct by value in Go, which is there (empty) even when nothing was given. */
  readonly byValue: boolean
  readonly mergeKey: string | undefined
  readonly patchStrategy: readonly string[]
}

const components = schemas as unknown as Readonly<Record<string, Schema>>
const compiled = new Map<string, TypeNode>()

const prefix = '#/components/schemas/'
const special: Record<string, NodeKind> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
}

function refOf(schema: Schema): string | undefined {
  return (schema.$ref ?? schema.allOf?.[0]?.$ref)?.slice(prefix.length)
}

/** The compiled form of a named schema. */
export function namedType(name: string): TypeNode {
  const known = compiled.get(name)
  if (known) return known
  const schema = components[name] ?? {}
  const parts = name.split('.')
  const short = parts.at(-1) ?? ''
  const node = build(schema, special[name], short, `${parts.at(-2) ?? ''}.${short}`, name)
  compiled.set(name, node)
  return node
}

/** Compiles any schema. */
export function typeOf(schema: Schema): TypeNode {
  const ref = refOf(schema)
  if (ref === undefined) return build(schema, undefined, '', '')
  const named = namedType(ref)
  return schema['x-kubernetes-map-type'] === 'atomic' && !named.atomic
    ? derive(named, { atomic: true })
    : named
}

function derive(node: TypeNode, changes: Partial<TypeNode>): TypeNode {
  return Object.create(node, Object.getOwnPropertyDescriptors(changes)) as TypeNode
}

function kindOf(schema: Schema): NodeKind {
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string') return 'int-or-string'
  if (schema.properties) return 'struct'
  if (schema['x-kubernetes-preserve-unknown-fields']) return 'any'
  switch (schema.type) {
    case 'array':
      return 'list'
    case 'object':
      return typeof schema.additionalProperties === 'object' ? 'map' : 'any'
    case 'string':
      return schema.format === 'byte' ? 'bytes' : schema.format === 'date-time' ? 'time' : 'string'
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type
    default:
      return 'any'
  }
}

const goNames: Record<string, string> = {
  string: 'string',
  boolean: 'bool',
  bytes: '[]uint8',
  number: 'float64',
  quantity: 'resource.Quantity',
  'int-or-string': 'intstr.IntOrString',
}

function build(
  schema: Schema,
  forced: NodeKind | undefined,
  name: string,
  goName: string,
  schemaName = '',
): TypeNode {
  const isEmptyStruct = schema.type === 'object' && name !== '' && !schema.additionalProperties
  const kind = forced ?? (isEmptyStruct ? 'struct' : kindOf(schema))
  let fields: Record<string, FieldNode> | undefined
  let element: TypeNode | undefined
  const node = {
    kind,
    name,
    schemaName,
    format: schema.format ?? '',
    listType: (schema['x-kubernetes-list-type'] ?? 'atomic') as TypeNode['listType'],
    mapKeys: schema['x-kubernetes-list-map-keys'] ?? [],
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    enum: schema.enum,
    get goType(): string {
      if (kind === 'list') return `[]${this.element?.goType ?? ''}`
      if (kind === 'map') return `map[string]${this.element?.goType ?? ''}`
      if (kind === 'integer') return schema.format === 'int64' ? 'int64' : schema.format || 'int32'
      if (kind === 'number') return schema.format === 'float' ? 'float32' : 'float64'
      return goNames[kind] ?? goName
    },
    get fields(): Record<string, FieldNode> {
      fields ??= Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, fieldOf(key, value, schema)]),
      )
      return fields
    },
    get element(): TypeNode | undefined {
      const values =
        schema.items ??
        (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined)
      if (values) element ??= typeOf(values)
      return element
    },
  }
  return node
}

function fieldOf(key: string, schema: Schema, parent: Schema): FieldNode {
  let type: TypeNode | undefined
  return {
    get type(): TypeNode {
      type ??= typeOf(schema)
      return type
    },
    required: parent.required?.includes(key) ?? false,
    default: schema.default,
    byValue: JSON.stringify(schema.default) === '{}' && refOf(schema) !== undefined,
    mergeKey: schema['x-kubernetes-patch-merge-key'],
    patchStrategy: schema['x-kubernetes-patch-strategy']?.split(',') ?? [],
  }
}

const byKind = new Map<string, string>()
for (const [name, schema] of Object.entries(components)) {
  // Options types are registered in every group; they belong to none.
  const kinds = schema['x-kubernetes-group-version-kind'] ?? []
  for (const { group, version, kind } of kinds) byKind.set(`${group}/${version}/${kind}`, name)
}

/** Name of the schema of a built-in kind. */
export function schemaName(group: string, version: string, kind: string): string | undefined {
  return byKind.get(`${group}/${version}/${kind}`)
}

const customTypes = new WeakMap<object, TypeNode>()

/** The type of a resource's objects, from its definition where it is a custom one. */
export function typeOfResource(
  type: Pick<ResourceType, 'group' | 'version' | 'kind'>,
  definition?: CustomResourceDefinition | undefined,
): TypeNode | undefined {
  const name = schemaName(type.group, type.version, type.kind)
  if (name) return namedType(name)
  const version = definition?.spec?.versions.find((one) => one.name === type.version)
  const schema = version?.schema?.openAPIV3Schema as Schema | undefined
  if (!schema) return undefined
  const known = customTypes.get(schema)
  if (known) return known
  const node = build(
    {
      ...schema,
      properties: { ...schema.properties, metadata: metadataSchema, apiVersion: text, kind: text },
    },
    undefined,
    type.kind,
    `${type.version}.${type.kind}`,
  )
  customTypes.set(schema, node)
  return node
}

const text: Schema = { type: 'string' }
const metadataSchema: Schema = {
  allOf: [{ $ref: `${prefix}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` }],
  default: {},
}
