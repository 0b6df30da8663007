// Lets many callers begin a few at a time, so that what else the server does gets its turn between them.

/** The promise it gives resolves when the caller may begin: in order, at most `perTurn` in one turn of the event loop. */
export function createPace(perTurn: number): () => Promise<void> {
  const waiting: (() => void)[] = []
  const beginSome = () => {
    for (const begin of waiting.splice(0, perTurn)) begin()
    if (waiting.length > 0) setImmediate(beginSome)
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 1) setImmediate(beginSome)
    })
}
