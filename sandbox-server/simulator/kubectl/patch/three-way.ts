// The patch that `kubectl apply` sends: what the manifest changes in the live object, and what it had before and has no more.
// Source: apimachinery/pkg/util/strategicpatch/patch.go (CreateThreeWayMergePatch), jsonmergepatch/patch.go.
import { equal, isRecord } from '../object.ts'
import { type FieldSchema, fieldSchema, itemSchema, type Schema } from './schema.ts'

type Fields = Record<string, unknown>

/** JSON merge patch (RFC 7386) between original, modified and current. */
export function threeWayMergePatch(original: Fields, modified: Fields, current: Fields): Fields {
  return patchFields(original, modified, current, undefined, false)
}

/** Strategic merge patch between original, modified and current. */
export function threeWayStrategicPatch(
  original: Fields,
  modified: Fields,
  current: Fields,
  schema: Schema,
): Fields {
  return patchFields(original, modified, current, schema, true)
}

function patchFields(
  original: Fields,
  modified: Fields,
  current: Fields,
  schema: Schema | undefined,
  strategic: boolean,
): Fields {
  const patch: Fields = {}
  for (const key of Object.keys(original)) if (!(key in modified) && key in current) patch[key] = null
  for (const [key, value] of Object.entries(modified)) {
    const field = fieldSchema(schema, key)
    const before = original[key]
    const live = current[key]
    if (isRecord(value) && isRecord(live)) {
      const inner = patchFields(isRecord(before) ? before : {}, value, live, field.schema, strategic)
      if (strategic && field.retainsKeys && loses(value, live) && !equal(value, live))
        inner.$retainKeys = Object.keys(value).sort()
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (strategic && Array.isArray(value) && Array.isArray(live) && field.merges) {
      Object.assign(patch, patchList(key, Array.isArray(before) ? before : [], value, live, field))
    } else if (!(key in current)) {
      if (value !== null) patch[key] = value
    } else if (!equal(value, live)) patch[key] = value
  }
  return patch
}

/** Whether the live object has fields that the manifest's map does not name. */
function loses(value: Fields, live: Fields): boolean {
  return Object.keys(live).some((key) => !(key in value))
}

function patchList(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
  field: FieldSchema,
): Fields {
  const { mergeKey } = field
  if (mergeKey === undefined) return patchPrimitives(key, original, modified, current)
  const identity = (item: unknown) => (isRecord(item) ? String(item[mergeKey]) : '')
  const item = itemSchema(field.schema)
  const changes: Fields[] = []
  for (const wanted of modified) {
    if (!isRecord(wanted)) continue
    const live = current.find((candidate) => identity(candidate) === identity(wanted))
    const before = original.find((candidate) => identity(candidate) === identity(wanted))
    if (!isRecord(live)) {
      changes.push(wanted)
      continue
    }
    const inner = patchFields(isRecord(before) ? before : {}, wanted, live, item, true)
    if (field.retainsKeys && loses(wanted, live) && !equal(wanted, live))
      inner.$retainKeys = Object.keys(wanted).sort()
    if (Object.keys(inner).length > 0) changes.push({ ...inner, [mergeKey]: wanted[mergeKey] })
  }
  for (const before of original) {
    const id = identity(before)
    const gone = !modified.some((wanted) => identity(wanted) === id)
    if (isRecord(before) && gone && current.some((live) => identity(live) === id))
      changes.push({ $patch: 'delete', [mergeKey]: before[mergeKey] })
  }
  const patch: Fields = changes.length > 0 ? { [key]: changes } : {}
  // Upstream sends the order with every change; it is needed where merging alone would give another one.
  const kept = current.map(identity).filter((id) => modified.some((wanted) => identity(wanted) === id))
  const added = modified.map(identity).filter((id) => !kept.includes(id))
  if (!equal([...kept, ...added], modified.map(identity)))
    patch[`$setElementOrder/${key}`] = modified.map((wanted) =>
      isRecord(wanted) ? { [mergeKey]: wanted[mergeKey] } : wanted,
    )
  return patch
}

function patchPrimitives(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
): Fields {
  const added = modified.filter((item) => !current.includes(item))
  const removed = original.filter((item) => !modified.includes(item) && current.includes(item))
  return {
    ...(added.length > 0 ? { [key]: added } : {}),
    ...(removed.length > 0 ? { [`$deleteFromPrimitiveList/${key}`]: removed } : {}),
  }
}
