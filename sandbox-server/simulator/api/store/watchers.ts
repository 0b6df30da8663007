// Tells watchers what changed: in order, each in a later microtask, never inside a write; and remembers the last changes, so
// that a watch can start from a resourceVersion of the past.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { gone } from '../api-error.ts'
import type { WatchEvent } from '../objects.ts'
import type { AnyStored } from './collection.ts'

export type AnyEvent = WatchEvent<KubernetesObject>
export type Matches = (object: AnyStored) => boolean

interface Change {
  readonly resourceVersion: number
  readonly storage: string
  readonly event: AnyEvent
}
interface Watcher {
  readonly storage: string
  readonly matches: Matches
  readonly listener: (event: AnyEvent) => void
  stopped: boolean
}

const historyLength = 2000

export class Watchers {
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #queue: { watcher: Watcher; event: AnyEvent }[] = []
  #history: Change[] = []
  /** Changes up to this one are forgotten. */
  #forgotten: number
  #flushing = false
  readonly #stir: () => void

  constructor(startsAt: number, stir: () => void) {
    this.#forgotten = startsAt
    this.#stir = stir
  }

  publish(storage: string, event: AnyEvent): void {
    this.#history.push({ resourceVersion: Number(event.object.metadata.resourceVersion), storage, event })
    if (this.#history.length > historyLength * 1.5) {
      const dropped = this.#history.splice(0, this.#history.length - historyLength)
      this.#forgotten = dropped.at(-1)?.resourceVersion ?? this.#forgotten
    }
    for (const watcher of this.#watchers.get(storage) ?? []) this.#offer(watcher, event)
  }

  /** Starts with `initial` as ADDED, or with what happened since `since`; throws 410 where that is forgotten. */
  watch(options: {
    storage: string
    matches: Matches
    initial?: readonly AnyStored[]
    since?: number
    listener: (event: AnyEvent) => void
  }): () => void {
    const { storage, matches, listener, since } = options
    const watcher: Watcher = { storage, matches, listener, stopped: false }
    for (const object of options.initial ?? []) this.#enqueue(watcher, { type: 'ADDED', object })
    if (since !== undefined) {
      if (since < this.#forgotten) throw gone(`too old resource version: ${since} (${this.#forgotten})`)
      for (const change of this.#history) {
        if (change.resourceVersion > since && change.storage === storage) this.#offer(watcher, change.event)
      }
    }
    const group = this.#watchers.get(storage) ?? new Set()
    this.#watchers.set(storage, group.add(watcher))
    return () => {
      watcher.stopped = true
      group.delete(watcher)
    }
  }

  /** Translates a change into what a watcher with a selector sees of it. */
  #offer(watcher: Watcher, event: AnyEvent): void {
    const now = event.type !== 'DELETED' && watcher.matches(event.object)
    const before = event.type !== 'ADDED' && event.previous !== undefined && watcher.matches(event.previous)
    if (now && (before || event.type === 'ADDED')) this.#enqueue(watcher, event)
    else if (now) this.#enqueue(watcher, { type: 'ADDED', object: event.object })
    else if (before) this.#enqueue(watcher, event.type === 'DELETED' ? event : { ...event, type: 'DELETED' })
  }

  #enqueue(watcher: Watcher, event: AnyEvent): void {
    this.#queue.push({ watcher, event })
    if (this.#flushing) return
    this.#flushing = true
    this.#stir()
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (!next.watcher.stopped) next.watcher.listener(next.event)
      }
      this.#flushing = false
    } finally {
      // A listener that throws is a bug of its own; the others are told all the same.
      if (this.#flushing) queueMicrotask(() => this.#flush())
    }
  }
}
