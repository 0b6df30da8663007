// Bytes that arrived in order and wait for the program to read them; its free space is the window that the peer is told.
import type { SocketError } from '../socket.ts'

export const receiveBufferBytes = 131_072

interface Reader {
  readonly resolve: (data: Uint8Array | undefined) => void
  readonly reject: (error: unknown) => void
}

export class ReceiveQueue {
  #chunks: Uint8Array[] = []
  #bytes = 0
  #ended = false
  #error: SocketError | undefined
  #reader: Reader | undefined

  get window(): number {
    return Math.max(0, receiveBufferBytes - this.#bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  push(data: Uint8Array): void {
    if (this.#reader) {
      this.#reader.resolve(data)
      this.#reader = undefined
      return
    }
    this.#chunks.push(data)
    this.#bytes += data.length
  }

  end(): void {
    this.#ended = true
    this.#reader?.resolve(undefined)
    this.#reader = undefined
  }

  /** What was not read is lost, as a reset has it. */
  fail(error: SocketError): void {
    if (this.#ended) return
    this.#error = error
    this.#chunks = []
    this.#bytes = 0
    this.#reader?.reject(error)
    this.#reader = undefined
  }

  read(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#chunks.length > 0) {
      const data = this.#take()
      return Promise.resolve(data)
    }
    if (this.#error) return Promise.reject(this.#error)
    if (this.#ended) return Promise.resolve(undefined)
    if (this.#reader) return Promise.reject(new Error('another read is waiting on this connection'))
    return new Promise((resolve, reject) => {
      const reader: Reader = {
        resolve: (data) => {
          signal?.removeEventListener('abort', aborted)
          resolve(data)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', aborted)
          reject(error)
        },
      }
      const aborted = () => {
        if (this.#reader === reader) this.#reader = undefined
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#reader = reader
    })
  }

  /** All that is there, up to 64 KiB, as one read(2) would give. */
  #take(): Uint8Array {
    const first = this.#chunks[0] ?? new Uint8Array(0)
    if (this.#chunks.length === 1) {
      this.#chunks = []
      this.#bytes = 0
      return first
    }
    let count = 0
    let total = 0
    for (const chunk of this.#chunks) {
      if (count > 0 && total + chunk.length > 65_536) break
      total += chunk.length
      count++
    }
    const joined = new Uint8Array(total)
    let at = 0
    for (const chunk of this.#chunks.splice(0, count)) {
      joined.set(chunk, at)
      at += chunk.length
    }
    this.#bytes -= total
    return joined
  }
}
