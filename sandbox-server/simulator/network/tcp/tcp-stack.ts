// A namespace's TCP: finds the socket for a segment, makes sockets, and refuses what nobody listens for with a reset.
import { formatAddress } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import type { IcmpMessage, Packet, TcpSegment } from '../packet.ts'
import { SocketError, type TcpConnection, type TcpListener } from '../socket.ts'
import type { Trace } from '../trace.ts'
import { endpointText, resetFor } from './segment.ts'
import { TcpSocket } from './tcp-socket.ts'

export interface TcpListening {
  readonly address: number
  readonly port: number
  readonly accept: (connection: TcpConnection) => void
}

/** net.ipv4.ip_local_port_range */
export const ephemeralPorts = { first: 32768, last: 60999 } as const

export class TcpStack {
  readonly #namespace: Namespace
  readonly #sockets = new Map<string, TcpSocket>()
  readonly #listeners = new Map<number, TcpListening[]>()

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  sockets(): readonly TcpSocket[] {
    return [...this.#sockets.values()]
  }

  listeners(): readonly TcpListening[] {
    return [...this.#listeners.values()].flat()
  }

  listen(address: number, port: number, accept: (connection: TcpConnection) => void): TcpListener {
    const taken = this.#listeners.get(port) ?? []
    if (taken.some((other) => other.address === 0 || address === 0 || other.address === address)) {
      throw new SocketError(
        'EADDRINUSE',
        `listen tcp ${formatAddress(address)}:${port}: bind: address already in use`,
      )
    }
    const listening: TcpListening = { address, port: port === 0 ? this.#freeListenPort() : port, accept }
    this.#listeners.set(listening.port, [...(this.#listeners.get(listening.port) ?? []), listening])
    return {
      local: { address: formatAddress(address), port: listening.port },
      close: () => {
        const left = (this.#listeners.get(listening.port) ?? []).filter((other) => other !== listening)
        if (left.length > 0) this.#listeners.set(listening.port, left)
        else this.#listeners.delete(listening.port)
      },
    }
  }

  connect(source: number, to: { address: number; port: number }, trace: Trace | undefined): TcpSocket {
    const port = this.#ephemeralPort(source, to)
    const socket = new TcpSocket(this.#namespace, {
      local: { address: source, port },
      remote: to,
      onClosed: () => this.#sockets.delete(keyOf(source, port, to.address, to.port)),
    })
    this.#sockets.set(keyOf(source, port, to.address, to.port), socket)
    socket.connect(trace)
    return socket
  }

  receive(packet: Packet, segment: TcpSegment): void {
    const known = this.#sockets.get(
      keyOf(packet.destination, segment.destinationPort, packet.source, segment.sourcePort),
    )
    if (known) {
      known.receive(packet, segment)
      return
    }
    const listening = this.#listenerFor(packet.destination, segment.destinationPort)
    if (listening && segment.syn && !segment.ack && !segment.rst) {
      this.#accept(packet, segment, listening)
      return
    }
    if (!segment.rst) this.#refuse(packet, segment)
  }

  /** An ICMP error about a segment of ours. */
  error(about: Packet, segment: TcpSegment, message: IcmpMessage): void {
    this.#sockets
      .get(keyOf(about.source, segment.sourcePort, about.destination, segment.destinationPort))
      ?.icmpError(message)
  }

  dispose(): void {
    for (const socket of this.sockets()) socket.abandon()
    this.#sockets.clear()
    this.#listeners.clear()
  }

  #accept(packet: Packet, segment: TcpSegment, listening: TcpListening): void {
    const local = { address: packet.destination, port: segment.destinationPort }
    const remote = { address: packet.source, port: segment.sourcePort }
    const key = keyOf(local.address, local.port, remote.address, remote.port)
    packet.trace?.hop(this.#namespace.name, 'listener', `${endpointText(local)} is listened on`)
    const socket = new TcpSocket(this.#namespace, {
      local,
      remote,
      onClosed: () => {
        if (this.#sockets.get(key) === socket) this.#sockets.delete(key)
      },
      accept: listening.accept,
    })
    this.#sockets.set(key, socket)
    socket.acceptSyn(segment, packet.trace?.reply())
  }

  #refuse(packet: Packet, segment: TcpSegment): void {
    const at = `${formatAddress(packet.destination)}:${segment.destinationPort}`
    packet.trace?.hop(this.#namespace.name, 'reject', `nothing listens on ${at}: reset`)
    this.#namespace.stack.output(resetFor(packet, segment))
  }

  #listenerFor(address: number, port: number): TcpListening | undefined {
    const candidates = this.#listeners.get(port)
    return candidates?.find((one) => one.address === address) ?? candidates?.find((one) => one.address === 0)
  }

  #freeListenPort(): number {
    for (;;) {
      const port = this.#randomPort()
      if (!this.#listeners.has(port)) return port
    }
  }

  #ephemeralPort(source: number, to: { address: number; port: number }): number {
    const span = ephemeralPorts.last - ephemeralPorts.first + 1
    const start = this.#randomPort()
    for (let tried = 0; tried < span; tried++) {
      const port = ephemeralPorts.first + ((start - ephemeralPorts.first + tried) % span)
      if (!this.#listeners.has(port) && !this.#sockets.has(keyOf(source, port, to.address, to.port)))
        return port
    }
    throw new SocketError('EADDRNOTAVAIL', 'cannot assign requested address')
  }

  #randomPort(): number {
    return (
      ephemeralPorts.first + this.#namespace.random.integer(ephemeralPorts.last - ephemeralPorts.first + 1)
    )
  }
}

function keyOf(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): string {
  return `${localAddress}:${localPort}-${remoteAddress}:${remotePort}`
}
