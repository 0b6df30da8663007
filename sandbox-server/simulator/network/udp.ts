// A namespace's UDP: sockets, connected or not, and ICMP port unreachable for ports that nobody has bound.
import { address as addressOf, formatAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import { type IcmpMessage, makePacket, type Packet, type UdpDatagram } from './packet.ts'
import { type Datagram, type Endpoint, SocketError, type UdpSocket } from './socket.ts'
import { describe, socketErrorOf } from './socket-errors.ts'
import { ephemeralPorts } from './tcp/tcp-stack.ts'
import type { Trace } from './trace.ts'

/** net.core.rmem_default */
const receiveBufferBytes = 212_992

export interface UdpOptions {
  readonly address: number
  readonly port: number
  readonly connectedTo?: { readonly address: number; readonly port: number } | undefined
  readonly trace?: Trace | undefined
}

export class UdpStack {
  readonly #namespace: Namespace
  readonly #ports = new Map<number, NamespaceUdpSocket[]>()

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  sockets(): readonly NamespaceUdpSocket[] {
    return [...this.#ports.values()].flat()
  }

  bind(options: UdpOptions): NamespaceUdpSocket {
    const port = options.port === 0 ? this.#freePort() : options.port
    const others = this.#ports.get(port) ?? []
    const clash = (other: NamespaceUdpSocket) =>
      other.boundAddress === options.address || other.boundAddress === 0 || options.address === 0
    if (others.some(clash)) {
      const at = `${formatAddress(options.address)}:${port}`
      throw new SocketError('EADDRINUSE', `listen udp ${at}: bind: address already in use`)
    }
    const socket = new NamespaceUdpSocket(this.#namespace, { ...options, port }, () => this.#release(socket))
    this.#ports.set(port, [...others, socket])
    return socket
  }

  receive(packet: Packet, datagram: UdpDatagram): void {
    const tunnel = this.#namespace.tunnels.get(datagram.destinationPort)
    if (tunnel && datagram.inner) {
      tunnel(packet)
      return
    }
    const at = `${formatAddress(packet.destination)}:${datagram.destinationPort}`
    const socket = this.#socketFor(packet.destination, datagram.destinationPort)
    if (socket?.accepts(packet.source, datagram.sourcePort)) {
      packet.trace?.hop(this.#namespace.name, 'listener', `${at} is bound (UDP)`)
      socket.take(packet, datagram)
      return
    }
    packet.trace?.hop(
      this.#namespace.name,
      'reject',
      `nothing is bound to ${at} (UDP): ICMP port unreachable`,
    )
    this.#namespace.stack.sendIcmpError(packet, 'port-unreachable')
  }

  error(about: Packet, datagram: UdpDatagram, message: IcmpMessage): void {
    const socket = this.#socketFor(about.source, datagram.sourcePort)
    if (socket?.accepts(about.destination, datagram.destinationPort)) socket.icmpError(message)
  }

  dispose(): void {
    for (const socket of this.sockets()) socket.close()
  }

  #socketFor(address: number, port: number): NamespaceUdpSocket | undefined {
    const candidates = this.#ports.get(port)
    return (
      candidates?.find((one) => one.boundAddress === address) ??
      candidates?.find((one) => one.boundAddress === 0)
    )
  }

  #release(socket: NamespaceUdpSocket): void {
    const left = (this.#ports.get(socket.local.port) ?? []).filter((other) => other !== socket)
    if (left.length > 0) this.#ports.set(socket.local.port, left)
    else this.#ports.delete(socket.local.port)
  }

  #freePort(): number {
    for (;;) {
      const span = ephemeralPorts.last - ephemeralPorts.first + 1
      const port = ephemeralPorts.first + this.#namespace.random.integer(span)
      if (!this.#ports.has(port)) return port
    }
  }
}

interface Reader {
  readonly resolve: (datagram: Datagram) => void
  readonly reject: (error: unknown) => void
}

export class NamespaceUdpSocket implements UdpSocket {
  readonly local: Endpoint
  readonly boundAddress: number
  readonly peer: { readonly address: number; readonly port: number } | undefined
  readonly #namespace: Namespace
  readonly #release: () => void
  #trace: Trace | undefined
  /** Traces of requests that wait for the answer that this socket's program will send. */
  readonly #traces = new Map<string, Trace>()
  #queue: Datagram[] = []
  #queuedBytes = 0
  #readers: Reader[] = []
  #error: SocketError | undefined
  #closed = false

  constructor(namespace: Namespace, options: UdpOptions, release: () => void) {
    this.#namespace = namespace
    this.boundAddress = options.address
    this.local = { address: formatAddress(options.address), port: options.port }
    this.peer = options.connectedTo
    this.#trace = options.trace
    this.#release = release
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  send(data: Uint8Array, to: Endpoint): void {
    if (this.#closed) throw new SocketError('EPIPE', 'write: the socket is closed')
    const pending = this.#error
    if (pending) {
      this.#error = undefined
      throw pending
    }
    if (data.length > 65_507) throw new SocketError('EMSGSIZE', 'write: message too long')
    const destination = addressOf(to.address)
    const source = this.boundAddress || this.#namespace.stack.sourceTowards(destination)
    if (typeof source === 'string') throw new SocketError(source, `write: ${describe(source)}`)
    const traceKey = `${to.address}:${to.port}`
    const trace = this.#trace ?? this.#traces.get(traceKey)?.reply()
    this.#traces.delete(traceKey)
    if (this.#trace) {
      const text = `UDP ${formatAddress(source)}:${this.local.port} -> ${to.address}:${to.port}`
      this.#trace.hop(this.#namespace.name, 'socket', text)
    }
    this.#trace = undefined
    const body: UdpDatagram = {
      protocol: 'udp',
      sourcePort: this.local.port,
      destinationPort: to.port,
      data: data.slice(),
    }
    const error = this.#namespace.stack.output(makePacket(source, destination, body, { trace }))
    if (error) throw new SocketError(error, `write: ${describe(error)}`)
  }

  receive(signal?: AbortSignal): Promise<Datagram> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const queued = this.#queue.shift()
    if (queued) {
      this.#queuedBytes -= queued.data.length
      return Promise.resolve(queued)
    }
    if (this.#error) {
      const error = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#closed) return Promise.reject(new SocketError('EPIPE', 'read: the socket is closed'))
    return new Promise((resolve, reject) => {
      const leave = () => signal?.removeEventListener('abort', aborted)
      const reader: Reader = {
        resolve: (datagram) => {
          leave()
          resolve(datagram)
        },
        reject: (error) => {
          leave()
          reject(error)
        },
      }
      const aborted = () => {
        this.#readers = this.#readers.filter((other) => other !== reader)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#readers.push(reader)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#release()
    for (const reader of this.#readers.splice(0)) {
      reader.reject(new SocketError('EPIPE', 'read: the socket is closed'))
    }
  }

  accepts(source: number, port: number): boolean {
    return !this.peer || (this.peer.address === source && this.peer.port === port)
  }

  take(packet: Packet, datagram: UdpDatagram): void {
    const from = { address: formatAddress(packet.source), port: datagram.sourcePort }
    const to = { address: formatAddress(packet.destination), port: datagram.destinationPort }
    const received: Datagram = { data: datagram.data, from, to }
    if (packet.trace) {
      if (this.#traces.size > 64) this.#traces.clear()
      this.#traces.set(`${from.address}:${from.port}`, packet.trace)
    }
    const reader = this.#readers.shift()
    if (reader) {
      reader.resolve(received)
      return
    }
    if (this.#queuedBytes + datagram.data.length > receiveBufferBytes) return
    this.#queuedBytes += datagram.data.length
    this.#queue.push(received)
  }

  /** Only connected sockets hear of ICMP errors (udp(7)). */
  icmpError(message: IcmpMessage): void {
    const code = socketErrorOf(message)
    if (!this.peer || !code) return
    const error = new SocketError(code, `read: ${describe(code)}`)
    const reader = this.#readers.shift()
    if (reader) reader.reject(error)
    else this.#error = error
  }
}
