// Waiting for something to become true, looked at whenever something changed, until a deadline.
import type { Timers } from '../../../platform/host-timers.ts'

export class Conditions {
  readonly #timers: Timers
  readonly #waiting = new Set<() => void>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Rejects with what `late` gives once `ms` are over. `isTrue` may throw to end the waiting with its error. */
  until(isTrue: () => boolean, ms: number, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (!isTrue()) return
          end()
          resolve()
        } catch (error) {
          end()
          reject(error)
        }
      }
      const timer = this.#timers.setTimeout(() => {
        end()
        reject(late())
      }, ms)
      const end = () => {
        this.#waiting.delete(look)
        this.#timers.clearTimeout(timer as never)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Something changed. */
  look(): void {
    for (const look of [...this.#waiting]) look()
  }
}
