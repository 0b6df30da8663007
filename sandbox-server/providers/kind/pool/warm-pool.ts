// Clusters made ahead of their learners: which ones to make next, which one a learner gets, which one has to go.
import type { Log } from '../../../platform/log.ts'
import type { ClusterSetup } from '../../provider.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import { configurationKey, startStateKey } from '../start-state-key.ts'

export interface WarmPoolOptions {
  readonly log: Log
  /** Makes one in the start state of `setup`. Rejects at an abort; what was begun is removed then. */
  readonly make: (setup: ClusterSetup, signal: AbortSignal) => Promise<ClusterRecord>
  readonly remove: (record: ClusterRecord) => Promise<void>
  /** Whether one more cluster fits beside all that exist. */
  readonly hasRoom: () => boolean
  /** Kept ready of each exercise that was asked for lately. */
  readonly perExercise: number
}

/** Exercises that are kept warm without anybody having asked for a number: the ones asked for last. */
const rememberedExercises = 4

export interface Claim {
  readonly record: ClusterRecord
  /** It is in the setup's start state already; otherwise it must be set back first. */
  readonly isExact: boolean
}

export class WarmPool {
  readonly #options: WarmPoolOptions
  readonly #waiting: ClusterRecord[] = []
  /** Setups to keep warm by start state, the one asked for last at the end. */
  readonly #wanted = new Map<string, { readonly setup: ClusterSetup; count: number }>()
  #making: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  #refilling: Promise<void> | undefined
  #disposed = false

  constructor(options: WarmPoolOptions) {
    this.#options = options
  }

  get waiting(): readonly ClusterRecord[] {
    return this.#waiting
  }

  /** One that an earlier process left behind. */
  adopt(record: ClusterRecord): void {
    this.#waiting.push(record)
  }

  /** What a learner who asked now would get. */
  offer(setup: ClusterSetup): 'exact' | 'same configuration' | 'nothing' {
    const found = this.#find(setup)
    if (!found) return 'nothing'
    return found.isExact ? 'exact' : 'same configuration'
  }

  /** Takes one out of the pool and remembers that such a setup is in demand. */
  claim(setup: ClusterSetup): Claim | undefined {
    this.#remember(setup)
    const found = this.#find(setup)
    if (found) this.#waiting.splice(this.#waiting.indexOf(found.record), 1)
    return found
  }

  /** A number that somebody asked for, such as a workshop; 0 forgets the setup. */
  prepare(setup: ClusterSetup, count: number): void {
    const key = startStateKey(setup)
    this.#wanted.delete(key)
    if (count > 0) this.#wanted.set(key, { setup, count })
    void this.refill()
  }

  /** Gives up a waiting cluster, or the making of one, so that a learner's own fits. False where there is none. */
  async makeRoom(): Promise<boolean> {
    const oldest = this.#waiting.shift()
    if (oldest) {
      await this.#options.remove(oldest)
      return true
    }
    if (!this.#making) return false
    this.#making.abort.abort(new Error('a learner needs the place'))
    await this.#making.done
    return true
  }

  /** Makes what is missing, one after the other, once `after` has ended: whoever waits for an answer right now comes first. */
  async refill(after?: Promise<unknown>): Promise<void> {
    await after?.catch(() => undefined)
    this.#refilling ??= this.#fill().finally(() => {
      this.#refilling = undefined
    })
    return await this.#refilling
  }

  /** Gives up what is being made. Waiting clusters are removed. */
  async dispose(): Promise<void> {
    this.#disposed = true
    this.#making?.abort.abort(new Error('the server stops'))
    await this.#making?.done
    await Promise.all(this.#waiting.splice(0).map((record) => this.#options.remove(record)))
  }

  async #fill(): Promise<void> {
    for (let next = this.#nextWanted(); next && !this.#disposed; next = this.#nextWanted()) {
      const abort = new AbortController()
      const done = this.#make(next, abort.signal)
      this.#making = { abort, done }
      await done
      this.#making = undefined
      // Whoever needed the place takes it now; the next refill looks again.
      if (abort.signal.aborted) return
    }
  }

  async #make(setup: ClusterSetup, signal: AbortSignal): Promise<void> {
    try {
      this.#waiting.push(await this.#options.make(setup, signal))
    } catch (error) {
      if (signal.aborted) return
      // Not tried again before somebody asks: the next learner's own start tells what is wrong.
      this.#wanted.delete(startStateKey(setup))
      this.#options.log.warn({ err: error }, 'a cluster could not be made ahead')
    }
  }

  #find(setup: ClusterSetup): Claim | undefined {
    const exact = this.#waiting.find((record) => record.startState === startStateKey(setup))
    if (exact) return { record: exact, isExact: true }
    const configuration = configurationKey(setup)
    const alike = this.#waiting.find(
      ({ spec, access }) => configurationKey({ exercise: { cluster: spec, access } }) === configuration,
    )
    return alike && { record: alike, isExact: false }
  }

  #remember(setup: ClusterSetup): void {
    const key = startStateKey(setup)
    const known = this.#wanted.get(key)
    this.#wanted.delete(key)
    this.#wanted.set(key, { setup, count: Math.max(known?.count ?? 0, this.#options.perExercise) })
    const idle = [...this.#wanted].filter(([, { count }]) => count <= this.#options.perExercise)
    for (const [oldest] of idle.slice(0, Math.max(0, idle.length - rememberedExercises)))
      this.#wanted.delete(oldest)
  }

  #nextWanted(): ClusterSetup | undefined {
    if (!this.#options.hasRoom()) return undefined
    const latestFirst = [...this.#wanted].reverse()
    const missing = latestFirst.find(([key, { count }]) => {
      return this.#waiting.filter((record) => record.startState === key).length < count
    })
    return missing?.[1].setup
  }
}
