// API objects as kubectl handles them: unstructured, with typed metadata, and ways into their insides.
import type { KubernetesObject } from '../../contract/kubernetes.ts'

export type Unstructured = KubernetesObject & { [field: string]: unknown }

export interface UnstructuredList extends Unstructured {
  items: Unstructured[]
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(object: Unstructured): object is UnstructuredList {
  return Array.isArray(object.items)
}

/** The value at a path of keys and indexes, or undefined. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') current = current[step]
    else if (isRecord(current)) current = current[String(step)]
    else return undefined
  }
  return current
}

export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function numberAt(value: unknown, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export function recordAt(value: unknown, ...path: (string | number)[]): Record<string, unknown> {
  const found = at(value, ...path)
  return isRecord(found) ? found : {}
}

export function listAt(value: unknown, ...path: (string | number)[]): Record<string, unknown>[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isRecord) : []
}

/** A map of strings, such as labels; other values are left out. */
export function textsAt(value: unknown, ...path: (string | number)[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [key, text] of Object.entries(recordAt(value, ...path)))
    if (typeof text === 'string') texts[key] = text
  return texts
}

/** Sets the value at a path, making the objects on the way. */
export function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let current = target
  for (const key of path.slice(0, -1)) {
    const next = current[key]
    if (isRecord(next)) current = next
    else {
      const made: Record<string, unknown> = {}
      current[key] = made
      current = made
    }
  }
  const last = path.at(-1)
  if (last !== undefined) current[last] = value
}

export function clone<T>(value: T): T {
  return structuredClone(value)
}

export function nameOf(object: Unstructured): string {
  return object.metadata?.name ?? ''
}

/** `group` of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** Deep equality of JSON values; the order of keys does not matter. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]))
}
