// Custom resources against the schema of their definition: types, enums, bounds, patterns, required members.
// Source: apiextensions-apiserver/pkg/apiserver/validation/validation.go, k8s.io/kube-openapi/pkg/validation. CEL rules
// (x-kubernetes-validations) are not evaluated.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  Path,
} from '../field-error.ts'
import type { CustomResourceDefinition } from '../resources.ts'

interface JsonSchema {
  type?: string
  format?: string
  enum?: unknown[]
  required?: string[]
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  nullable?: boolean
  default?: unknown
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-preserve-unknown-fields'?: boolean
}

function schemaOf(definition: CustomResourceDefinition, version: string): JsonSchema | undefined {
  return definition.spec?.versions.find((one) => one.name === version)?.schema?.openAPIV3Schema as
    | JsonSchema
    | undefined
}

export function validateCustomResource(
  object: KubernetesObject,
  definition: CustomResourceDefinition,
  version: string,
): FieldError[] {
  const schema = schemaOf(definition, version)
  if (!schema) return []
  const {
    apiVersion: _,
    kind: __,
    metadata: ___,
    ...rest
  } = object as KubernetesObject & Record<string, unknown>
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(
      ([key]) => !['apiVersion', 'kind', 'metadata'].includes(key),
    ),
  )
  return validateValue(rest, { ...schema, properties }, new Path(''))
}

const typeNames: Record<string, (value: unknown) => boolean> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
}

function validateValue(value: unknown, schema: JsonSchema, path: Path): FieldError[] {
  if (value === null && schema.nullable) return []
  if (schema['x-kubernetes-int-or-string']) return []
  const fits = typeNames[schema.type ?? '']
  if (fits && !fits(value)) {
    const given = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
    const detail = `${path} in body must be of type ${schema.type}: ${JSON.stringify(given)}`
    return [{ ...fieldInvalid(path, given, detail), type: 'FieldValueTypeInvalid' }]
  }
  const errors: FieldError[] = []
  const refuse = (why: string) => errors.push(fieldInvalid(path, value, `${path} in body ${why}`))
  if (schema.enum && !schema.enum.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    errors.push(fieldNotSupported(path, value, schema.enum.map(String)))
  }
  if (typeof value === 'string') {
    if (schema.maxLength !== undefined && [...value].length > schema.maxLength)
      errors.push(fieldTooLong(path, schema.maxLength))
    if (schema.minLength !== undefined && [...value].length < schema.minLength) {
      refuse(`should be at least ${schema.minLength} chars long`)
    }
    if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
      refuse(`should match '${schema.pattern}'`)
  }
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) {
      refuse(`should be greater than or equal to ${schema.minimum}`)
    }
    if (schema.maximum !== undefined && value > schema.maximum)
      refuse(`should be less than or equal to ${schema.maximum}`)
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      refuse(`should have at least ${schema.minItems} items`)
    for (const [index, item] of value.entries()) {
      if (schema.items) errors.push(...validateValue(item, schema.items, path.index(index)))
    }
  } else if (typeof value === 'object' && value !== null) {
    const members = value as Record<string, unknown>
    for (const name of schema.required ?? []) {
      if (members[name] === undefined) errors.push(fieldRequired(path.child(name)))
    }
    for (const [key, member] of Object.entries(members)) {
      const extra = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
      const below = schema.properties?.[key] ?? extra
      if (below) errors.push(...validateValue(member, below, path.child(key)))
    }
  }
  return errors
}

/** Fills in what the schema says by `default`. */
export function defaultCustomResource(
  object: KubernetesObject,
  definition: CustomResourceDefinition,
  version: string,
): void {
  const schema = schemaOf(definition, version)
  if (schema) fillDefaults(object, schema)
}

function fillDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) fillDefaults(item, schema.items)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  for (const [key, below] of Object.entries(schema.properties ?? {})) {
    if (members[key] === undefined && below.default !== undefined)
      members[key] = structuredClone(below.default)
    fillDefaults(members[key], below)
  }
}
