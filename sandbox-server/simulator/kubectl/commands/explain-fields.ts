// Fields and types as `kubectl explain` lists them. Source: kubectl/pkg/explain/v2/templates/plaintext.tmpl.
import { at, isRecord, textAt } from '../object.ts'
import { wrap } from '../output/wrap.ts'
import type { Schema } from '../patch/schema.ts'

function referenced(schema: Schema, node: unknown): unknown {
  const reference = textAt(node, '$ref')
  return reference === undefined ? node : schema.definitions[reference.slice(reference.lastIndexOf('/') + 1)]
}

/** The parts of an allOf, or none. */
function alternatives(node: unknown): unknown[] {
  const all = at(node, 'allOf')
  return Array.isArray(all) ? all : []
}

function mapValues(node: unknown): unknown {
  const values = at(node, 'additionalProperties')
  return isRecord(values) ? values : undefined
}

/** Properties of what a node describes: directly, by reference, or of its items or values. */
export function fieldsOf(schema: Schema, node: unknown, depth = 0): Record<string, unknown> | undefined {
  if (depth > 20) return undefined
  const target = referenced(schema, node)
  const properties = at(target, 'properties')
  if (isRecord(properties)) return properties
  for (const inner of [...alternatives(target), at(target, 'items'), mapValues(target)]) {
    const found = inner === undefined ? undefined : fieldsOf(schema, inner, depth + 1)
    if (found) return found
  }
  return undefined
}

function requiredOf(schema: Schema, node: unknown, depth = 0): readonly unknown[] {
  if (depth > 20) return []
  const target = referenced(schema, node)
  if (isRecord(at(target, 'properties'))) {
    const required = at(target, 'required')
    return Array.isArray(required) ? required : []
  }
  for (const inner of [...alternatives(target), at(target, 'items'), mapValues(target)])
    if (inner !== undefined && fieldsOf(schema, inner)) return requiredOf(schema, inner, depth + 1)
  return []
}

export function guessType(schema: Schema, node: unknown): string {
  const items = at(node, 'items')
  if (items !== undefined) return `[]${guessType(schema, items)}`
  const values = mapValues(node)
  if (values !== undefined) return `map[string]${guessType(schema, values)}`
  const all = alternatives(node)
  if (all.length === 1 && !isRecord(at(node, 'properties'))) return guessType(schema, all[0])
  const reference = textAt(node, '$ref')
  if (reference !== undefined) {
    const type = textAt(referenced(schema, node), 'type')
    return type === undefined || type === 'object' ? reference.slice(reference.lastIndexOf('.') + 1) : type
  }
  const type = textAt(node, 'type')
  return type === undefined || type === 'object' ? 'Object' : type
}

/** `ENUM:` and its values, each on a line. */
export function listEnum(node: unknown): string {
  const values = at(node, 'enum')
  if (!Array.isArray(values)) return ''
  return `ENUM:${values.map((value) => `\n    ${value === '' ? '""' : value}`).join('')}`
}

export function describeSchema(schema: Schema, node: unknown, depth = 0): string {
  if (depth > 20) return ''
  const target = referenced(schema, node)
  const own = textAt(target, 'description')
  const inner = [...alternatives(target), at(target, 'items'), mapValues(target)].filter(
    (part) => part !== undefined,
  )
  return (own ? `${own}\n` : '') + inner.map((part) => describeSchema(schema, part, depth + 1)).join('')
}

export interface FieldListOptions {
  readonly recursive: boolean
  readonly maxDepth: number
}

export function listFields(
  schema: Schema,
  node: unknown,
  options: FieldListOptions,
  level = 1,
  seen: readonly string[] = [],
): string {
  const properties = fieldsOf(schema, node)
  if (!properties) return ''
  // A reference within itself (JSONSchemaProps) ends the list.
  const references = referencesOf(schema, node)
  if (references.some((reference) => seen.includes(reference))) return ''
  const required = requiredOf(schema, node)
  const pad = ' '.repeat(level * 2)
  let text = ''
  for (const name of Object.keys(properties).sort()) {
    const field = properties[name]
    text += `${pad}${name}\t<${guessType(schema, field)}>${required.includes(name) ? ' -required-' : ''}${shortEnum(field, pad)}\n`
    if (!options.recursive) {
      const description = textAt(field, 'description')
      text += `${wrap(description ?? '<no description>', 78 - level * 2, level * 2 + 2)}\n`
    } else if (options.maxDepth === 0 || level < options.maxDepth)
      text += listFields(schema, field, options, level + 1, [...seen, ...references])
  }
  return text
}

function referencesOf(schema: Schema, node: unknown, depth = 0): string[] {
  if (depth > 20) return []
  const reference = textAt(node, '$ref')
  if (reference !== undefined) return [reference]
  return [...alternatives(node), at(node, 'items'), mapValues(node)]
    .filter((part) => part !== undefined)
    .flatMap((part) => referencesOf(schema, part, depth + 1))
}

function shortEnum(node: unknown, pad: string): string {
  const values = at(node, 'enum')
  if (!Array.isArray(values)) return ''
  const shown = values.slice(0, 4).map((value) => (value === '' ? '""' : String(value)))
  return `\n${pad}enum: ${shown.join(', ')}${values.length > 4 ? ', ....' : ''}`
}
