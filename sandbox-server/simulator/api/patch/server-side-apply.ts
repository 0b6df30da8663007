// Server-side apply: merges a configuration into an object, finds out who owns what, and refuses to take fields by accident.
// Source: sigs.k8s.io/structured-merge-diff/merge/update.go, apimachinery/pkg/util/managedfields/internal/{structuredmerge,conflict}.go.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { applyConflict, badRequest } from '../api-error.ts'
import {
  compare,
  contains,
  difference,
  emptySet,
  type FieldSet,
  fieldsOf,
  intersection,
  isAssociative,
  isEmptySet,
  itemElement,
  members,
  paths,
  sameSet,
  union,
} from '../managed-fields/field-set.ts'
import {
  entrySet,
  type ManagedFields,
  makeEntry,
  sortEntries,
  stripUnowned,
} from '../managed-fields/track.ts'
import type { TypeNode } from '../schema/type-node.ts'
import { readable } from './readable-path.ts'

type Item = Record<string, unknown>
const isObject = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface ApplyOptions {
  readonly manager: string
  readonly apiVersion: string
  readonly force: boolean
  readonly time: string
  readonly subresource: string
}

/** The live object with `config` applied, managedFields included. Throws 409 with a cause a field in conflict. */
export function serverSideApply<T extends KubernetesObject>(
  live: T | undefined,
  config: T,
  type: TypeNode | undefined,
  options: ApplyOptions,
): T {
  if (config.metadata?.managedFields) throw badRequest('metadata.managedFields must be nil')
  checkKeys(config, type, '')
  const entries = live?.metadata?.managedFields ?? []
  const isMine = (entry: ManagedFields[number]) =>
    entry.manager === options.manager &&
    entry.operation === 'Apply' &&
    (entry.subresource ?? '') === options.subresource
  const mine = stripUnowned(fieldsOf(config, type))
  const previous = entries.find(isMine)
  const before = bare(live ?? ({} as T))
  let merged = mergeValue(before, bare(config), type) as T
  if (previous) {
    const dropped = difference(entrySet(previous), mine)
    const others = entries
      .filter((entry) => !isMine(entry))
      .map(entrySet)
      .reduce(union, emptySet())
    merged = prune(merged, type, dropped, difference(union(others, mine), emptySet())) as T
  }
  const { changed, removed } = compare(before, merged, type)
  const others: ManagedFields = []
  const conflicts: { manager: string; using: string; subresource: string; set: FieldSet }[] = []
  for (const entry of entries) {
    if (isMine(entry)) continue
    const set = entrySet(entry)
    const contested = intersection(set, changed)
    if (!isEmptySet(contested)) {
      conflicts.push({
        manager: entry.manager ?? '',
        using: entry.operation === 'Update' ? (entry.apiVersion ?? '') : '',
        subresource: entry.subresource ?? '',
        set: contested,
      })
    }
    const kept = difference(difference(set, contested), removed)
    if (!isEmptySet(kept)) others.push(sameSet(kept, set) ? entry : makeEntry(entry, kept))
  }
  if (conflicts.length > 0 && !options.force) throw conflictError(conflicts)
  const base = {
    manager: options.manager,
    operation: 'Apply',
    apiVersion: options.apiVersion,
    subresource: options.subresource,
  }
  const unchanged =
    previous && sameSet(entrySet(previous), mine) && previous.apiVersion === options.apiVersion
  const own = unchanged ? previous : makeEntry({ ...base, time: options.time }, mine)
  const managedFields = sortEntries([...others, ...(isEmptySet(mine) ? [] : [own])])
  return { ...merged, metadata: { ...merged.metadata, managedFields } }
}

