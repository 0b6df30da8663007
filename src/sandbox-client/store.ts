// A value that can be watched, and the Preact hook that watches it. Small on purpose: a page has a dozen of these.
import { useEffect, useRef, useState } from 'preact/hooks'

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
  const value = select === undefined ? store.get() : select(store.get())
  // What the last render picked and how: `select` may close over props, so the subscription must not keep the first one.
  const last = useRef({ value, select })
  last.current = { value, select }
  const [, renderAgain] = useState<object>()
  useEffect(() => {
    const look = (): void => {
      const { value: before, select: pick } = last.current
      const now = pick === undefined ? store.get() : pick(store.get())
      if (!Object.is(now, before)) renderAgain({})
    }
    look()
    return store.subscribe(look)
  }, [store])
  return value
}
