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
    let done = 0
    try {
      // The queue grows while it is worked through.
      while (done < this.#queue.length && this.#sinceYield < burst) {
        this.#sinceYield++
        this.#queue[done++]?.()
      }
    } finally {
      // Also after a task that threw: one packet's fault must not stop the others.
      this.#queue.splice(0, done)
      this.#scheduled = false
      if (this.#queue.length > 0) this.#schedule()
    }
    if (this.#queue.length > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const task of idle) task()
  }
}
