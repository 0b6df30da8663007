// Setting what a client left out.

export type Item = Record<string, unknown>

/** A member as an object, or undefined where it is none. */
export function objectAt(parent: Item | undefined, key: string): Item | undefined {
  const value = parent?.[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : undefined
}

/** The objects of a list member. */
export function itemsAt(parent: Item | undefined, key: string): Item[] {
  const value = parent?.[key]
  return Array.isArray(value) ? (value as Item[]) : []
}

/** For Go fields by value: an empty string and 0 count as left out. */
export function fill(target: Item | undefined, defaults: Item): void {
  if (!target) return
  for (const [key, value] of Object.entries(defaults)) {
    const given = target[key]
    if (given === undefined || given === '' || given === 0) target[key] = value
  }
}

/** For Go pointers: what was given stays, zero or not. */
export function fillUnset(target: Item | undefined, defaults: Item): void {
  if (!target) return
  for (const [key, value] of Object.entries(defaults)) if (target[key] === undefined) target[key] = value
}
