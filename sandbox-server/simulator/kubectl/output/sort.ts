// --sort-by. Source: kubectl/pkg/cmd/get/sorter.go.
import { CliError } from '../errors.ts'
import { JsonPath, relaxedPath } from '../jsonpath.ts'

/** A stable copy of the items, ordered by the field; items without it come first. */
export function sortBy<T>(items: readonly T[], expression: string, objectOf: (item: T) => unknown): T[] {
  const path = new JsonPath(relaxedPath(expression), { allowMissing: true })
  const keyed = items.map((item) => ({ item, key: path.find(objectOf(item))[0] }))
  if (items.length > 0 && keyed.every(({ key }) => key === undefined))
    throw new CliError(
      `couldn't find any field with path ${JSON.stringify(relaxedPath(expression))} in the list of objects`,
    )
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item)
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [x, y] = [String(a), String(b)]
  const [p, q] = [quantity(x), quantity(y)]
  if (p !== undefined && q !== undefined) return p - q
  return natural(x, y)
}

const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The value of a Kubernetes quantity, or undefined. */
export function quantity(text: string): number | undefined {
  const match = /^([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text)
  return match ? Number(match[1]) * (suffixes[match[2] ?? ''] ?? 1) : undefined
}

/** Numbers within texts count as numbers (facette/natsort). */
export function natural(a: string, b: string): number {
  const as = a.match(/\d+|\D+/g) ?? []
  const bs = b.match(/\d+|\D+/g) ?? []
  for (let index = 0; index < Math.max(as.length, bs.length); index++) {
    const x = as[index]
    const y = bs[index]
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1
    if (x === y) continue
    const both = /^\d/.test(x) && /^\d/.test(y)
    if (both && Number(x) !== Number(y)) return Number(x) - Number(y)
    return x < y ? -1 : 1
  }
  return 0
}
