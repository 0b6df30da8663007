// All sandboxes of this server: one a learner and lesson, limits with a queue, idle expiry, and an orderly end.
import { randomBytes } from 'node:crypto'
import { AppError } from '../contract/errors.ts'
import { type LearnerId, type SandboxId, sandboxIdSchema } from '../contract/ids.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { Store } from '../store/store.ts'
import { Sandbox } from './sandbox.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'
import { createWaitEstimate, type WaitEstimate } from './wait-estimate.ts'

export interface SandboxLimits {
  /** Sandboxes with a cluster at the same time. */
  readonly live: number
  readonly livePerLearner: number
  /** Sandboxes that wait for a place. */
  readonly queued: number
  readonly idleMs: number
}

export interface SandboxesOptions {
  readonly provider: ClusterProvider
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly limits: SandboxLimits
}

interface Place {
  readonly sandbox: Sandbox
  readonly takenAt: number
}

/** A sandbox without a page gives its place to one that waits, once it was left alone this long. */
const yieldsAfterMs = 30_000

export class Sandboxes {
  readonly #options: SandboxesOptions
  readonly #sandboxes = new Map<string, Sandbox>()
  readonly #opening = new Map<string, Promise<Sandbox>>()
  readonly #places = new Map<Sandbox, Place>()
  readonly #estimate: WaitEstimate
  #queue: Sandbox[] = []
  #sweep: unknown
  #closed = false

  constructor(options: SandboxesOptions) {
    this.#options = options
    this.#estimate = createWaitEstimate(options.limits.idleMs)
    this.#armSweep()
  }

  /** Sandboxes that have a place. */
  get live(): number {
    return this.#places.size
  }

  /** The learner's sandbox for the lesson, which starts or waits for a place. Throws AppError QUEUE_FULL. */
  async open(learner: LearnerId, lesson: SandboxLesson): Promise<Sandbox> {
    const sandbox = await this.#findOrMake(learner, lesson)
    if (!this.#places.has(sandbox) && !this.#queue.includes(sandbox)) this.#enqueue(sandbox)
    return sandbox
  }

  find(learner: LearnerId, slug: string): Sandbox | undefined {
    return this.#sandboxes.get(`${learner} ${slug}`)
  }

  /** Stops and keeps every sandbox. */
  async close(): Promise<void> {
    this.#closed = true
    this.#options.timers.clearTimeout(this.#sweep as never)
    this.#queue = []
    await Promise.all([...this.#places.keys()].map((sandbox) => sandbox.stop('The server stops.')))
  }

  async #findOrMake(learner: LearnerId, lesson: SandboxLesson): Promise<Sandbox> {
    if (this.#closed)
      throw new AppError('SANDBOX_NOT_READY', 'The server stops.', { hint: 'Try again in a moment.' })
    const name = `${learner} ${lesson.slug}`
    const known = this.#sandboxes.get(name)
    if (known) return known
    const opening = this.#opening.get(name) ?? this.#make(learner, lesson)
    this.#opening.set(name, opening)
    try {
      const sandbox = await opening
      this.#sandboxes.set(name, sandbox)
      return sandbox
    } finally {
      this.#opening.delete(name)
    }
  }

  async #make(learner: LearnerId, lesson: SandboxLesson): Promise<Sandbox> {
    const { provider, store, timers, log, limits } = this.#options
    const key = { learner, lesson: lesson.slug }
    const kept = await store.workspaces.read(key)
    const id = kept?.sandbox ?? newSandboxId()
    return new Sandbox({ id, key, lesson, provider, store, timers, log, idleMs: limits.idleMs })
  }

  #enqueue(sandbox: Sandbox): void {
    if (this.#queue.length >= this.#options.limits.queued) {
      throw new AppError('QUEUE_FULL', `${this.#queue.length} learners wait for a sandbox already.`, {
        hint: 'Read on; open the lesson again in a few minutes.',
      })
    }
    this.#queue.push(sandbox)
    this.#admit()
  }

  /** Gives free places to those that wait, in order; a learner at their own limit lets others pass. */
  #admit(): void {
    if (this.#closed) return
    for (const sandbox of [...this.#queue]) {
      const { limits, timers } = this.#options
      const own = [...this.#places.keys()].filter((other) => other.key.learner === sandbox.key.learner)
      if (own.length >= limits.livePerLearner) {
        this.#makeRoom(own, 0)
        const reason = `You have ${own.length} clusters open, as many as one learner may have. Close the page of another lesson.`
        this.#wait(sandbox, reason)
        continue
      }
      if (this.#places.size >= limits.live) {
        this.#makeRoom([...this.#places.keys()], yieldsAfterMs)
        this.#wait(sandbox, 'All clusters of this server are in use. Yours starts as soon as one is free.')
        continue
      }
      this.#queue = this.#queue.filter((other) => other !== sandbox)
      this.#places.set(sandbox, { sandbox, takenAt: timers.now() })
      void sandbox.start().then(() => {
        // A cluster that could not be made holds no place; Restart takes one again.
        if (sandbox.state.state === 'failed' && sandbox.attached === 0) this.#release(sandbox)
      })
    }
  }

  /** Stops the one that was left alone longest, if any was for `leastMs`; its place is free once all of it is kept. */
  #makeRoom(candidates: readonly Sandbox[], leastMs: number): void {
    const now = this.#options.timers.now()
    const left = candidates
      .filter((sandbox) => sandbox.attached === 0 && now - sandbox.lastActivity >= leastMs)
      .filter((sandbox) => sandbox.state.state === 'ready')
      .sort((a, b) => a.lastActivity - b.lastActivity)[0]
    if (left) void this.#stop(left, 'Another lesson needed the place.')
  }

  #wait(sandbox: Sandbox, reason: string): void {
    const place = this.#queue.indexOf(sandbox) + 1
    const wait = this.#estimate.expected(place, this.#options.limits.live)
    const { state } = sandbox
    if (state.state === 'queued' && state.place === place && state.reason === reason) return
    sandbox.queue(place, wait, reason)
  }

  async #stop(sandbox: Sandbox, reason: string): Promise<void> {
    await sandbox.stop(reason)
    this.#release(sandbox)
  }

