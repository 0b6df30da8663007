// Puts terminal output that comes in many small pieces into few frames: the first pieces leave at once, so that a key's echo
// waits for nothing, and what follows them within some milliseconds leaves together.
import { encodeTerminalFrame } from '../contract/socket.ts'
import type { Timers } from '../platform/host-timers.ts'

const togetherMs = 5
/** Frames that leave at once in that time. */
const atOnce = 3
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
  let sent = 0

  const flush = () => {
    if (bytes === 0) return
    const [only] = waiting
    const data = only && waiting.length === 1 ? only : Buffer.concat(waiting)
    waiting = []
    bytes = 0
    sent += 1
    send(encodeTerminalFrame(start, data))
  }
  const rest = () => {
    timer = timers.setTimeout(() => {
      timer = undefined
      sent = 0
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
      if (sent < atOnce || bytes >= frameBytes) flush()
      if (timer === undefined) rest()
    },
    flush,
  }
}
