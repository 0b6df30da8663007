// Runs a sync soon after the first change and then at most once a period, however many changes come
// (BoundedFrequencyRunner of k8s.io/kubernetes/pkg/util/async).
import type { Clock, Timer } from '../clock.ts'

export class Coalesced {
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #sync: () => void
  #lastAt = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  constructor(clock: Clock, periodMs: number, sync: () => void) {
    this.#clock = clock
    this.#periodMs = periodMs
    this.#sync = sync
  }

  request(): void {
    if (this.#timer) return
    const wait = Math.max(0, this.#lastAt + this.#periodMs - this.#clock.now())
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = undefined
      this.#lastAt = this.#clock.now()
      this.#sync()
    })
  }

  dispose(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
