// One TCP socket (RFC 9293) with Linux' timing: handshake, data cut to the path's size and the peer's window, repetition of what
// stays unanswered, FIN in both directions, resets, and errors that ICMP reports.
import type { Timer } from '../../clock.ts'
import type { Namespace } from '../namespace.ts'
import { type IcmpMessage, icmpUnreachable, makePacket, type Packet, type TcpSegment } from '../packet.ts'
import { type Endpoint, SocketError, type SocketErrorCode, type TcpConnection } from '../socket.ts'
import { describe, socketErrorOf } from '../socket-errors.ts'
import type { Trace } from '../trace.ts'
import { ReceiveQueue } from './receive-queue.ts'
import { emptyData, endpointText, resetFor, toEndpoint } from './segment.ts'
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

interface NumericEndpoint {
  readonly address: number
  readonly port: number
}

const firstSynTimeoutMs = 1000
const firstDataTimeoutMs = 200
const synRetries = 6
const synAckRetries = 5
const dataRetries = 15
const longestTimeoutMs = 120_000
/** net.ipv4.tcp_fin_timeout */
const orphanTimeoutMs = 60_000

export class TcpSocket implements TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  state: TcpState = 'closed'
  readonly #namespace: Namespace
  readonly #from: NumericEndpoint
  readonly #to: NumericEndpoint
  readonly #onClosed: () => void
  readonly #accept: ((connection: TcpConnection) => void) | undefined
  readonly #sending = new SendQueue()
  readonly #receiving = new ReceiveQueue()
  #connected: { resolve: () => void; reject: (error: SocketError) => void } | undefined
  /** Our initial sequence number; stream offset 0 is the byte after it. */
  readonly #initial: number
  #peerInitial = 0
  #acknowledged = 0
  #sent = 0
  #received = 0
  #peerWindow = 0
  #advertised = 0
  #mss = 536
  #finQueued = false
  #finSent = false
  #timer: Timer | undefined
  #waitsForIdle = false
  #retries = 0
  #error: SocketError | undefined
  /** No process holds it any more. */
  #isOrphan = false
  #orphanTimer: Timer | undefined

  constructor(
    namespace: Namespace,
    options: {
      local: NumericEndpoint
      remote: NumericEndpoint
      onClosed: () => void
      accept?: (connection: TcpConnection) => void
    },
  ) {
    this.#namespace = namespace
    this.#from = options.local
    this.#to = options.remote
    this.local = toEndpoint(options.local)
    this.remote = toEndpoint(options.remote)
    this.#onClosed = options.onClosed
    this.#accept = options.accept
    this.#initial = namespace.random.integer(0xffffffff)
  }

  get queued(): { readonly received: number; readonly unacknowledged: number } {
    return { received: this.#receiving.bytes, unacknowledged: this.#sending.end - this.#acknowledged }
  }

  /** Sends the SYN. `established` tells how it went. */
  connect(trace: Trace | undefined): void {
    this.state = 'syn-sent'
    const error = this.#sendSyn(trace)
    if (error && error !== 'EPERM') this.#close(new SocketError(error, `connect: ${describe(error)}`))
    else this.#armWhenIdle()
  }

  established(): Promise<void> {
    if (this.state === 'established') return Promise.resolve()
    if (this.#error) return Promise.reject(this.#error)
    return new Promise((resolve, reject) => {
      this.#connected = { resolve, reject }
    })
  }

  acceptSyn(segment: TcpSegment, trace: Trace | undefined): void {
    this.state = 'syn-received'
    this.#peerInitial = segment.sequence
    this.#peerWindow = segment.window
    this.#learnMss(segment)
    this.#sendSynAck(trace)
    this.#armWhenIdle()
  }

  read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const read = this.#receiving.read(signal)
    // A window that was nearly shut and opens again is told to the peer, or it would wait for ever.
    if (
      this.state !== 'closed' &&
      this.#advertised < 2 * this.#mss &&
      this.#receiving.window >= 2 * this.#mss
    ) {
      this.#sendAck()
    }
    return read
  }

  write(data: Uint8Array): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    if (this.#finQueued || (this.state !== 'established' && this.state !== 'close-wait')) {
      return Promise.reject(new SocketError('EPIPE', 'write: broken pipe'))
    }
    if (data.length === 0) return Promise.resolve()
    const taken = this.#sending.push(data.slice())
    this.#flush()
    return taken
  }

  end(): void {
    if (this.#finQueued || this.state === 'closed') return
    this.#finQueued = true
    this.#flush()
  }

  reset(): void {
    if (this.state === 'closed') return
    if (this.state !== 'syn-sent') {
      this.#output({ rst: true, ack: true, sequence: this.#wire(this.#sent + (this.#finSent ? 1 : 0)) })
    }
    this.#close(new SocketError('ECONNRESET', 'connection reset'))
  }

  close(): void {
    if (this.state === 'closed' || this.#isOrphan) return
    if (this.#receiving.bytes > 0) {
      this.reset()
      return
    }
    this.#isOrphan = true
    this.end()
    this.#namespace.pump.whenIdle(() => {
      if (this.state === 'closed') return
      this.#orphanTimer = this.#namespace.clock.after(orphanTimeoutMs, () => this.#close(undefined))
    })
  }

  /** The namespace is gone: no packet can leave any more. */
  abandon(): void {
    this.#close(new SocketError('ECONNRESET', 'the network namespace was removed'))
  }

  icmpError(message: IcmpMessage): void {
    if (message.type === icmpUnreachable && message.code === 4) {
      this.#mss = Math.max(48, Math.min(this.#mss, (message.mtu ?? 576) - 40))
      this.#sent = this.#acknowledged
      this.#flush()
      return
    }
    // Linux takes errors as final only while it connects (tcp_v4_err).
    if (this.state !== 'syn-sent') return
    const code = socketErrorOf(message)
    if (code) this.#close(new SocketError(code, `connect: ${describe(code)}`))
  }

  receive(packet: Packet, segment: TcpSegment): void {
    if (this.state === 'syn-sent') {
      this.#receiveInSynSent(packet, segment)
      return
    }
    if (segment.rst) {
      this.#receiveReset(segment)
      return
    }
    if (segment.syn) {
      // Our SYN-ACK was lost, or an old SYN strays in: say where we are.
      if (this.state === 'syn-received') this.#sendSynAck(undefined)
      else this.#sendAck()
      return
    }
    if (segment.ack) this.#receiveAck(segment)
    if (this.state === 'closed') return
    this.#receiveData(segment)
  }

  #receiveInSynSent(packet: Packet, segment: TcpSegment): void {
    const acceptable = segment.ack && segment.acknowledgement === this.#wire(0)
    if (segment.rst) {
      if (acceptable) this.#close(new SocketError('ECONNREFUSED', 'connect: connection refused'))
      return
    }
    if (!segment.syn || !acceptable) {
      if (segment.ack) this.#namespace.stack.output(resetFor(packet, segment))
      return
    }
    this.#peerInitial = segment.sequence
    this.#peerWindow = segment.window
    this.#learnMss(segment)
    this.#stopTimer()
    this.state = 'established'
    this.#sendAck()
    this.#connected?.resolve()
    this.#connected = undefined
  }

  #receiveReset(segment: TcpSegment): void {
    const offset = this.#offsetOf(segment.sequence)
    if (offset < this.#received || offset > this.#received + Math.max(1, this.#receiving.window)) return
    this.#close(new SocketError('ECONNRESET', 'read: connection reset by peer'))
  }

  #receiveAck(segment: TcpSegment): void {
    const acknowledged = this.#acknowledged + ((segment.acknowledgement - this.#wire(this.#acknowledged)) | 0)
    const limit = this.#sent + (this.#finSent ? 1 : 0)
    if (acknowledged > limit) return
    if (this.state === 'syn-received') {
      this.#stopTimer()
      this.state = 'established'
      this.#hand()
    }
    this.#peerWindow = segment.window
    if (acknowledged > this.#acknowledged || (this.#finSent && acknowledged === limit)) {
      this.#acknowledged = Math.min(acknowledged, this.#sending.end)
      this.#sent = Math.max(this.#sent, this.#acknowledged)
      this.#retries = 0
      this.#sending.acknowledge(this.#acknowledged)
      if (this.#acknowledged === this.#sent) this.#stopTimer()
      if (this.#finSent && acknowledged > this.#sending.end) this.#finAcknowledged()
    }
    if (this.state !== 'closed') this.#flush()
  }

  #finAcknowledged(): void {
    this.#stopTimer()
    if (this.state === 'fin-wait-1') this.state = 'fin-wait-2'
    else if (this.state === 'closing' || this.state === 'last-ack') this.#close(undefined)
  }

  #receiveData(segment: TcpSegment): void {
    if (segment.data.length === 0 && !segment.fin) return
    const offset = this.#offsetOf(segment.sequence)
    const skip = this.#received - offset
    if (skip < 0 || skip > segment.data.length) {
      this.#sendAck()
      return
    }
    const fresh = segment.data.subarray(skip)
    if (fresh.length > this.#receiving.window) {
      this.#sendAck()
      return
    }
    if (fresh.length > 0 && this.#isOrphan) {
      this.reset()
      return
    }
    if (fresh.length > 0) {
      this.#received += fresh.length
      this.#receiving.push(fresh)
    }
    if (
      !segment.fin ||
      this.state === 'close-wait' ||
      this.state === 'last-ack' ||
      this.state === 'closing'
    ) {
      this.#sendAck()
      return
    }
    this.#received++
    this.#receiving.end()
    if (this.state === 'established') this.state = 'close-wait'
    else if (this.state === 'fin-wait-1') this.state = 'closing'
    this.#sendAck()
    if (this.state === 'fin-wait-2') this.#close(undefined)
  }

  #hand(): void {
    try {
      this.#accept?.(this)
    } catch {
      // A program that throws while it accepts loses this connection and no other: the network goes on.
      this.reset()
    }
  }

  /** Sends what window and queue allow; the FIN goes with the last byte or after it. */
  #flush(): void {
    if (this.state !== 'established' && this.state !== 'close-wait') {
      if (this.state !== 'fin-wait-1' && this.state !== 'last-ack' && this.state !== 'closing') return
    }
    while (this.#sent < this.#sending.end) {
      const room = this.#acknowledged + this.#peerWindow - this.#sent
      const length = Math.min(this.#mss, room)
      if (length <= 0 || (this.#retries > 0 && this.#sent > this.#acknowledged)) break
      const data = this.#sending.slice(this.#sent, length)
      const offset = this.#sent
      this.#sent += data.length
      const last = this.#sent === this.#sending.end
      this.#output({ ack: true, psh: last, data, sequence: this.#wire(offset) })
    }
    if (this.#finQueued && this.#sent === this.#sending.end && !this.#finSent) {
      this.#finSent = true
      if (this.state === 'established') this.state = 'fin-wait-1'
      else if (this.state === 'close-wait') this.state = 'last-ack'
      this.#output({ fin: true, ack: true })
    }
    if (this.#outstanding()) this.#armWhenIdle()
  }

  #outstanding(): boolean {
    if (this.state === 'syn-sent' || this.state === 'syn-received') return true
    const finOpen = this.state === 'fin-wait-1' || this.state === 'closing' || this.state === 'last-ack'
    return this.#acknowledged < this.#sending.end || (this.#finSent && finOpen)
  }

  #armWhenIdle(): void {
    if (this.#timer || this.#waitsForIdle) return
    this.#waitsForIdle = true
    this.#namespace.pump.whenIdle(() => {
      this.#waitsForIdle = false
      if (this.state !== 'closed' && this.#outstanding() && !this.#timer) this.#arm()
    })
  }

  #arm(): void {
    const opening = this.state === 'syn-sent' || this.state === 'syn-received'
    const first = opening ? firstSynTimeoutMs : firstDataTimeoutMs
    const wait = Math.min(first * 2 ** this.#retries, longestTimeoutMs)
    this.#timer = this.#namespace.clock.after(wait, () => {
      this.#timer = undefined
      this.#repeat()
    })
  }

  #repeat(): void {
    const limit =
      this.state === 'syn-sent' ? synRetries : this.state === 'syn-received' ? synAckRetries : dataRetries
    if (!this.#outstanding()) return
    if (this.#retries >= limit) {
      this.#close(new SocketError('ETIMEDOUT', 'connection timed out'))
      return
    }
    this.#retries++
    if (this.state === 'syn-sent') this.#sendSyn(undefined)
    else if (this.state === 'syn-received') this.#sendSynAck(undefined)
    else if (this.#acknowledged < this.#sending.end) {
      if (this.#peerWindow === 0) {
        this.#retries = Math.min(this.#retries, 8)
        this.#output({ ack: true, sequence: this.#wire(this.#acknowledged - 1) })
      } else {
        this.#finSent = this.#finSent && this.state === 'fin-wait-2'
        this.#sent = this.#acknowledged
        const data = this.#sending.slice(this.#sent, Math.min(this.#mss, this.#peerWindow))
        this.#sent += data.length
        this.#output({ ack: true, psh: true, data, sequence: this.#wire(this.#acknowledged) })
      }
    } else {
      this.#output({ fin: true, ack: true })
    }
    this.#arm()
  }

  #stopTimer(): void {
    this.#retries = 0
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #close(error: SocketError | undefined): void {
    if (this.state === 'closed' && this.#error) return
    const opening = this.state === 'syn-sent'
    this.state = 'closed'
    this.#stopTimer()
    this.#orphanTimer?.cancel()
    this.#onClosed()
    if (!error) {
      this.#receiving.end()
      return
    }
    this.#error = error
    if (opening) this.#connected?.reject(error)
    this.#connected = undefined
    this.#receiving.fail(error)
    this.#sending.fail(error.code === 'ECONNRESET' ? error : new SocketError('EPIPE', 'write: broken pipe'))
  }

  #sendSyn(trace: Trace | undefined): SocketErrorCode | undefined {
    trace?.hop(
      this.#namespace.name,
      'socket',
      `TCP SYN ${endpointText(this.#from)} -> ${endpointText(this.#to)}`,
    )
    return this.#output({ syn: true, sequence: this.#initial }, trace)
  }

  #sendSynAck(trace: Trace | undefined): void {
    this.#output({ syn: true, ack: true, sequence: this.#initial }, trace)
  }

  #sendAck(): void {
    this.#output({ ack: true })
  }

  #output(fields: Partial<TcpSegment>, trace?: Trace): SocketErrorCode | undefined {
    this.#advertised = this.#receiving.window
    const segment: TcpSegment = {
      protocol: 'tcp',
      sourcePort: this.#from.port,
      destinationPort: this.#to.port,
      sequence: this.#wire(this.#sent + (this.#finSent && !fields.fin ? 1 : 0)),
      acknowledgement: fields.ack ? (this.#peerInitial + 1 + this.#received) >>> 0 : 0,
      syn: false,
      ack: false,
      fin: false,
      rst: false,
      psh: false,
      window: Math.min(this.#advertised, fields.syn ? 65_535 : this.#advertised),
      mss: fields.syn ? this.#ownMss() : undefined,
      data: emptyData,
      ...fields,
    }
    return this.#namespace.stack.output(makePacket(this.#from.address, this.#to.address, segment, { trace }))
  }

  #ownMss(): number {
    return this.#namespace.stack.mtuTowards(this.#to.address) - 40
  }

  #learnMss(segment: TcpSegment): void {
    this.#mss = Math.min(segment.mss ?? 536, this.#ownMss())
  }

  #wire(offset: number): number {
    return (this.#initial + 1 + offset) >>> 0
  }

  #offsetOf(sequence: number): number {
    return this.#received + ((sequence - (this.#peerInitial + 1 + this.#received)) | 0)
  }
}
