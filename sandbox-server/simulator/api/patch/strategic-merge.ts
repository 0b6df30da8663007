// Strategic merge patch: lists merge by the keys that the API's types name, directives delete, replace and order.
// Source: apimachinery/pkg/util/strategicpatch/patch.go, sig-api-machinery/strategic-merge-patch.md.
import { badRequest } from '../api-error.ts'
import type { FieldNode, TypeNode } from '../schema/type-node.ts'
import { deepEqual } from '../store/deep-equal.ts'

type Item = Record<string, unknown>
const isObject = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const orderPrefix = '$setElementOrder/'
const removePrefix = '$deleteFromPrimitiveList/'

export function strategicMergePatch(original: Item, patch: Item, type: TypeNode | undefined): Item {
  const directive = patch.$patch
  if (directive === 'replace') return plain(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`Unknown patch type found: ${String(directive)}`)
  }
  const result: Item = retained(original, patch.$retainKeys)
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix)) continue
    if (key.startsWith(removePrefix)) {
      const list = result[key.slice(removePrefix.length)]
      if (Array.isArray(list) && Array.isArray(value)) {
        result[key.slice(removePrefix.length)] = list.filter((item) => !value.includes(item))
      }
      continue
    }
    const field = type?.kind === 'struct' ? type.fields[key] : undefined
    const below = field?.type ?? type?.element
    if (value === null) delete result[key]
    else if (isObject(value)) {
      const before = result[key]
      result[key] = strategicMergePatch(isObject(before) ? before : {}, value, below)
    } else if (Array.isArray(value) && merges(field)) {
      const before = Array.isArray(result[key]) ? (result[key] as unknown[]) : []
      result[key] = mergeList(before, value, field, patch[orderPrefix + key])
    } else result[key] = value
  }
  for (const [key, order] of Object.entries(patch)) {
    const name = key.slice(orderPrefix.length)
    if (!key.startsWith(orderPrefix) || patch[name] !== undefined || !Array.isArray(result[name])) continue
    const field = type?.fields[name]
    if (Array.isArray(order)) result[name] = ordered(result[name] as unknown[], order, field?.mergeKey)
  }
  return result
}

function merges(field: FieldNode | undefined): field is FieldNode {
  return field?.patchStrategy.includes('merge') ?? false
}

function retained(original: Item, keys: unknown): Item {
  if (!Array.isArray(keys)) return { ...original }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)))
}

/** A patch without its directives, for what is new. */
function plain(patch: Item): Item {
  const { $patch: _, $retainKeys: __, ...rest } = patch
  return rest
}

function mergeList(before: unknown[], patch: unknown[], field: FieldNode, order: unknown): unknown[] {
  const key = field.mergeKey
  if (key === undefined || !patch.every(isObject)) {
    const added = patch.filter((item) => !before.some((old) => deepEqual(old, item)))
    return Array.isArray(order) ? ordered([...before, ...added], order, undefined) : [...before, ...added]
  }
  const items = patch as Item[]
  if (items.some((item) => item.$patch === 'replace')) {
    return items.filter((item) => item.$patch !== 'replace').map(plain)
  }
  let result = [...before]
  for (const item of items) {
    const value = item[key]
    if (value === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    }
    const index = result.findIndex((old) => isObject(old) && deepEqual(old[key], value))
    if (item.$patch === 'delete') result = result.filter((_, at) => at !== index)
    else if (index < 0) result.push(strategicMergePatch({}, item, field.type.element))
    else result[index] = strategicMergePatch(result[index] as Item, item, field.type.element)
  }
  return Array.isArray(order) ? ordered(result, order, key) : result
}

/** Items named in `order` in that order; the others keep their place before what followed them. */
function ordered(list: unknown[], order: unknown[], key: string | undefined): unknown[] {
  const keyOf = (item: unknown) => (key === undefined ? item : (item as Item)?.[key])
  const rank = (item: unknown) => order.findIndex((one) => deepEqual(keyOf(one), keyOf(item)))
  const named = list.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b))
  const result = [...named]
  for (let index = list.length - 1; index >= 0; index--) {
    const item = list[index]
    if (rank(item) >= 0) continue
    const next = list[index + 1]
    const at = next === undefined ? result.length : result.indexOf(next)
    result.splice(at, 0, item)
  }
  return result
}
