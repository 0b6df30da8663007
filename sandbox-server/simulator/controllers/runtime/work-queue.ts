// The queue between watches and a controller: one entry a key, in order, with a retry that backs off. It is
// client-go's workqueue (util/workqueue) with its default rate limiter, single-threaded on the simulator's clock.
import type { Clock, Timer } from '../../clock.ts'

/** ItemExponentialFailureRateLimiter's defaults, in milliseconds. */
const firstRetry = 5
const slowestRetry = 1_000_000

export interface WorkQueue {
  add(key: string): void
  addAfter(key: string, ms: number): void
  /** Adds again after a delay that doubles with every call until `forget`. */
  retry(key: string): void
  forget(key: string): void
  dispose(): void
}

/** Hands keys to `work`, one clock tick after the first of a batch was added. */
export function createWorkQueue(clock: Clock, work: (key: string) => void): WorkQueue {
  const waiting = new Set<string>()
  const delayed = new Map<string, { at: number; timer: Timer }>()
  const failures = new Map<string, number>()
  let drain: Timer | undefined
  let disposed = false

  const run = () => {
    drain = undefined
    const batch = [...waiting]
    waiting.clear()
    for (const key of batch) if (!disposed) work(key)
  }
  const add = (key: string) => {
    if (disposed) return
    waiting.add(key)
    drain ??= clock.after(0, run)
  }
  const addAfter = (key: string, ms: number) => {
    if (disposed) return
    const at = clock.now() + ms
    const earlier = delayed.get(key)
    if (earlier && earlier.at <= at) return
    earlier?.timer.cancel()
    const timer = clock.after(ms, () => {
      delayed.delete(key)
      add(key)
    })
    delayed.set(key, { at, timer })
  }
  return {
    add,
    addAfter,
    retry(key) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      addAfter(key, Math.min(firstRetry * 2 ** count, slowestRetry))
    },
    forget: (key) => void failures.delete(key),
    dispose() {
      disposed = true
      drain?.cancel()
      for (const { timer } of delayed.values()) timer.cancel()
      waiting.clear()
      delayed.clear()
    },
  }
}
