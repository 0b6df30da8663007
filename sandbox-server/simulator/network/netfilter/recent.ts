// The lists of addresses that the `recent` match keeps (net/netfilter/xt_recent.c): session affinity stands on them.
import type { Clock } from '../../clock.ts'

export interface RecentQuestion {
  readonly action: 'set' | 'rcheck' | 'update' | 'remove'
  readonly name: string
  readonly address: number
  readonly seconds: number | undefined
  readonly reap: boolean
}

export class RecentLists {
  readonly #clock: Clock
  /** List name to address to when it was last seen. */
  readonly #lists = new Map<string, Map<number, number>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  list(name: string): ReadonlyMap<number, number> {
    return this.#lists.get(name) ?? new Map()
  }

  ask(question: RecentQuestion): boolean {
    const list = this.#lists.get(question.name) ?? new Map<number, number>()
    this.#lists.set(question.name, list)
    const now = this.#clock.now()
    const oldest = question.seconds === undefined ? undefined : now - question.seconds * 1000
    if (question.action === 'set') {
      list.set(question.address, now)
      return true
    }
    if (question.action === 'remove') return list.delete(question.address)
    const seen = list.get(question.address)
    const hit = seen !== undefined && (oldest === undefined || seen >= oldest)
    if (question.reap && oldest !== undefined) {
      for (const [address, at] of list) if (at < oldest) list.delete(address)
    }
    if (hit && question.action === 'update') list.set(question.address, now)
    return hit
  }
}
