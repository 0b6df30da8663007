// A host whose time passes only while nothing runs: the event loop is let go idle before the next timer fires. Long chains of
// promises, such as a pipeline of sixty requests, then take no simulated time, and hours pass at once.
import { setImmediate } from 'node:timers/promises'
import type { HostTimers, SimulatedClock } from '../../sandbox-server/simulator/clock.ts'

interface Entry {
  readonly at: number
  readonly callback: () => void
}

/** Turns of the event loop without a timer that count as idle. */
const idleTurns = 4

export class VirtualHost {
  readonly #entries = new Set<Entry>()
  #now: number

  constructor(clock: SimulatedClock) {
    this.#now = clock.now()
    const timers: HostTimers = {
      now: () => this.#now,
      setTimeout: (callback, ms) => {
        const entry = { at: this.#now + ms, callback }
        this.#entries.add(entry)
        return entry
      },
      clearTimeout: (handle) => {
        this.#entries.delete(handle)
      },
    }
    clock.follow(timers)
  }

  /** Lets time pass until `done()` holds; false when `limitMs` went by first. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const until = this.#now + limitMs
    for (;;) {
      for (let turn = 0; turn < idleTurns && !done(); turn++) await setImmediate()
      if (done()) return true
      const next = [...this.#entries].sort((a, b) => a.at - b.at)[0]
      if (!next || next.at > until) {
        this.#now = until
        return false
      }
      this.#entries.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
  }
}
