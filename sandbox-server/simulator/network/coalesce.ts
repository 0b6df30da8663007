// Runs a sync soon after the first change and then at most once a period, however many changes come
// (BoundedFrequencyRunner of k8s.io/kubernetes/pkg/util/async). One that fails is told of and tried again later.
import type { Clock, Timer } from '../clock.ts'

/** As kube-proxy's iptables.syncPeriod. */
const retryMs = 30_000

export class Coalesced {
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #sync: () => void
  readonly #failed: (message: string) => void
  #lastAt = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  /** `failed` hears why a sync threw: what a learner did to the node must not end the program, let alone the clock. */
  constructor(clock: Clock, periodMs: number, sync: () => void, failed: (message: string) => void) {
    this.#clock = clock
    this.#periodMs = periodMs
    this.#sync = sync
    this.#failed = failed
  }

  request(): void {
    this.#timer ??= this.#schedule(Math.max(0, this.#lastAt + this.#periodMs - this.#clock.now()))
  }

  dispose(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #schedule(wait: number): Timer {
    return this.#clock.after(wait, () => {
      this.#timer = undefined
      this.#lastAt = this.#clock.now()
      try {
        this.#sync()
      } catch (error) {
        this.#failed(error instanceof Error ? error.message : String(error))
        this.#timer ??= this.#schedule(retryMs)
      }
    })
  }
}
