// How long a place in the queue takes, from how long sandboxes really held theirs.

export interface WaitEstimate {
  /** A sandbox gave its place back after `ms`. */
  released(ms: number): void
  /** Milliseconds until `place` (from 1) is reached, with `capacity` places given out. */
  expected(place: number, capacity: number): number
}

/** An exponentially weighted mean, that starts from `initialMs` until something was measured. */
export function createWaitEstimate(initialMs: number): WaitEstimate {
  let mean = initialMs
  let measured = 0
  return {
    released(ms) {
      measured++
      mean += (ms - mean) * Math.max(0.1, 1 / measured)
    },
    // Held places end evenly spread: the n-th of them after n shares of the mean.
    expected: (place, capacity) => Math.round((mean * place) / Math.max(1, capacity)),
  }
}
