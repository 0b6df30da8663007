// Reads one place of an object by a path: `spec.ports[0].port`, `metadata.labels['a.b/c']`, `spec.rules[*].host`,
// `status.conditions[type=Ready].status`.

type PathStep = string | number | '*' | { readonly key: string; readonly value: string }

function parsePath(path: string): PathStep[] {
  const steps: PathStep[] = []
  const pattern = /\.?([^.[\]]+)|\[(\d+)\]|\[(\*)\]|\['([^']*)'\]|\[(\w+)=([^\]]*)\]/gy
  let end = 0
  for (let match = pattern.exec(path); match; match = pattern.exec(path)) {
    const [, name, index, star, quoted, key, value = ''] = match
    if (key !== undefined) steps.push({ key, value })
    else steps.push(star ? '*' : index !== undefined ? Number(index) : (name ?? quoted ?? ''))
    end = pattern.lastIndex
  }
  if (end !== path.length) throw new Error(`cannot read the path ${path} at character ${end + 1}`)
  return steps
}

/** The value there, undefined where there is none; an array of all values where the path has a `[*]`. */
export function valueAt(object: unknown, path: string): unknown {
  const steps = parsePath(path)
  let values: unknown[] = [object]
  for (const step of steps) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return []
      if (step === '*') return Object.values(value)
      if (typeof step === 'object') {
        return Object.values(value)
          .filter((one) => String((one as Record<string, unknown> | null)?.[step.key]) === step.value)
          .slice(0, 1)
      }
      const found = (value as Record<string | number, unknown>)[step]
      return found === undefined ? [] : [found]
    })
  }
  return steps.includes('*') ? values : values[0]
}

/** Equality of JSON values, whatever the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}

export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
