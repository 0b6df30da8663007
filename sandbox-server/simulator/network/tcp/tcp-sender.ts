// The sending half of a TCP socket (RFC 9293) with Linux' timing: data cut to the path's size and the peer's window, repetition of
// what stays unanswered, FIN after the last byte. Where it stands is TcpSocket's matter.
import type { Timer } from '../../clock.ts'
import type { Namespace } from '../namespace.ts'
import { makePacket, type TcpSegment } from '../packet.ts'
import { SocketError, type SocketErrorCode } from '../socket.ts'
import type { Trace } from '../trace.ts'
import { ReceiveQueue } from './receive-queue.ts'
import { emptyData, endpointText } from './segment.ts'
import { SendQueue } from './send-queue.ts'

/** As ss(8) names them, in lower case. */
export type TcpState =
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'close-wait'
  | 'closing'
  | 'last-ack'
  | 'closed'

export interface NumericEndpoint {
  readonly address: number
  readonly port: number
}

const firstSynTimeoutMs = 1000
const firstDataTimeoutMs = 200
const synRetries = 6
const synAckRetries = 5
const dataRetries = 15
const longestTimeoutMs = 120_000

export abstract class TcpSender {
  state: TcpState = 'closed'
  protected readonly namespace: Namespace
  protected readonly from: NumericEndpoint
  protected readonly to: NumericEndpoint
  protected readonly sending = new SendQueue()
  protected readonly receiving = new ReceiveQueue()
  /** Our initial sequence number; stream offset 0 is the byte after it. */
  protected readonly initial: number
  protected peerInitial = 0
  // Stream offsets: what the peer has, what left, what came in (the peer's FIN counts as one).
  protected acknowledged = 0
  protected sent = 0
  protected received = 0
  protected peerWindow = 0
  protected advertised = 0
  protected mss = 536
  protected finQueued = false
  protected finSent = false
  protected retries = 0
  #timer: Timer | undefined
  #waitsForIdle = false

  constructor(namespace: Namespace, from: NumericEndpoint, to: NumericEndpoint) {
    this.namespace = namespace
    this.from = from
    this.to = to
    this.initial = namespace.random.integer(0xffffffff)
  }

  protected abstract finish(error: SocketError | undefined): void

  /** Sends what window and queue allow; the FIN goes with the last byte or after it. */
  protected flush(): void {
    if (this.state !== 'established' && this.state !== 'close-wait') {
      if (this.state !== 'fin-wait-1' && this.state !== 'last-ack' && this.state !== 'closing') return
    }
    while (this.sent < this.sending.end) {
      const room = this.acknowledged + this.peerWindow - this.sent
      const length = Math.min(this.mss, room)
      if (length <= 0 || (this.retries > 0 && this.sent > this.acknowledged)) break
      const data = this.sending.slice(this.sent, length)
      const offset = this.sent
      this.sent += data.length
      const last = this.sent === this.sending.end
      this.output({ ack: true, psh: last, data, sequence: this.wire(offset) })
    }
    if (this.finQueued && this.sent === this.sending.end && !this.finSent) {
      this.finSent = true
      if (this.state === 'established') this.state = 'fin-wait-1'
      else if (this.state === 'close-wait') this.state = 'last-ack'
      this.output({ fin: true, ack: true })
    }
    if (this.outstanding()) this.armWhenIdle()
  }

  protected outstanding(): boolean {
    if (this.state === 'syn-sent' || this.state === 'syn-received') return true
    const finOpen = this.state === 'fin-wait-1' || this.state === 'closing' || this.state === 'last-ack'
    return this.acknowledged < this.sending.end || (this.finSent && finOpen)
  }

  protected armWhenIdle(): void {
    if (this.#timer || this.#waitsForIdle) return
    this.#waitsForIdle = true
    this.namespace.pump.whenIdle(() => {
      this.#waitsForIdle = false
      if (this.state !== 'closed' && this.outstanding() && !this.#timer) this.arm()
    })
  }

  protected arm(): void {
    const opening = this.state === 'syn-sent' || this.state === 'syn-received'
    const first = opening ? firstSynTimeoutMs : firstDataTimeoutMs
    const wait = Math.min(first * 2 ** this.retries, longestTimeoutMs)
    this.#timer = this.namespace.clock.after(wait, () => {
      this.#timer = undefined
      this.repeat()
    })
  }

  protected repeat(): void {
    const limit =
      this.state === 'syn-sent' ? synRetries : this.state === 'syn-received' ? synAckRetries : dataRetries
    if (!this.outstanding()) return
    if (this.retries >= limit) {
      this.finish(new SocketError('ETIMEDOUT', 'connection timed out'))
      return
    }
    this.retries++
    if (this.state === 'syn-sent') this.sendSyn(undefined)
    else if (this.state === 'syn-received') this.sendSynAck(undefined)
    else if (this.acknowledged < this.sending.end) {
      if (this.peerWindow === 0) {
        this.retries = Math.min(this.retries, 8)
        this.output({ ack: true, sequence: this.wire(this.acknowledged - 1) })
      } else {
        this.finSent = this.finSent && this.state === 'fin-wait-2'
        this.sent = this.acknowledged
        const data = this.sending.slice(this.sent, Math.min(this.mss, this.peerWindow))
        this.sent += data.length
        this.output({ ack: true, psh: true, data, sequence: this.wire(this.acknowledged) })
      }
    } else {
      this.output({ fin: true, ack: true })
    }
    this.arm()
  }

  protected stopTimer(): void {
    this.retries = 0
    this.#timer?.cancel()
    this.#timer = undefined
  }

  protected sendSyn(trace: Trace | undefined): SocketErrorCode | undefined {
    trace?.hop(
      this.namespace.name,
      'socket',
      `TCP SYN ${endpointText(this.from)} -> ${endpointText(this.to)}`,
    )
    return this.output({ syn: true, sequence: this.initial }, trace)
  }

  protected sendSynAck(trace: Trace | undefined): void {
    this.output({ syn: true, ack: true, sequence: this.initial }, trace)
  }

  protected sendAck(): void {
    this.output({ ack: true })
  }

  protected output(fields: Partial<TcpSegment>, trace?: Trace): SocketErrorCode | undefined {
    this.advertised = this.receiving.window
    const segment: TcpSegment = {
      protocol: 'tcp',
      sourcePort: this.from.port,
      destinationPort: this.to.port,
      sequence: this.wire(this.sent + (this.finSent && !fields.fin ? 1 : 0)),
      acknowledgement: fields.ack ? (this.peerInitial + 1 + this.received) >>> 0 : 0,
      syn: false,
      ack: false,
      fin: false,
      rst: false,
      psh: false,
      window: Math.min(this.advertised, fields.syn ? 65_535 : this.advertised),
      mss: fields.syn ? this.ownMss() : undefined,
      data: emptyData,
      ...fields,
    }
    return this.namespace.stack.output(makePacket(this.from.address, this.to.address, segment, { trace }))
  }

  protected ownMss(): number {
    return this.namespace.stack.mtuTowards(this.to.address) - 40
  }

  protected learnMss(segment: TcpSegment): void {
    this.mss = Math.min(segment.mss ?? 536, this.ownMss())
  }

  protected wire(offset: number): number {
    return (this.initial + 1 + offset) >>> 0
  }

  protected offsetOf(sequence: number): number {
    return this.received + ((sequence - (this.peerInitial + 1 + this.received)) | 0)
  }
}