function bare<T extends KubernetesObject>(object: T): T {
  if (!object.metadata?.managedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Items of an associative list need their keys, each once. */
function checkKeys(value: unknown, type: TypeNode | undefined, path: string): void {
  if (Array.isArray(value) && isAssociative(type)) {
    const seen = new Set<string>()
    for (const [index, item] of value.entries()) {
      const element = itemElement(type, item)
      if (type.listType === 'map' && element === 'k:{}') {
        const why = `associative list with keys has an element that omits key field ${JSON.stringify(type.mapKeys[0])}`
        throw badRequest(`failed to create typed patch object: ${path}: element ${index}: ${why}`)
      }
      if (seen.has(element)) {
        throw badRequest(
          `failed to create typed patch object: errors:\n  ${path}: duplicate entries for key [${readable(element)}]`,
        )
      }
      seen.add(element)
    }
  }
  for (const [element, member, memberType] of members(value, type) ?? []) {
    checkKeys(member, memberType, `${path}${readable(element)}`)
  }
}

function mergeValue(live: unknown, config: unknown, type: TypeNode | undefined): unknown {
  if (Array.isArray(config) && Array.isArray(live) && isAssociative(type))
    return mergeItems(live, config, type)
  if (!isObject(config) || !isObject(live) || type?.atomic) return config
  const result: Item = { ...live }
  for (const [key, value] of Object.entries(config)) {
    const below = type?.kind === 'struct' ? type.fields[key]?.type : type?.element
    result[key] = key in live ? mergeValue(live[key], value, below) : value
  }
  return result
}

/** Applied items in their order, with the live ones that are not applied kept where they were between them. */
function mergeItems(live: unknown[], config: unknown[], type: TypeNode): unknown[] {
  const applied = new Map(config.map((item) => [itemElement(type, item), item]))
  const present = new Map(live.map((item) => [itemElement(type, item), item]))
  const result: unknown[] = []
  const rest = live.filter((item) => !applied.has(itemElement(type, item)))
  for (const item of config) {
    const element = itemElement(type, item)
    const before = present.get(element)
    const position = before === undefined ? -1 : live.indexOf(before)
    while (position >= 0 && rest[0] !== undefined && live.indexOf(rest[0]) < position)
      result.push(rest.shift())
    result.push(before === undefined ? item : mergeValue(before, item, type.element))
  }
  return [...result, ...rest]
}

/** Takes out what the applier named last time, names no more, and nobody else owns. */
function prune(value: unknown, type: TypeNode | undefined, dropped: FieldSet, owned: FieldSet): unknown {
  if (Array.isArray(value) && isAssociative(type)) {
    return value.flatMap((item) => {
      const element = itemElement(type, item)
      const below = dropped.children.get(element)
      if (!below) return [item]
      const others = owned.children.get(element)
      if (below.member && (!others || isEmptySet(others))) return []
      return [prune(item, type.element, below, others ?? emptySet())]
    })
  }
  if (!isObject(value)) return value
  const result: Item = {}
  for (const [key, member] of Object.entries(value)) {
    const below = dropped.children.get(`f:${key}`)
    const others = owned.children.get(`f:${key}`)
    const memberType = type?.kind === 'struct' ? type.fields[key]?.type : type?.element
    if (!below) result[key] = member
    else if (below.member && (!others || isEmptySet(others))) continue
    else {
      const rest = prune(member, memberType, below, others ?? emptySet())
      const vanished =
        (isObject(rest) &&
          Object.keys(rest).length === 0 &&
          isObject(member) &&
          Object.keys(member).length > 0) ||
        (Array.isArray(rest) && rest.length === 0 && Array.isArray(member) && member.length > 0)
      if (!vanished || contains(owned, [`f:${key}`])) result[key] = rest
    }
  }
  return result
}

function conflictError(
  conflicts: readonly { manager: string; using: string; subresource: string; set: FieldSet }[],
): Error {
  const fields = conflicts.flatMap(({ manager, using, subresource, set }) =>
    [...paths(set)].map((path) => ({
      by: `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}${using === '' ? '' : ` using ${using}`}`,
      field: path.map(readable).join(''),
    })),
  )
  const byManager = new Map<string, string[]>()
  for (const { by, field } of fields) byManager.set(by, [...(byManager.get(by) ?? []), field])
  const texts = [...byManager].map(([by, named]) =>
    named.length === 1
      ? `conflict with ${by}: ${named[0]}`
      : `conflicts with ${by}:\n${named.map((f) => `- ${f}`).join('\n')}`,
  )
  const noun = fields.length === 1 ? 'conflict' : 'conflicts'
  return applyConflict(
    `Apply failed with ${fields.length} ${noun}: ${texts.join('\n')}`,
    fields.map(({ by, field }) => ({ message: `conflict with ${by}`, field })),
  )
}
