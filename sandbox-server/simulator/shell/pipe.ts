// A pipe as the kernel's: 64 KiB between a writer and a reader, with back-pressure and a broken end.
import { BrokenPipe, type ReadStream, type WriteStream } from '../node/process.ts'

const capacity = 65_536
const encoder = new TextEncoder()

export interface Pipe {
  readonly reader: ReadStream
  readonly writer: WriteStream
  /** The reader is gone: writers get BrokenPipe. */
  closeReader(): void
}

export function createPipe(): Pipe {
  let chunks: Uint8Array[] = []
  let size = 0
  let ended = false
  let broken = false
  let readers: (() => void)[] = []
  let writers: (() => void)[] = []
  const wake = (list: (() => void)[]) => {
    for (const callback of list) callback()
  }
  const wakeReaders = () => {
    const list = readers
    readers = []
    wake(list)
  }
  const wakeWriters = () => {
    const list = writers
    writers = []
    wake(list)
  }
  return {
    reader: {
      async read(signal) {
        while (size === 0 && !ended) {
          await waitFor(readers, signal)
        }
        if (size === 0) return undefined
        const data = chunks.length === 1 ? chunks[0] : concatenate(chunks, size)
        chunks = []
        size = 0
        wakeWriters()
        return data
      },
    },
    writer: {
      async write(data) {
        const bytes = typeof data === 'string' ? encoder.encode(data) : data
        while (size >= capacity && !broken) {
          await new Promise<void>((resolve) => writers.push(resolve))
        }
        if (broken || ended) throw new BrokenPipe('Broken pipe')
        if (bytes.length === 0) return
        chunks.push(bytes)
        size += bytes.length
        wakeReaders()
      },
      end() {
        ended = true
        wakeReaders()
      },
    },
    closeReader() {
      broken = true
      chunks = []
      size = 0
      wakeWriters()
    },
  }
}

function waitFor(list: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    list.push(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
  })
}

export function concatenate(chunks: readonly Uint8Array[], size?: number): Uint8Array {
  const total = size ?? chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const all = new Uint8Array(total)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.length
  }
  return all
}
