// Passes a terminal's output on, piece after piece, and holds the terminal up while a reader has not taken the last one.

type Listener = (data: Uint8Array) => void | Promise<void>

export interface OutputGate {
  push(data: Uint8Array): void
  /** The first listener gets what came before it, too. */
  onOutput(listener: Listener): () => void
  close(): void
}

/** `hold(true)` stops the source, as soon as something waits; `hold(false)` lets it go on. */
export function createOutputGate(hold: (held: boolean) => void): OutputGate {
  const listeners = new Set<Listener>()
  const waiting: Uint8Array[] = []
  let isDelivering = false
  let isClosed = false

  const deliver = async () => {
    isDelivering = true
    for (;;) {
      const data = listeners.size > 0 ? waiting.shift() : undefined
      if (data === undefined) break
      const taken = [...listeners].map((listener) => listener(data)).filter((each) => each !== undefined)
      // Without a promise the next piece follows at once: an echo shall not wait for a turn of the event loop.
      if (taken.length === 0) continue
      hold(true)
      await Promise.allSettled(taken)
    }
    isDelivering = false
    hold(waiting.length > 0 && !isClosed)
  }

  return {
    push(data) {
      if (isClosed) return
      waiting.push(data)
      if (!isDelivering) void deliver()
      else hold(true)
    },
    onOutput(listener) {
      listeners.add(listener)
      if (!isDelivering) void deliver()
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      waiting.length = 0
      listeners.clear()
      hold(false)
    },
  }
}
