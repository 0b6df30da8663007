// What apply, create and replace share: the last-applied annotation and the validation flags.
import { CliError } from '../errors.ts'
import type { FlagSpecs } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { clone, isRecord, type Unstructured } from '../object.ts'
import { toJson } from '../output/go-text.ts'

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** A copy with a map of annotations, the one of apply left out (kubectl/pkg/util/apply.go GetModifiedConfiguration). */
export function withoutLastApplied(object: Unstructured): Unstructured {
  const copy = clone(object)
  const { [lastApplied]: _, ...annotations } = copy.metadata?.annotations ?? {}
  copy.metadata = { ...copy.metadata, annotations }
  return copy
}

/** The same, with the annotation holding the object itself. */
export function withLastApplied(object: Unstructured): Unstructured {
  const copy = withoutLastApplied(object)
  const text = `${toJson(copy)}\n`
  copy.metadata = { ...copy.metadata, annotations: { ...copy.metadata?.annotations, [lastApplied]: text } }
  return copy
}

export function lastAppliedOf(object: Unstructured): Record<string, unknown> {
  const text = object.metadata?.annotations?.[lastApplied]
  if (text === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : {}
  } catch {
    throw new CliError(`failed to parse the annotation ${lastApplied} of the live object`)
  }
}

export const validationFlags: FlagSpecs = {
  validate: {
    type: 'string',
    default: 'strict',
    bare: 'strict',
    summary: 'strict (or true), warn, or ignore (or false): what to do with unknown fields',
    values: ['strict', 'warn', 'ignore'],
  },
}

/** The fieldValidation parameter of a write. */
export function validation(invocation: Invocation): 'Strict' | 'Warn' | 'Ignore' {
  const value = invocation.flags.string('validate').toLowerCase()
  if (value === 'warn') return 'Warn'
  if (value === 'ignore' || value === 'false') return 'Ignore'
  if (value === 'strict' || value === 'true' || value === '') return 'Strict'
  throw new CliError(
    `invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`,
  )
}
