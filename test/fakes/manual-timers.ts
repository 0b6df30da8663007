// Timers that stand still until a test moves them.
import type { Timers } from '../../sandbox-server/platform/host-timers.ts'

export interface ManualTimers extends Timers {
  /** Moves time on, firing what is due, and lets promises settle after each. */
  advance(ms: number): Promise<void>
}

export function manualTimers(startsAt = 1_000_000): ManualTimers {
  let now = startsAt
  let order = 0
  const waiting = new Map<number, { at: number; callback: () => void }>()
  return {
    now: () => now,
    setTimeout(callback, ms) {
      order += 1
      waiting.set(order, { at: now + ms, callback })
      return order
    },
    clearTimeout: (handle) => void waiting.delete(handle as number),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const next = [...waiting]
          .filter(([, timer]) => timer.at <= until)
          .sort(([, a], [, b]) => a.at - b.at)[0]
        if (!next) break
        waiting.delete(next[0])
        now = next[1].at
        next[1].callback()
        await settle()
      }
      now = until
    },
  }
}

/** Lets promises settle, those behind a turn of the event loop too (SQLite, compression). */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
