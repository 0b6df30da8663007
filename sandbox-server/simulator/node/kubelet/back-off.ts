// Growing waits, a key each (client-go/util/flowcontrol/backoff.go): for images that cannot be pulled and containers that crash.

export interface BackOffEntry {
  ms: number
  updatedAt: number
}

export class BackOff {
  readonly #initialMs: number
  readonly #maxMs: number
  readonly #entries = new Map<string, BackOffEntry>()

  constructor(initialMs: number, maxMs: number) {
    this.#initialMs = initialMs
    this.#maxMs = maxMs
  }

  /** Milliseconds to wait for the key, 0 where none. */
  get(key: string): number {
    return this.#entries.get(key)?.ms ?? 0
  }

  /** When the wait of the key ends that began at `since`; undefined where there is none. */
  waitsUntil(key: string, since: number): number | undefined {
    const entry = this.#entries.get(key)
    if (!entry || since - entry.updatedAt > 2 * this.#maxMs) return undefined
    return since + entry.ms
  }

  /** Doubles the wait, or begins anew where the key was quiet for twice the longest wait. */
  next(key: string, at: number): void {
    const entry = this.#entries.get(key)
    const ms =
      !entry || at - entry.updatedAt > 2 * this.#maxMs ? this.#initialMs : Math.min(entry.ms * 2, this.#maxMs)
    this.#entries.set(key, { ms, updatedAt: at })
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }
}

/** As Go's time.Duration prints it: `10s`, `1m20s`, `5m0s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000
  if (ms < 1000) return ms === 0 ? '0s' : `${ms}ms`
  if (seconds < 60) return `${seconds}s`
  const rest = `${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}h${rest}`
}
