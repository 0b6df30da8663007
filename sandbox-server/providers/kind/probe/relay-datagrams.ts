// A connected UDP socket that the relay holds.
import { abortable } from './abortable.ts'
import type { Frame } from './relay-frames.ts'
import type { RelayWire } from './relay-wire.ts'

export interface Datagrams {
  send(data: Uint8Array): void
  /** The next datagram. Rejects with RelayError (ECONNREFUSED after an ICMP port unreachable) or the signal's reason. */
  next(signal: AbortSignal): Promise<Buffer>
  close(): void
}

export class RelayDatagrams implements Datagrams {
  readonly #wire: RelayWire
  readonly #received: Buffer[] = []
  #error: Error | undefined
  #waiting: (() => void) | undefined
  #gone = false

  constructor(wire: RelayWire) {
    this.#wire = wire
  }

  /** Called with a datagram's frame. */
  receive(frame: Frame): void {
    if (frame.type !== 'D') return
    this.#received.push(frame.payload)
    this.#waiting?.()
  }

  /** The relay has closed it already. */
  failed(error: Error): void {
    this.#error = error
    this.#gone = true
    this.#wire.release()
    this.#waiting?.()
  }

  send(data: Uint8Array): void {
    if (!this.#gone) this.#wire.send('D', data)
  }

  async next(signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      signal.throwIfAborted()
      const data = this.#received.shift()
      if (data) {
        const count = Buffer.alloc(4)
        count.writeUInt32BE(data.length)
        if (!this.#gone) this.#wire.send('W', count)
        return data
      }
      if (this.#error) throw this.#error
      const more = new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
      await abortable(more, signal)
    }
  }

  close(): void {
    if (this.#gone) return
    this.#gone = true
    this.#wire.send('C')
    this.#wire.release()
  }
}
