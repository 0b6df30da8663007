// JSON merge patch, RFC 7396.

type Item = Record<string, unknown>
const isObject = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function mergePatch(original: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Item = isObject(original) ? { ...original } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}
