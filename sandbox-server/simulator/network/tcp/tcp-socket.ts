// One TCP socket (RFC 9293) as its program and its peer see it: handshake, reading and writing, half-close, resets, and errors that
// ICMP reports.
import type { Timer } from '../../clock.ts'
import type { Namespace } from '../namespace.ts'
import { type IcmpMessage, icmpUnreachable, type Packet, type TcpSegment } from '../packet.ts'
import { type Endpoint, SocketError, type TcpConnection } from '../socket.ts'
import { describe, socketErrorOf } from '../socket-errors.ts'
import type { Trace } from '../trace.ts'
import { resetFor, toEndpoint } from './segment.ts'
import { type NumericEndpoint, TcpSender } from './tcp-sender.ts'

/** net.ipv4.tcp_fin_timeout */
const orphanTimeoutMs = 60_000

export interface TcpSocketOptions {
  readonly local: NumericEndpoint
  readonly remote: NumericEndpoint
  readonly onClosed: () => void
  readonly accept?: (connection: TcpConnection) => void
}

export class TcpSocket extends TcpSender implements TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #onClosed: () => void
  readonly #accept: ((connection: TcpConnection) => void) | undefined
  #connected: { resolve: () => void; reject: (error: SocketError) => void } | undefined
  #error: SocketError | undefined
  /** No process holds it any more. */
  #isOrphan = false
  #orphanTimer: Timer | undefined

  constructor(namespace: Namespace, options: TcpSocketOptions) {
    super(namespace, options.local, options.remote)
    this.local = toEndpoint(options.local)
    this.remote = toEndpoint(options.remote)
    this.#onClosed = options.onClosed
    this.#accept = options.accept
  }

  get queued(): { readonly received: number; readonly unacknowledged: number } {
    return { received: this.receiving.bytes, unacknowledged: this.sending.end - this.acknowledged }
  }

  /** Sends the SYN. `established` tells how it went. */
  connect(trace: Trace | undefined): void {
    this.state = 'syn-sent'
    const error = this.sendSyn(trace)
    if (error && error !== 'EPERM') this.finish(new SocketError(error, `connect: ${describe(error)}`))
    else this.armWhenIdle()
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
    this.peerInitial = segment.sequence
    this.peerWindow = segment.window
    this.learnMss(segment)
    this.sendSynAck(trace)
    this.armWhenIdle()
  }

  read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const read = this.receiving.read(signal)
    // A window that was nearly shut and opens again is told to the peer, or it would wait for ever.
    if (this.state !== 'closed' && this.advertised < 2 * this.mss && this.receiving.window >= 2 * this.mss) {
      this.sendAck()
    }
    return read
  }

  write(data: Uint8Array): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    if (this.finQueued || (this.state !== 'established' && this.state !== 'close-wait')) {
      return Promise.reject(new SocketError('EPIPE', 'write: broken pipe'))
    }
    if (data.length === 0) return Promise.resolve()
    const taken = this.sending.push(data.slice())
    this.flush()
    return taken
  }

  end(): void {
    if (this.finQueued || this.state === 'closed') return
    this.finQueued = true
    this.flush()
  }

  reset(): void {
    if (this.state === 'closed') return
    if (this.state !== 'syn-sent') {
      this.output({ rst: true, ack: true, sequence: this.wire(this.sent + (this.finSent ? 1 : 0)) })
    }
    this.finish(new SocketError('ECONNRESET', 'connection reset'))
  }

  close(): void {
    if (this.state === 'closed' || this.#isOrphan) return
    if (this.receiving.bytes > 0) {
      this.reset()
      return
    }
    this.#isOrphan = true
    this.end()
    this.namespace.pump.whenIdle(() => {
      if (this.state === 'closed') return
      this.#orphanTimer = this.namespace.clock.after(orphanTimeoutMs, () => this.finish(undefined))
    })
  }

  /** The namespace is gone: no packet can leave any more. */
  abandon(): void {
    this.finish(new SocketError('ECONNRESET', 'the network namespace was removed'))
  }

  icmpError(message: IcmpMessage): void {
    if (message.type === icmpUnreachable && message.code === 4) {
      this.mss = Math.max(48, Math.min(this.mss, (message.mtu ?? 576) - 40))
      this.sent = this.acknowledged
      this.flush()
      return
    }
    // Linux takes errors as final only while it connects (tcp_v4_err).
    if (this.state !== 'syn-sent') return
    const code = socketErrorOf(message)
    if (code) this.finish(new SocketError(code, `connect: ${describe(code)}`))
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
      if (this.state === 'syn-received') this.sendSynAck(undefined)
      else this.sendAck()
      return
    }
    if (segment.ack) this.#receiveAck(segment)
    if (this.state === 'closed') return
    this.#receiveData(segment)
  }

  #receiveInSynSent(packet: Packet, segment: TcpSegment): void {
    const acceptable = segment.ack && segment.acknowledgement === this.wire(0)
    if (segment.rst) {
      if (acceptable) this.finish(new SocketError('ECONNREFUSED', 'connect: connection refused'))
      return
    }
    if (!segment.syn || !acceptable) {
      if (segment.ack) this.namespace.stack.output(resetFor(packet, segment))
      return
    }
    this.peerInitial = segment.sequence
    this.peerWindow = segment.window
    this.learnMss(segment)
    this.stopTimer()
    this.state = 'established'
    this.sendAck()
    this.#connected?.resolve()
    this.#connected = undefined
  }

  #receiveReset(segment: TcpSegment): void {
    const offset = this.offsetOf(segment.sequence)
    if (offset < this.received || offset > this.received + Math.max(1, this.receiving.window)) return
    this.finish(new SocketError('ECONNRESET', 'read: connection reset by peer'))
  }

  #receiveAck(segment: TcpSegment): void {
    const acknowledged = this.acknowledged + ((segment.acknowledgement - this.wire(this.acknowledged)) | 0)
    const limit = this.sent + (this.finSent ? 1 : 0)
    if (acknowledged > limit) return
    if (this.state === 'syn-received') {
      this.stopTimer()
      this.state = 'established'
      this.#hand()
    }
    this.peerWindow = segment.window
    if (acknowledged > this.acknowledged || (this.finSent && acknowledged === limit)) {
      this.acknowledged = Math.min(acknowledged, this.sending.end)
      this.sent = Math.max(this.sent, this.acknowledged)
      this.retries = 0
      this.sending.acknowledge(this.acknowledged)
      if (this.acknowledged === this.sent) this.stopTimer()
      if (this.finSent && acknowledged > this.sending.end) this.#finAcknowledged()
    }
    if (this.state !== 'closed') this.flush()
  }

  #finAcknowledged(): void {
    this.stopTimer()
    if (this.state === 'fin-wait-1') this.state = 'fin-wait-2'
    else if (this.state === 'closing' || this.state === 'last-ack') this.finish(undefined)
  }

  #receiveData(segment: TcpSegment): void {
    if (segment.data.length === 0 && !segment.fin) return
    const offset = this.offsetOf(segment.sequence)
    const skip = this.received - offset
    if (skip < 0 || skip > segment.data.length) {
      this.sendAck()
      return
    }
    const fresh = segment.data.subarray(skip)
    if (fresh.length > this.receiving.window) {
      this.sendAck()
      return
    }
    if (fresh.length > 0 && this.#isOrphan) {
      this.reset()
      return
    }
    if (fresh.length > 0) {
      this.received += fresh.length
      this.receiving.push(fresh)
    }
    if (
      !segment.fin ||
      this.state === 'close-wait' ||
      this.state === 'last-ack' ||
      this.state === 'closing'
    ) {
      this.sendAck()
      return
    }
    this.received++
    this.receiving.end()
    if (this.state === 'established') this.state = 'close-wait'
    else if (this.state === 'fin-wait-1') this.state = 'closing'
    this.sendAck()
    if (this.state === 'fin-wait-2') this.finish(undefined)
  }

  #hand(): void {
    try {
      this.#accept?.(this)
    } catch {
      // A program that throws while it accepts loses this connection and no other: the network goes on.
      this.reset()
    }
  }

  protected override finish(error: SocketError | undefined): void {
    if (this.state === 'closed' && this.#error) return
    const opening = this.state === 'syn-sent'
    this.state = 'closed'
    this.stopTimer()
    this.#orphanTimer?.cancel()
    this.#onClosed()
    if (!error) {
      this.receiving.end()
      return
    }
    this.#error = error
    if (opening) this.#connected?.reject(error)
    this.#connected = undefined
    this.receiving.fail(error)
    this.sending.fail(error.code === 'ECONNRESET' ? error : new SocketError('EPIPE', 'write: broken pipe'))
  }
}
