// One TCP connection that the relay holds, as a stream of Node.
import { Duplex } from 'node:stream'
import type { Frame } from './relay-frames.ts'
import type { RelayWire } from './relay-wire.ts'

/** Bytes after which the relay is told that they were taken; a quarter of what it sends ahead. */
const creditBytes = 65_536
/** Bytes of one data frame. */
const chunkBytes = 262_144

export class RelayConnection extends Duplex {
  readonly #wire: RelayWire
  #taken = 0
  #gone = false

  constructor(wire: RelayWire) {
    super({ allowHalfOpen: true })
    this.#wire = wire
    // Whoever uses it listens too; an error that comes after the answer concerns nobody.
    this.on('error', () => {})
  }

  /** Data or the end of it. */
  receive(frame: Frame): void {
    if (this.destroyed) return
    if (frame.type === 'E') this.push(null)
    if (frame.type !== 'D') return
    this.#taken += frame.payload.length
    this.push(frame.payload)
  }

  /** The relay has closed it already. */
  failed(error: Error): void {
    this.#gone = true
    this.destroy(error)
  }

  override _read(): void {
    if (this.#taken < creditBytes || this.#gone) return
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.#taken)
    this.#taken = 0
    this.#wire.send('W', count)
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    const last = Math.floor(Math.max(0, chunk.length - 1) / chunkBytes) * chunkBytes
    for (let at = 0; at < last; at += chunkBytes) this.#wire.send('D', chunk.subarray(at, at + chunkBytes))
    this.#wire.write(chunk.subarray(last), callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this.#gone) this.#wire.send('E')
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#gone) this.#wire.send('C')
    this.#gone = true
    this.#wire.release()
    callback(error)
  }
}
