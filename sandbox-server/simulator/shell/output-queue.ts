// The screen's side of a terminal: writes in order, newlines become CR LF, and the slowest listener sets the pace.
import { BrokenPipe } from '../node/process.ts'
import { concatenate } from '../node/streams.ts'
import { yieldTurn } from './yield-turn.ts'

const encoder = new TextEncoder()
const piece = 32_768
/** Bytes given to listeners that never wait before the event loop gets a turn. */
const burst = 262_144

export interface OutputQueue {
  write(data: Uint8Array | string): Promise<void>
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void
  /** Drops what is not shown yet, as a terminal does at an interrupt; its writers go on. */
  flush(): void
  /** Whether what was written last ended a line. */
  readonly atLineStart: boolean
  close(): void
}

interface Entry {
  readonly bytes: Uint8Array
  offset: number
  settle(error?: Error): void
}

export function createOutputQueue(): OutputQueue {
  const listeners = new Set<(data: Uint8Array) => void | Promise<void>>()
  let entries: Entry[] = []
  let busy = false
  let closed = false
  let afterReturn = false
  let lastByte = 10
  let sinceTurn = 0

  /** Gives a piece to every listener; a promise where somebody wants to be waited for. */
  const deliver = (bytes: Uint8Array): Promise<unknown> | undefined => {
    sinceTurn += bytes.length
    const waits: Promise<void>[] = []
    for (const listener of listeners) {
      const result = listener(bytes)
      if (result) waits.push(result)
    }
    if (waits.length > 0) {
      sinceTurn = 0
      // A listener that fails has gone away; the others still read.
      return Promise.allSettled(waits)
    }
    if (sinceTurn < burst) return undefined
    sinceTurn = 0
    return yieldTurn()
  }
  /** The next bytes to show, of several writes where they are small, and the writes that are done with them. */
  const take = (): { bytes: Uint8Array; done: Entry[] } => {
    const done: Entry[] = []
    const parts: Uint8Array[] = []
    let size = 0
    for (let [entry] = entries; entry && size < piece; [entry] = entries) {
      const part = entry.bytes.subarray(entry.offset, entry.offset + piece - size)
      entry.offset += part.length
      size += part.length
      parts.push(part)
      if (entry.offset < entry.bytes.length) break
      done.push(entry)
      entries.shift()
    }
    return { bytes: parts.length === 1 && parts[0] ? parts[0] : concatenate(parts), done }
  }
  const pump = () => {
    while (!busy && !closed && listeners.size > 0 && entries.length > 0) {
      const { bytes, done } = take()
      const settle = () => {
        for (const entry of done) entry.settle()
      }
      const wait = deliver(bytes)
      if (!wait) {
        settle()
        continue
      }
      busy = true
      void wait.then(() => {
        busy = false
        settle()
        pump()
      })
    }
  }
  const translate = (bytes: Uint8Array): Uint8Array => {
    let extra = 0
    let returned = afterReturn
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === 10 && !returned) extra++
      returned = byte === 13
    }
    const before = afterReturn
    if (bytes.length > 0) afterReturn = returned
    if (extra === 0) return bytes
    const result = new Uint8Array(bytes.length + extra)
    let out = 0
    returned = before
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0
      if (byte === 10 && !returned) result[out++] = 13
      result[out++] = byte
      returned = byte === 13
    }
    return result
  }

  return {
    get atLineStart() {
      return lastByte === 10
    },
    write(data) {
      if (closed) return Promise.reject(new BrokenPipe('terminal hung up'))
      if (data.length === 0) return Promise.resolve()
      const bytes = translate(typeof data === 'string' ? encoder.encode(data) : data)
      lastByte = bytes.at(-1) ?? lastByte
      return new Promise((resolve, reject) => {
        entries.push({ bytes, offset: 0, settle: (error) => (error ? reject(error) : resolve()) })
        pump()
      })
    },
    onOutput(listener) {
      listeners.add(listener)
      pump()
      return () => listeners.delete(listener)
    },
    flush() {
      const dropped = entries
      entries = []
      for (const entry of dropped) {
        entry.offset = entry.bytes.length
        entry.settle()
      }
    },
    close() {
      closed = true
      const dropped = entries
      entries = []
      for (const entry of dropped) entry.settle(new BrokenPipe('terminal hung up'))
    },
  }
}
