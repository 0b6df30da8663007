// A value that can be watched, and the Preact hook that watches it. Small on purpose: a page has a dozen of these.
import { useEffect, useState } from 'preact/hooks'

export interface Store<T> {
  get(): T
  set(next: T): void
  update(change: (value: T) => T): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const set = (next: T): void => {
    if (Object.is(next, value)) return
    value = next
    for (const listener of [...listeners]) listener()
  }
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Renders again when what `select` picks is another value than before. */
export function useStore<T>(store: Store<T>): T
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S
export function useStore<T, S>(store: Store<T>, select?: (value: T) => S): T | S {
  const read = (): T | S => (select === undefined ? store.get() : select(store.get()))
  const [seen, setSeen] = useState<{ value: T | S }>(() => ({ value: read() }))
  useEffect(() => {
    const look = (): void => {
      const value = read()
      setSeen((before) => (Object.is(before.value, value) ? before : { value }))
    }
    look()
    return store.subscribe(look)
  }, [store])
  return seen.value
}
