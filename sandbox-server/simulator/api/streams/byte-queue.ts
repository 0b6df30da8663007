// Bytes that arrive in messages, read by a program as a stream.
import type { ReadStream } from '../../node/process.ts'

export class ByteQueue implements ReadStream {
  readonly isTerminal: boolean
  #chunks: Uint8Array[] = []
  #ended = false
  #wake: (() => void) | undefined

  constructor(isTerminal = false) {
    this.isTerminal = isTerminal
  }

  push(data: Uint8Array): void {
    if (this.#ended || data.length === 0) return
    this.#chunks.push(data)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#ended) {
      await new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const aborted = () => reject(signal?.reason)
        this.#wake = () => {
          signal?.removeEventListener('abort', aborted)
          resolve()
        }
        signal?.addEventListener('abort', aborted, { once: true })
      })
    }
    return this.#chunks.shift()
  }
}
