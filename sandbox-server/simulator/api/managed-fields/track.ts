// metadata.managedFields after a plain write: who set which field last.
// Source: apimachinery/pkg/util/managedfields/internal (stripmeta.go, capmanagers.go, lastapplied*), merge/update.go of SMD.
import type { KubernetesObject, ObjectMeta } from '../../../contract/kubernetes.ts'
import type { ResourceType } from '../objects.ts'
import { apiVersionOf, type CustomResourceDefinition } from '../resources.ts'
import { typeOfResource } from '../schema/type-node.ts'
import { deepEqual } from '../store/deep-equal.ts'
import {
  compare,
  difference,
  emptySet,
  type FieldSet,
  type FieldsV1,
  fromFieldsV1,
  isEmptySet,
  toFieldsV1,
  union,
  zeroValue,
} from './field-set.ts'

export type ManagedFields = NonNullable<ObjectMeta['managedFields']>
type Entry = ManagedFields[number]

export interface WriteIdentity {
  readonly manager: string
  readonly subresource: string
  /** RFC 3339, for entries that change. */
  readonly time: string
  readonly definition: CustomResourceDefinition | undefined
}

/** Fields that nobody owns. */
const unowned = [
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
  'metadata.creationTimestamp',
  'metadata.selfLink',
  'metadata.uid',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.deletionTimestamp',
  'metadata.deletionGracePeriodSeconds',
]

export function stripUnowned(set: FieldSet): FieldSet {
  const copy: FieldSet = { member: false, children: new Map(set.children) }
  for (const name of ['apiVersion', 'kind']) copy.children.delete(`f:${name}`)
  const metadata = copy.children.get('f:metadata')
  if (metadata) {
    const owned: FieldSet = { member: false, children: new Map(metadata.children) }
    for (const path of unowned) owned.children.delete(`f:${path.slice('metadata.'.length)}`)
    if (owned.children.size === 0) copy.children.delete('f:metadata')
    else copy.children.set('f:metadata', owned)
  }
  return copy
}

export function entrySet(entry: Entry): FieldSet {
  return fromFieldsV1((entry.fieldsV1 ?? {}) as FieldsV1)
}

export function makeEntry(
  base: Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource' | 'time'>,
  set: FieldSet,
): Entry {
  const { manager, operation, apiVersion, subresource, time } = base
  return {
    ...(manager === undefined ? {} : { manager }),
    ...(operation === undefined ? {} : { operation }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(set),
    ...(subresource ? { subresource } : {}),
  }
}

function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  if (!object.metadata?.managedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** The object's managedFields after `now` replaced `old` (undefined: was created). */
export function trackManagedFields(
  type: ResourceType,
  old: KubernetesObject | undefined,
  now: KubernetesObject,
  identity: WriteIdentity,
): ManagedFields {
  const node = typeOfResource(type, identity.definition)
  const before = old ? withoutManagedFields(old) : node ? zeroValue(node) : {}
  const { changed, removed } = compare(before, withoutManagedFields(now), node)
  const mine = stripUnowned(changed)
  const entries = old?.metadata?.managedFields ?? []
  if (isEmptySet(mine) && isEmptySet(removed)) return entries as ManagedFields
  const apiVersion = apiVersionOf(type)
  const isMine = (entry: Entry) =>
    entry.manager === identity.manager &&
    entry.operation === 'Update' &&
    entry.apiVersion === apiVersion &&
    (entry.subresource ?? '') === identity.subresource
  const result: ManagedFields = []
  let own: Entry | undefined
  for (const entry of entries) {
    const set = entrySet(entry)
    const kept = difference(isMine(entry) ? set : difference(set, mine), removed)
    if (isMine(entry)) own = entry
    else if (!isEmptySet(kept)) result.push(same(entry, kept) ? entry : makeEntry(entry, kept))
  }
  const set = union(own ? difference(entrySet(own), removed) : emptySet(), mine)
  if (!isEmptySet(set)) {
    const base = {
      manager: identity.manager,
      operation: 'Update',
      apiVersion,
      subresource: identity.subresource,
    }
    result.push(own && same(own, set) ? own : makeEntry({ ...base, time: identity.time }, set))
  }
  return sortEntries(result)
}

function same(entry: Entry, set: FieldSet): boolean {
  return deepEqual(entry.fieldsV1, toFieldsV1(set))
}

/** Appliers first, then by time, then by name (managedfields/internal/managedfields.go). */
export function sortEntries(entries: ManagedFields): ManagedFields {
  const order = (entry: Entry) => [
    entry.operation ?? '',
    entry.time ?? '',
    entry.manager ?? '',
    entry.apiVersion ?? '',
  ]
  return entries.sort((a, b) => {
    const left = order(a)
    const right = order(b)
    for (let index = 0; index < left.length; index++) {
      const [x = '', y = ''] = [left[index], right[index]]
      if (x !== y) return x < y ? -1 : 1
    }
    return (a.subresource ?? '') < (b.subresource ?? '') ? -1 : 1
  })
}
