// Byte streams between processes: pipes with back-pressure, and the ends that start or swallow a stream.
import type { ReadStream, WriteStream } from './process.ts'
import { BrokenPipe } from './process.ts'

/** A reading end that its reader can close, upon which writing breaks. */
export interface ClosableReadStream extends ReadStream {
  close(): void
}

export interface Pipe {
  readonly reader: ClosableReadStream
  readonly writer: WriteStream
}

/** Bytes a pipe takes before `write` waits: 64 KiB, as pipe(7) has it. */
const pipeCapacity = 64 * 1024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data
}

export function toText(data: Uint8Array): string {
  return decoder.decode(data)
}

/** A pipe. `write` resolves once the bytes fit into its buffer. */
export function createPipe(capacity = pipeCapacity): Pipe {
  const chunks: Uint8Array[] = []
  let held = 0
  let ended = false
  let closed = false
  let waitingReader: (() => void) | undefined
  let waitingWriters: (() => void)[] = []

  const wakeWriters = () => {
    const woken = waitingWriters
    waitingWriters = []
    for (const wake of woken) wake()
  }
  return {
    reader: {
      async read(signal) {
        for (;;) {
          signal?.throwIfAborted()
          const chunk = chunks.shift()
          if (chunk) {
            held -= chunk.length
            if (held < capacity) wakeWriters()
            return chunk
          }
          if (ended || closed) return undefined
          await new Promise<void>((resolve, reject) => {
            const aborted = () => {
              waitingReader = undefined
              reject(signal?.reason)
            }
            waitingReader = () => {
              waitingReader = undefined
              signal?.removeEventListener('abort', aborted)
              resolve()
            }
            signal?.addEventListener('abort', aborted, { once: true })
          })
        }
      },
      close() {
        closed = true
        chunks.length = 0
        held = 0
        wakeWriters()
        waitingReader?.()
      },
    },
    writer: {
      async write(data) {
        const bytes = toBytes(data)
        while (held >= capacity && !closed) await new Promise<void>((resolve) => waitingWriters.push(resolve))
        if (closed || ended) throw new BrokenPipe('Broken pipe')
        if (bytes.length === 0) return
        // A copy, since the writer may use its buffer again.
        chunks.push(typeof data === 'string' ? bytes : bytes.slice())
        held += bytes.length
        waitingReader?.()
      },
      end() {
        ended = true
        waitingReader?.()
      },
    },
  }
}

/** A stream with nothing in it, as /dev/null is. */
export const emptyInput: ReadStream = { read: async () => undefined }

/** Takes everything and keeps nothing, as /dev/null does. */
export const discard: WriteStream = { write: async () => undefined, end: () => undefined }

export function inputOf(data: Uint8Array | string): ReadStream {
  let rest: Uint8Array | undefined = toBytes(data)
  return {
    read: async () => {
      const chunk = rest?.length ? rest : undefined
      rest = undefined
      return chunk
    },
  }
}

export interface Collector extends WriteStream {
  bytes(): Uint8Array
  text(): string
}

/** Keeps what is written, at most `limit` bytes of it; the rest is swallowed. */
export function collector(limit = Number.POSITIVE_INFINITY): Collector {
  const chunks: Uint8Array[] = []
  let held = 0
  const bytes = () => concatenate(chunks)
  return {
    async write(data) {
      const taken = toBytes(data).slice(0, Math.max(0, limit - held))
      if (taken.length === 0) return
      chunks.push(taken)
      held += taken.length
    },
    end: () => undefined,
    bytes,
    text: () => decoder.decode(bytes()),
  }
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

export async function readAll(stream: ReadStream, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (let chunk = await stream.read(signal); chunk; chunk = await stream.read(signal)) chunks.push(chunk)
  return concatenate(chunks)
}
