// Moves packets: a queue emptied in one microtask, so that nothing recurses, every run repeats, and a simulated clock sees a
// quiet network before time moves on.
import type { Clock } from '../clock.ts'

/** Packets handled in a row before the host's event loop gets a turn. */
const burst = 4000

export class Pump {
  readonly clock: Clock
  #queue: (() => void)[] = []
  #idle: (() => void)[] = []
  #scheduled = false
  #sinceYield = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  enqueue(task: () => void): void {
    this.#queue.push(task)
    this.#schedule()
  }

  /** Calls once the queue is empty: the place to arm timers for what stayed unanswered. */
  whenIdle(task: () => void): void {
    this.#idle.push(task)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    if (this.#sinceYield < burst) {
      queueMicrotask(() => this.#run())
    } else {
      this.#sinceYield = 0
      this.clock.after(0, () => this.#run())
    }
  }

  #run(): void {
    this.clock.stir?.()
    for (let index = 0; index < this.#queue.length; index++) {
      if (this.#sinceYield++ >= burst) {
        this.#queue.splice(0, index)
        this.#scheduled = false
        this.#schedule()
        return
      }
      this.#queue[index]?.()
    }
    this.#queue = []
    this.#scheduled = false
    const idle = this.#idle
    this.#idle = []
    for (const task of idle) task()
  }
}