  #release(sandbox: Sandbox): void {
    const place = this.#places.get(sandbox)
    if (!place) return
    this.#places.delete(sandbox)
    this.#estimate.released(this.#options.timers.now() - place.takenAt)
    if (sandbox.attached === 0) this.#sandboxes.delete(`${sandbox.key.learner} ${sandbox.key.lesson}`)
    this.#admit()
  }

  /** Stops what expired, forgets what is stopped and has no page, and looks again when the next one may expire. */
  #armSweep(): void {
    const { timers, limits } = this.#options
    this.#sweep = timers.setTimeout(
      () => {
        const now = timers.now()
        for (const sandbox of this.#places.keys()) {
          const { state } = sandbox.state
          if (state === 'failed' && sandbox.attached === 0) this.#release(sandbox)
          if (state === 'ready' && sandbox.expiresAt <= now) {
            const minutes = Math.round(limits.idleMs / 60_000)
            void this.#stop(sandbox, `Nothing was done for ${minutes} minutes.`)
          }
        }
        for (const [name, sandbox] of this.#sandboxes) {
          const idle = !this.#places.has(sandbox) && !this.#queue.includes(sandbox) && sandbox.attached === 0
          if (idle) this.#sandboxes.delete(name)
        }
        // Whoever closed the page while waiting gives up the place in the queue.
        this.#queue = this.#queue.filter(
          (sandbox) => sandbox.attached > 0 || now - sandbox.lastActivity < yieldsAfterMs,
        )
        this.#admit()
        this.#armSweep()
      },
      Math.min(limits.idleMs, 5_000),
    )
  }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 80 bits, since the id also names the sandbox's API server. */
function newSandboxId(): SandboxId {
  const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')
  return sandboxIdSchema.parse(`sandbox-${letters}`)
}
