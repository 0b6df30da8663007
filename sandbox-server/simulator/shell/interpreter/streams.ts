// Streams of the shell itself: readers that take bytes back, so that `read` consumes no more than its line, sources and sinks.
import type { ReadStream, WriteStream } from '../../node/process.ts'
import { concatenate } from '../../node/streams.ts'
import { yieldTurn } from '../yield-turn.ts'

export interface PushbackReader extends ReadStream {
  /** Puts bytes back in front. */
  unread(data: Uint8Array | string): void
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function pushback(stream: ReadStream): PushbackReader {
  if ('unread' in stream) return stream as PushbackReader
  let front: Uint8Array[] = []
  return {
    ...(stream.isTerminal ? { isTerminal: true } : {}),
    async read(signal) {
      const first = front.shift()
      return first ?? stream.read(signal)
    },
    unread(data) {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data
      if (bytes.length > 0) front = [bytes, ...front]
    },
  }
}

export function textReader(text: string): PushbackReader {
  return bytesReader(encoder.encode(text))
}

export function bytesReader(bytes: Uint8Array): PushbackReader {
  let offset = 0
  return pushback({
    async read() {
      if (offset >= bytes.length) return undefined
      const chunk = bytes.subarray(offset, offset + 65_536)
      offset += chunk.length
      return chunk
    },
  })
}

export const emptyReader: PushbackReader = textReader('')

/** /dev/null for writing. Gives the event loop a turn now and then: `yes >/dev/null` must not starve it. */
export function nullWriter(): WriteStream {
  let writes = 0
  return {
    async write() {
      if (++writes % 256 === 0) await yieldTurn()
    },
    end: () => undefined,
  }
}

/** A writer that lets the event loop turn now and then: two programs on a pipe could otherwise keep it for themselves. */
export function yielding(writer: WriteStream, every = 64): WriteStream {
  let writes = 0
  return {
    write: (data) => (++writes % every === 0 ? writer.write(data).then(yieldTurn) : writer.write(data)),
    end: () => writer.end(),
  }
}

export interface Collector extends WriteStream {
  bytes(): Uint8Array
  text(): string
}

/** Keeps what is written, up to a limit (a command substitution of an endless stream must not take the memory). */
export function collector(limit = 8 * 1024 * 1024): Collector {
  const chunks: Uint8Array[] = []
  let size = 0
  let writes = 0
  return {
    async write(data) {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data.slice()
      size += bytes.length
      if (size > limit) throw new Error('output too large')
      chunks.push(bytes)
      if (++writes % 256 === 0) await yieldTurn()
    },
    end: () => undefined,
    bytes: () => concatenate(chunks),
    text: () => decoder.decode(concatenate(chunks)),
  }
}

export async function readAll(stream: ReadStream, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (let chunk = await stream.read(signal); chunk; chunk = await stream.read(signal)) {
    chunks.push(chunk)
    size += chunk.length
    if (size > 256 * 1024 * 1024) throw new Error('input too large')
  }
  return concatenate(chunks)
}

/** Bytes up to `delimiter` (not included), and whether it was found; undefined at the end of the stream. */
export async function readUntil(
  stream: PushbackReader,
  delimiter: number,
  signal?: AbortSignal,
): Promise<{ text: string; found: boolean } | undefined> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await stream.read(signal)
    if (chunk === undefined) {
      if (chunks.length === 0) return undefined
      return { text: decoder.decode(concatenate(chunks)), found: false }
    }
    const at = chunk.indexOf(delimiter)
    if (at < 0) {
      chunks.push(chunk)
      continue
    }
    chunks.push(chunk.subarray(0, at))
    stream.unread(chunk.subarray(at + 1))
    return { text: decoder.decode(concatenate(chunks)), found: true }
  }
}
