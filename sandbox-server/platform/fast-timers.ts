// The host's time, some times faster: for proofs, whose simulated clusters need not live in a learner's time.
import { hostTimers, type Timers } from './host-timers.ts'

export function fastTimers(speed: number): Timers {
  const begin = hostTimers.now()
  return {
    now: () => begin + (hostTimers.now() - begin) * speed,
    setTimeout: (callback, ms) => hostTimers.setTimeout(callback, ms / speed),
    clearTimeout: (handle) => hostTimers.clearTimeout(handle),
  }
}
