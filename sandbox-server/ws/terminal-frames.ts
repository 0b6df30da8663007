// Puts terminal output that comes in many small pieces into few frames: the first piece leaves at once, so that a key's echo
// waits for nothing, and what follows within some milliseconds leaves together.
import { encodeTerminalFrame } from '../contract/socket.ts'
import type { Timers } from '../platform/host-timers.ts'

const togetherMs = 5
const frameBytes = 64 * 1024

export interface TerminalFrames {
  add(offset: number, data: Uint8Array): void
  /** Sends what waits, before a message that must come after it. */
  flush(): void
}

export function createTerminalFrames(send: (frame: Uint8Array) => void, timers: Timers): TerminalFrames {
  let waiting: Uint8Array[] = []
  let start = 0
  let bytes = 0
  let timer: unknown

  const flush = () => {
    if (bytes === 0) return
    const [only] = waiting
    const data = only && waiting.length === 1 ? only : Buffer.concat(waiting)
    waiting = []
    bytes = 0
    send(encodeTerminalFrame(start, data))
  }
  const rest = () => {
    timer = timers.setTimeout(() => {
      timer = undefined
      if (bytes === 0) return
      flush()
      rest()
    }, togetherMs)
  }
  return {
    add(offset, data) {
      if (bytes === 0) start = offset
      waiting.push(data)
      bytes += data.length
      if (timer === undefined) {
        flush()
        rest()
      } else if (bytes >= frameBytes) flush()
    },
    flush,
  }
}
