// Sets of fields of an object, in the shape of metadata.managedFields[].fieldsV1.
// Source: sigs.k8s.io/structured-merge-diff/fieldpath, typed/{compare,tofieldset}.go.

import type { TypeNode } from '../schema/type-node.ts'
import { deepEqual } from '../store/deep-equal.ts'

/** A trie by path element (`f:spec`, `k:{"name":"web"}`, `v:"x"`); `member` where the path itself is in the set. */
export interface FieldSet {
  member: boolean
  children: Map<string, FieldSet>
}

export const emptySet = (): FieldSet => ({ member: false, children: new Map() })
const leaf = (): FieldSet => ({ member: true, children: new Map() })

export function isEmptySet(set: FieldSet): boolean {
  return !set.member && [...set.children.values()].every(isEmptySet)
}

/** Whether both hold the same paths. */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  return isEmptySet(difference(a, b)) && isEmptySet(difference(b, a))
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children)
  for (const [key, child] of b.children) {
    const mine = children.get(key)
    children.set(key, mine ? union(mine, child) : child)
  }
  return { member: a.member || b.member, children }
}

export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    const rest = other ? difference(child, other) : child
    if (!isEmptySet(rest)) children.set(key, rest)
  }
  return { member: a.member && !b.member, children }
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    const both = other && intersection(child, other)
    if (both && !isEmptySet(both)) children.set(key, both)
  }
  return { member: a.member && b.member, children }
}

export function contains(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set
  for (const part of path) at = at?.children.get(part)
  return at?.member ?? false
}

/** Paths of the set, in order. */
export function* paths(set: FieldSet, above: readonly string[] = []): Generator<readonly string[]> {
  if (set.member) yield above
  for (const [key, child] of set.children) yield* paths(child, [...above, key])
}

export type FieldsV1 = { [element: string]: FieldsV1 }

export function toFieldsV1(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = {}
  if (set.member && set.children.size > 0) fields['.'] = {}
  for (const key of [...set.children.keys()].sort()) {
    const child = set.children.get(key)
    if (child && !isEmptySet(child)) fields[key] = toFieldsV1(child)
  }
  return fields
}

export function fromFieldsV1(fields: FieldsV1, isRoot = true): FieldSet {
  const entries = Object.entries(fields)
  const member = !isRoot && (entries.length === 0 || fields['.'] !== undefined)
  return {
    member,
    children: new Map(
      entries.filter(([key]) => key !== '.').map(([key, below]) => [key, fromFieldsV1(below, false)]),
    ),
  }
}

type Item = Record<string, unknown>

/** The path element of an item of an associative list. */
export function itemElement(type: TypeNode, item: unknown): string {
  if (type.listType === 'set') return `v:${JSON.stringify(item)}`
  const keys: Record<string, unknown> = {}
  for (const key of [...type.mapKeys].sort()) {
    const value = (item as Item | null)?.[key] ?? type.element?.fields[key]?.default
    if (value !== undefined) keys[key] = value
  }
  return `k:${JSON.stringify(keys)}`
}

export function isAssociative(type: TypeNode | undefined): type is TypeNode {
  return type?.kind === 'list' && type.listType !== 'atomic'
}

const isMap = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How a value is taken apart: members by path element with their types, or undefined where it is one piece. */
export function members(
  value: unknown,
  type: TypeNode | undefined,
): [string, unknown, TypeNode | undefined][] | undefined {
  if (Array.isArray(value)) {
    if (!isAssociative(type)) return undefined
    return value.map((item) => [itemElement(type, item), item, type.element])
  }
  if (!isMap(value) || type?.atomic || (type && !['struct', 'map', 'any'].includes(type.kind)))
    return undefined
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [
      `f:${key}`,
      member,
      type?.kind === 'struct' ? type.fields[key]?.type : type?.element,
    ])
}

/** Every field that a configuration names (typed.ToFieldSet), what an applier owns. */
export function fieldsOf(value: unknown, type: TypeNode | undefined): FieldSet {
  const parts = members(value, type)
  if (!parts || parts.length === 0) return leaf()
  const set = emptySet()
  for (const [element, member, memberType] of parts) {
    const below = fieldsOf(member, memberType)
    const named = type?.kind === 'struct' && element.startsWith('f:')
    set.children.set(element, named ? below : { ...below, member: true })
  }
  return set
}

export interface Comparison {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet
  readonly removed: FieldSet
}

/** Every field below a value that appears or vanishes as a whole, the value itself included. */
function whole(value: unknown, type: TypeNode | undefined): FieldSet {
  const set = leaf()
  for (const [element, member, memberType] of members(value, type) ?? []) {
    set.children.set(element, whole(member, memberType))
  }
  return set
}

/** What differs between two states of an object. `type` is undefined where nothing is known of it. */
export function compare(old: unknown, now: unknown, type: TypeNode | undefined): Comparison {
  const changed = emptySet()
  const removed = emptySet()
  const before = members(old, type)
  const after = members(now, type)
  if (!before || !after) {
    if (deepEqual(old, now)) return { changed, removed }
    // From or to null: the members appear or vanish, the field itself was there already.
    const appears = old === null && after
    const set = appears ? { ...whole(now, type), member: after.length === 0 } : leaf()
    return { changed: set, removed }
  }
  const left = new Map(before.map((part) => [part[0], part]))
  for (const [element, value, memberType] of after) {
    const previous = left.get(element)
    left.delete(element)
    if (!previous) changed.children.set(element, whole(value, memberType))
    else {
      const below = compare(previous[1], value, memberType)
      if (!isEmptySet(below.changed)) changed.children.set(element, below.changed)
      if (!isEmptySet(below.removed)) removed.children.set(element, below.removed)
    }
  }
  for (const [element, value, memberType] of left.values())
    removed.children.set(element, whole(value, memberType))
  return { changed, removed }
}

/** What Go's zero value of a type prints: structs by value, and lists that are not omitted when empty. */
export function zeroValue(type: TypeNode): Item {
  const zero: Item = {}
  for (const [key, field] of Object.entries(type.fields)) {
    if (field.byValue) zero[key] = zeroValue(field.type)
    else if (field.required && (field.type.kind === 'list' || field.type.kind === 'map')) zero[key] = null
  }
  return zero
}
