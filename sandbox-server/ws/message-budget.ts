// How fast one page may send: a token bucket of messages and one of bytes.

export interface MessageBudget {
  /** False where the page sent more than it may; nothing is taken then. */
  take(bytes: number): boolean
}

interface Bucket {
  readonly perSecond: number
  readonly burst: number
}

/** Enough for the fastest typist, acknowledgements of a flood of output and a paste of some megabytes; not for a loop. */
const messages: Bucket = { perSecond: 500, burst: 2_000 }
const bytes: Bucket = { perSecond: 2 * 1024 * 1024, burst: 24 * 1024 * 1024 }

export function createMessageBudget(now: () => number): MessageBudget {
  let messagesLeft = messages.burst
  let bytesLeft = bytes.burst
  let at = now()
  return {
    take(size) {
      const passed = Math.max(0, now() - at) / 1000
      at = now()
      messagesLeft = Math.min(messages.burst, messagesLeft + passed * messages.perSecond)
      bytesLeft = Math.min(bytes.burst, bytesLeft + passed * bytes.perSecond)
      if (messagesLeft < 1 || bytesLeft < size) return false
      messagesLeft -= 1
      bytesLeft -= size
      return true
    },
  }
}
