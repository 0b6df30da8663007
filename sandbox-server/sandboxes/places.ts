// Places for clusters: as many as each provider has room for, given to those that wait in the order in which they came.
import { AppError } from '../contract/errors.ts'
import type { ProviderName } from '../contract/sandbox.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { Sandbox } from './sandbox.ts'
import { createWaitEstimate, type WaitEstimate } from './wait-estimate.ts'

export interface PlacesLimits {
  readonly livePerLearner: number
  /** Sandboxes that wait for a place. */
  readonly queued: number
  readonly idleMs: number
}

export interface PlacesOptions {
  readonly limits: PlacesLimits
  readonly timers: Timers
  /** Sandboxes of a provider with a cluster at the same time. */
  limitOf(provider: ClusterProvider): number
  /** Whether its clusters can be started by now. */
  isOpen(provider: ClusterProvider): boolean
  /** Has a place now: starts it. */
  onAdmitted(sandbox: Sandbox): void
  /** Stops one whose place is needed; `release` follows once all of it is kept. */
  onNeeded(sandbox: Sandbox): void
}

interface Place {
  readonly provider: ClusterProvider
  readonly takenAt: number
}

/** A sandbox without a page gives its place to one that waits, once it was left alone this long. */
export const yieldsAfterMs = 30_000

export class Places {
  readonly #options: PlacesOptions
  readonly #places = new Map<Sandbox, Place>()
  readonly #estimates = new Map<ProviderName, WaitEstimate>()
  #queue: Sandbox[] = []
  #closed = false

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** Sandboxes that have a place. */
  get holders(): readonly Sandbox[] {
    return [...this.#places.keys()]
  }

  get waiting(): readonly Sandbox[] {
    return this.#queue
  }

  has(sandbox: Sandbox): boolean {
    return this.#places.has(sandbox)
  }

  liveOf(provider: ClusterProvider): number {
    return [...this.#places.values()].filter((place) => place.provider === provider).length
  }

  /** Starts or waits for a place. Throws AppError QUEUE_FULL. */
  enqueue(sandbox: Sandbox): void {
    if (this.#places.has(sandbox) || this.#queue.includes(sandbox)) return
    if (this.#queue.length >= this.#options.limits.queued) {
      throw new AppError('QUEUE_FULL', `${this.#queue.length} learners wait for a sandbox already.`, {
        hint: 'Read on; open the lesson again in a few minutes.',
      })
    }
    this.#queue.push(sandbox)
    this.admit()
  }

  /** A place whatever the limits say: its cluster is there already. */
  take(sandbox: Sandbox): void {
    this.#queue = this.#queue.filter((other) => other !== sandbox)
    const { provider } = sandbox
    this.#places.set(sandbox, { provider, takenAt: this.#options.timers.now() })
    this.#options.onAdmitted(sandbox)
  }

  /** Whether it was waiting. */
  leaveQueue(sandbox: Sandbox): boolean {
    const before = this.#queue.length
    this.#queue = this.#queue.filter((other) => other !== sandbox)
    if (this.#queue.length === before) return false
    this.admit()
    return true
  }

  release(sandbox: Sandbox): void {
    const place = this.#places.get(sandbox)
    if (!place) return
    this.#places.delete(sandbox)
    this.#estimateOf(place.provider).released(this.#options.timers.now() - place.takenAt)
    this.admit()
  }

  /** Gives free places to those that wait, in order; a learner at their own limit lets others pass. */
  admit(): void {
    if (this.#closed) return
    const { limits, isOpen, limitOf } = this.#options
    for (const sandbox of [...this.#queue]) {
      const { provider } = sandbox
      if (!isOpen(provider)) {
        this.#wait(sandbox, `The server looks for its ${provider.name} clusters. Yours starts in a moment.`)
        continue
      }
      const own = this.holders.filter((other) => other.key.learner === sandbox.key.learner)
      if (own.length >= limits.livePerLearner) {
        this.#makeRoom(own, 0)
        const reason = `You have ${own.length} clusters open, as many as one learner may have. Close the page of another lesson.`
        this.#wait(sandbox, reason)
        continue
      }
      const live = this.holders.filter((other) => this.#places.get(other)?.provider === provider)
      if (live.length >= limitOf(provider)) {
        this.#makeRoom(live, yieldsAfterMs)
        this.#wait(sandbox, 'All clusters of this server are in use. Yours starts as soon as one is free.')
        continue
      }
      this.take(sandbox)
    }
  }

  close(): void {
    this.#closed = true
    this.#queue = []
  }

  /** Stops the one that was left alone longest, if any was for `leastMs`; its place is free once all of it is kept. */
  #makeRoom(candidates: readonly Sandbox[], leastMs: number): void {
    const now = this.#options.timers.now()
    const left = candidates
      .filter((sandbox) => sandbox.attached === 0 && now - sandbox.lastActivity >= leastMs)
      .filter((sandbox) => sandbox.state.state === 'ready' && !sandbox.hasUnsaved)
      .sort((a, b) => a.lastActivity - b.lastActivity)[0]
    if (left) this.#options.onNeeded(left)
  }

  #wait(sandbox: Sandbox, reason: string): void {
    const { provider, state } = sandbox
    const place = this.#queue.filter((other) => other.provider === provider).indexOf(sandbox) + 1
    if (state.state === 'queued' && state.place === place && state.reason === reason) return
    const { limitOf, isOpen } = this.#options
    const forPlace = isOpen(provider) ? this.#estimateOf(provider).expected(place, limitOf(provider)) : 0
    // A wait that is a guess needs no milliseconds.
    const wait = Math.round((forPlace + sandbox.expectedMs) / 1000) * 1000
    sandbox.queue(place, wait, reason)
  }

  #estimateOf({ name }: ClusterProvider): WaitEstimate {
    const known = this.#estimates.get(name)
    if (known) return known
    const made = createWaitEstimate(this.#options.limits.idleMs)
    this.#estimates.set(name, made)
    return made
  }
}
