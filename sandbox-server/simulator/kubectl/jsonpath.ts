// JSONPath in kubectl's dialect: templates with ranges, filters, slices, recursive descent, unions.
// Source: k8s.io/client-go/util/jsonpath (parser.go, jsonpath.go).
import { CliError } from './errors.ts'
import type { FilterOperand, PathNode, TemplateNode } from './jsonpath-parser.ts'
import { parseJsonPath } from './jsonpath-parser.ts'
import { isRecord } from './object.ts'
import { toJson } from './output/go-text.ts'

export interface JsonPathOptions {
  /** A missing field gives nothing instead of an error. */
  readonly allowMissing?: boolean
}

export class JsonPath {
  readonly #nodes: readonly TemplateNode[]
  readonly #allowMissing: boolean

  constructor(template: string, options: JsonPathOptions = {}) {
    this.#nodes = parseJsonPath(template)
    this.#allowMissing = options.allowMissing ?? false
  }

  /** The printed result. Throws CliError where a field is missing and that is not allowed. */
  render(data: unknown): string {
    return this.#render(this.#nodes, data, data)
  }

  /** What every expression of the template finds, in order. */
  find(data: unknown): unknown[] {
    const found: unknown[] = []
    for (const node of this.#nodes)
      if (node.type === 'path') found.push(...this.evaluate(node.steps, [data], data))
    return found
  }

  #render(nodes: readonly TemplateNode[], data: unknown, root: unknown): string {
    let output = ''
    for (const node of nodes) {
      if (node.type === 'text') output += node.text
      else if (node.type === 'range')
        for (const item of this.evaluate(node.steps, [data], root))
          output += this.#render(node.body, item, root)
      else output += this.evaluate(node.steps, [data], root).map(printed).join(' ')
    }
    return output
  }

  evaluate(steps: readonly PathNode[], from: readonly unknown[], root: unknown): unknown[] {
    let current: unknown[] = [...from]
    for (const step of steps) {
      if (step.type === 'root') current = [root]
      else if (step.type === 'current') continue
      else if (step.type === 'literal') current = [step.value]
      else if (step.type === 'field') current = current.flatMap((value) => this.#field(value, step.name))
      else if (step.type === 'wildcard') current = current.flatMap(children)
      else if (step.type === 'recursive') current = current.flatMap(descendants)
      else if (step.type === 'slice') current = current.flatMap((value) => slice(value, step))
      else if (step.type === 'union')
        current = step.paths.flatMap((path) => this.evaluate(path, current, root))
      else
        current = current.flatMap((value) =>
          (Array.isArray(value) ? value : isRecord(value) ? [value] : []).filter((item) =>
            this.#matches(step, item, root),
          ),
        )
    }
    return current
  }

  #field(value: unknown, name: string): unknown[] {
    if (isRecord(value)) {
      if (name in value) return [value[name]]
      if (this.#allowMissing || name === '') return []
      throw new CliError(`${name} is not found`)
    }
    // Recursive descent visits scalars and lists too; a plain step on them finds nothing.
    return []
  }

  #matches(
    step: { left: FilterOperand; operator: string; right?: FilterOperand },
    item: unknown,
    root: unknown,
  ): boolean {
    const value = (operand: FilterOperand) => {
      const lenient = new JsonPath('', { allowMissing: true })
      const found = lenient.evaluate(operand, [item], root)
      if (found.length > 1) throw new CliError('can only compare one element at a time')
      return found
    }
    const left = value(step.left)
    if (step.operator === 'exists') return left.length > 0
    if (left.length === 0 || !step.right) return false
    const right = value(step.right)
    if (right.length === 0) return false
    return compare(left[0], step.operator, right[0])
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  const bothNumbers = typeof left === 'number' && typeof right === 'number'
  const [a, b] = bothNumbers ? [left, right] : [printed(left), printed(right)]
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      throw new CliError(`unrecognized filter operator ${operator}`)
  }
}

/** Values of a map in the order of their keys, or the items of a list. */
function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  if (!isRecord(value)) return []
  return Object.keys(value)
    .sort()
    .map((key) => value[key])
}

function descendants(value: unknown): unknown[] {
  return [value, ...children(value).flatMap(descendants)]
}

function slice(
  value: unknown,
  step: { start?: number; end?: number; step?: number; single: boolean },
): unknown[] {
  if (!Array.isArray(value)) return []
  const length = value.length
  const absolute = (index: number) => (index < 0 ? index + length : index)
  if (step.single) {
    const index = absolute(step.start ?? 0)
    if (index < 0 || index >= length)
      throw new CliError(`array index out of bounds: index ${index}, length ${length}`)
    return [value[index]]
  }
  const from = absolute(step.start ?? 0)
  const to = Math.min(length, step.end === undefined ? length : absolute(step.end))
  const by = step.step ?? 1
  const items: unknown[] = []
  if (by > 0) for (let index = Math.max(0, from); index < to; index += by) items.push(value[index])
  return items
}

/** Scalars as they are, everything else as JSON. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'object') return toJson(value)
  return String(value)
}

/**
 * `.metadata.name`, `metadata.name` and `{.metadata.name}` all mean the last, as --sort-by and custom columns take them
 * (cli-runtime and kubectl's RelaxedJSONPathExpression).
 */
export function relaxedPath(expression: string): string {
  if (expression === '') return expression
  const match = /^\{?\.?([^{}]+)\}?$|^\{\.?([^{}]+)\}$/.exec(expression)
  const inner = match?.[1] ?? match?.[2]
  if (inner === undefined)
    throw new CliError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    )
  return `{.${inner}}`
}

/** Compiles, wording a bad template as kubectl does. */
export function compileJsonPath(template: string, options: JsonPathOptions = {}): JsonPath {
  try {
    return new JsonPath(template, options)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(`error parsing jsonpath ${template}, ${message}`)
  }
}
