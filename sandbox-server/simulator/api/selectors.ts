// Label and field selectors as they stand in query parameters.
// Source: k8s.io/apimachinery/pkg/labels/selector.go, k8s.io/apimachinery/pkg/fields/selector.go.
import type { KubernetesObject, LabelSelector } from '../../contract/kubernetes.ts'
import { badRequest } from './api-error.ts'

export type LabelMatcher = (labels: Readonly<Record<string, string>> | undefined) => boolean

interface Requirement {
  key: string
  operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt'
  values: readonly string[]
}

const token = /\s*(?:(!=|==|=|!|,|\(|\)|<|>)|([^\s,()!=<>]+))\s*/y

function tokens(text: string): string[] {
  const found: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (!match) throw unparsable(text)
    found.push(match[1] ?? match[2] ?? '')
  }
  return found
}

const symbols = new Set(['!=', '==', '=', '!', ',', '(', ')', '<', '>'])

function unparsable(text: string, found = ''): Error {
  return badRequest(
    `unable to parse requirement: found '${found}', expected: identifier in ${JSON.stringify(text)}`,
  )
}

function parse(text: string): Requirement[] {
  const all = tokens(text)
  const requirements: Requirement[] = []
  let at = 0
  const identifier = (): string => {
    const found = all[at] ?? ''
    if (found === '' || symbols.has(found)) {
      throw badRequest(`unable to parse requirement: found '${found}', expected: identifier`)
    }
    at++
    return found
  }
  const list = (): string[] => {
    if (all[at++] !== '(') throw badRequest(`found '${all[at - 1] ?? ''}' expected: '('`)
    const values: string[] = []
    for (;;) {
      values.push(symbols.has(all[at] ?? ')') ? '' : (all[at++] ?? ''))
      const next = all[at++]
      if (next === ')') return values
      if (next !== ',') throw badRequest(`found '${next ?? ''}', expected: ',' or ')'`)
    }
  }
  while (at < all.length) {
    if (all[at] === '!') {
      at++
      requirements.push({ key: identifier(), operator: 'absent', values: [] })
    } else {
      const key = identifier()
      const operator = all[at]
      if (operator === undefined || operator === ',') {
        requirements.push({ key, operator: 'exists', values: [] })
      } else {
        at++
        const single = () => (all[at] === undefined || symbols.has(all[at] ?? '') ? '' : (all[at++] ?? ''))
        if (operator === '=' || operator === '==')
          requirements.push({ key, operator: 'in', values: [single()] })
        else if (operator === '!=') requirements.push({ key, operator: 'notin', values: [single()] })
        else if (operator === '>') requirements.push({ key, operator: 'gt', values: [single()] })
        else if (operator === '<') requirements.push({ key, operator: 'lt', values: [single()] })
        else if (operator === 'in' || operator === 'notin') {
          requirements.push({ key, operator, values: list() })
        } else {
          throw badRequest(
            `unable to parse requirement: found '${operator}', expected: in, notin, =, ==, !=, gt, lt`,
          )
        }
      }
    }
    if (at < all.length && all[at++] !== ',') {
      throw badRequest(`found '${all[at - 1]}', expected: ',' or 'end of string'`)
    }
  }
  return requirements
}

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value)
    case 'notin':
      return value === undefined || !requirement.values.includes(value)
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'gt':
      return value !== undefined && Number(value) > Number(requirement.values[0])
    case 'lt':
      return value !== undefined && Number(value) < Number(requirement.values[0])
  }
}

const parsed = new Map<string, LabelMatcher>()

/** Throws an ApiError (400) where the selector cannot be parsed. */
export function labelMatcher(selector: string | undefined): LabelMatcher {
  if (selector === undefined || selector.trim() === '') return () => true
  const known = parsed.get(selector)
  if (known) return known
  const requirements = parse(selector)
  const matcher: LabelMatcher = (labels) => requirements.every((one) => holds(one, labels ?? {}))
  if (parsed.size > 500) parsed.clear()
  parsed.set(selector, matcher)
  return matcher
}

/** A metav1.LabelSelector as a matcher: undefined selects nothing, an empty one everything. */
export function objectLabelMatcher(selector: LabelSelector | undefined): LabelMatcher {
  if (!selector) return () => false
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'in',
    values: [value],
  }))
  const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' } as const
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    requirements.push({ key, operator: operators[operator as keyof typeof operators], values: values ?? [] })
  }
  return (labels) => requirements.every((one) => holds(one, labels ?? {}))
}

export interface FieldRequirement {
  readonly path: string
  readonly value: string
  readonly equals: boolean
}

/** `metadata.name=web,status.phase!=Running`. */
export function parseFieldSelector(selector: string | undefined): FieldRequirement[] {
  if (selector === undefined || selector.trim() === '') return []
  return selector
    .split(/(?<!\\),/)
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([^=!]+?)(!=|==|=)(.*)$/s.exec(part)
      if (!match) {
        throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`)
      }
      const value = (match[3] ?? '').replace(/\\([\\,=])/g, '$1')
      return { path: match[1] ?? '', value, equals: match[2] !== '!=' }
    })
}

/** Value at a path such as `spec.nodeName`, as the text that field selectors compare. */
export function fieldText(object: KubernetesObject, path: string): string {
  let value: unknown = object
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part]
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? '' : String(value)
}
