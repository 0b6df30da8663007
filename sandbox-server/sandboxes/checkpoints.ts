// Keeps the checkpoint of a sandbox's cluster in the store, a moment after each change.
import { type Debounced, debounce } from '../platform/debounce.ts'
import type { Cluster } from '../providers/provider.ts'
import { notSaved } from './not-saved.ts'
import type { SandboxOptions } from './sandbox-options.ts'

const afterMs = 1000

export class Checkpoints {
  readonly #options: SandboxOptions
  readonly #cluster: () => Cluster | undefined
  readonly #debounced: Debounced
  #outlives = false
  #failed = false

  constructor(options: SandboxOptions, cluster: () => Cluster | undefined) {
    this.#options = options
    this.#cluster = cluster
    this.#debounced = debounce(afterMs, options.timers, () => this.#save())
  }

  /** Whether the last one held nothing, because the cluster itself outlives the server. */
  get outlives(): boolean {
    return this.#outlives
  }

  /** Whether the store lacks the newest one. */
  get failed(): boolean {
    return this.#failed
  }

  request(): void {
    this.#debounced.request()
  }

  flush(): Promise<void> {
    return this.#debounced.flush()
  }

  /** Forgets what was asked for, and waits for the one that is under way. */
  async cancel(): Promise<void> {
    this.#debounced.cancel()
    await this.#debounced.flush()
  }

  async #save(): Promise<void> {
    const { store, key, timers, log, id } = this.#options
    const cluster = this.#cluster()
    if (!cluster) return
    try {
      const snapshot = await cluster.checkpoint()
      this.#outlives = snapshot === undefined
      if (snapshot) await store.workspaces.saveSnapshot(key, snapshot, timers.now())
      this.#failed = false
    } catch (error) {
      if (!this.#failed) log.error({ err: notSaved('The cluster', error), sandbox: id }, 'checkpoint failed')
      this.#failed = true
      this.#debounced.request()
    }
  }
}
