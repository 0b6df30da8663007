// Requests of a sandbox's pages: each carried out once however often it is repeated, and checks one at a time.

const remembered = 300

export class Requests {
  readonly #known = new Map<string, Promise<unknown>>()
  #alone: Promise<unknown> = Promise.resolve()

  /** Carries a request out once; the last few hundred are remembered. What failed may be tried again. */
  once<T>(requestId: string, act: () => Promise<T>): Promise<T> {
    const known = this.#known.get(requestId)
    if (known) return known as Promise<T>
    const made = act()
    this.#known.set(requestId, made)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= remembered) break
      this.#known.delete(oldest)
    }
    made.catch(() => this.#known.delete(requestId))
    return made
  }

  /** Waits for the one before it: checks may change the cluster and put it back. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const run = this.#alone.then(act)
    this.#alone = run.catch(() => {}) // The caller is told; the next one may run.
    return run
  }
}
