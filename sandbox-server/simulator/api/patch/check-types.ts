// What server-side apply says of a configuration whose scalars have the wrong type, before anything decodes it.
// Source: sigs.k8s.io/structured-merge-diff/typed/{validate,helpers}.go.
import { members } from '../managed-fields/field-set.ts'
import type { TypeNode } from '../schema/type-node.ts'
import { readable } from './readable-path.ts'

/** The errors in one text, as `(default/web; /v1, Kind=Service)` precedes them; undefined where all types fit. Lists and structs are left to the decoder. */
export function typeErrors(config: unknown, type: TypeNode | undefined): string | undefined {
  const errors = [...mismatches(config, type, '')]
  return errors.length > 1 ? ['errors:', ...errors.map((error) => `  ${error}`)].join('\n') : errors[0]
}

function* mismatches(value: unknown, type: TypeNode | undefined, path: string): Generator<string> {
  const why = mismatch(value, type)
  if (why !== undefined) yield `${path}: ${why}`
  for (const [element, member, memberType] of members(value, type) ?? [])
    yield* mismatches(member, memberType, `${path}${readable(element)}`)
}

function mismatch(value: unknown, type: TypeNode | undefined): string | undefined {
  if (value === null || value === undefined || typeof value === 'object') return undefined
  switch (type?.kind) {
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goType(value)}`
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${value}}`
    default:
      return undefined
  }
}

function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return 'string'
}
