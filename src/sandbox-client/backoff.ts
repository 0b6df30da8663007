// How long to wait before the next attempt to connect: exponential with full jitter, so that a restarted server is not stormed.

const firstMs = 250
const longestMs = 15_000

/** `attempt` counts from 0. Full jitter: anywhere between a floor of 100 ms and the exponential ceiling. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** attempt)
  return Math.round(100 + random() * (ceiling - 100))
}
