// Gives the event loop a turn, so that busy loops leave room for keys, timers and sockets. No time passes on any clock.

/** Resolves in a later task, not a microtask. MessageChannel is in Node and in workers and is not clamped to 4 ms. */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const onMessage = () => {
      port1.close()
      resolve()
    }
    Object.assign(port1, { onmessage: onMessage })
    port2.postMessage(undefined)
  })
}
