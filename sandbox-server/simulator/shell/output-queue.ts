// The screen's side of a terminal: writes in order, newlines become CR LF, and the slowest listener sets the pace.
import { BrokenPipe } from '../node/process.ts'
import { yieldTurn } from './yield-turn.ts'

const encoder = new TextEncoder()
const piece = 32_768
/** Bytes given to listeners that never wait before the event loop gets a turn. */
const burst = 262_144

export interface OutputQueue {
  write(data: Uint8Array | string): Promise<void>
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void
  close(): void
}

export function createOutputQueue(): OutputQueue {
  const listeners = new Set<(data: Uint8Array) => void | Promise<void>>()
  let tail: Promise<void> | undefined
  let closed = false
  let afterReturn = false
  let sinceYield = 0
  let listening: (() => void)[] = []

  const deliver = (bytes: Uint8Array): Promise<void> | undefined => {
    sinceYield += bytes.length
    let waits: Promise<void>[] | undefined
    for (const listener of listeners) {
      const result = listener(bytes)
      if (result) {
        waits ??= []
        waits.push(result)
      }
    }
    if (waits) {
      sinceYield = 0
      return Promise.all(waits).then(() => undefined)
    }
    if (sinceYield < burst) return undefined
    sinceYield = 0
    return yieldTurn()
  }
  const send = async (bytes: Uint8Array) => {
    for (let offset = 0; offset < bytes.length; offset += piece) {
      while (listeners.size === 0 && !closed) await new Promise<void>((resolve) => listening.push(resolve))
      if (closed) throw new BrokenPipe('terminal hung up')
      const wait = deliver(bytes.subarray(offset, offset + piece))
      if (wait) await wait
    }
  }
  const translate = (data: Uint8Array | string): Uint8Array => {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data
    let extra = 0
    let returned = afterReturn
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === 10 && !returned) extra++
      returned = byte === 13
    }
    if (extra === 0) {
      if (bytes.length > 0) afterReturn = returned
      return bytes
    }
    const result = new Uint8Array(bytes.length + extra)
    let out = 0
    returned = afterReturn
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0
      if (byte === 10 && !returned) result[out++] = 13
      result[out++] = byte
      returned = byte === 13
    }
    afterReturn = returned
    return result
  }

  return {
    write(data) {
      if (closed) return Promise.reject(new BrokenPipe('terminal hung up'))
      const bytes = translate(data)
      const run = tail ? tail.then(() => send(bytes)) : send(bytes)
      const settled: Promise<void> = run.then(
        () => {
          if (tail === settled) tail = undefined
        },
        () => {
          if (tail === settled) tail = undefined
        },
      )
      tail = settled
      return run
    },
    onOutput(listener) {
      listeners.add(listener)
      const list = listening
      listening = []
      for (const callback of list) callback()
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      const list = listening
      listening = []
      for (const callback of list) callback()
    },
  }
}
