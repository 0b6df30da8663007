// IP as Linux does it: what comes in is routed to a local socket or onwards, what goes out finds a route and a neighbour, and
// netfilter sees it at the five hooks on the way (net/ipv4/ip_input.c, ip_forward.c, ip_output.c).

import { formatAddress, isLoopback, isMulticast } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import type { HookName } from './netfilter/netfilter.ts'
import type { NetworkInterface } from './network-interface.ts'
import {
  broadcastMac,
  clonePacket,
  type Frame,
  icmpTimeExceeded,
  icmpUnreachable,
  isIcmpError,
  makePacket,
  type Packet,
  packetLength,
} from './packet.ts'
import { formatRoute, type Route } from './routing-table.ts'
import type { SocketErrorCode } from './socket.ts'

export type IcmpErrorKind =
  | 'net-unreachable'
  | 'host-unreachable'
  | 'protocol-unreachable'
  | 'port-unreachable'
  | 'frag-needed'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'admin-prohibited'
  | 'ttl-exceeded'

/** ICMP types and codes of RFC 792 and RFC 1812. */
export const icmpErrors: Readonly<Record<IcmpErrorKind, readonly [type: number, code: number]>> = {
  'net-unreachable': [icmpUnreachable, 0],
  'host-unreachable': [icmpUnreachable, 1],
  'protocol-unreachable': [icmpUnreachable, 2],
  'port-unreachable': [icmpUnreachable, 3],
  'frag-needed': [icmpUnreachable, 4],
  'net-prohibited': [icmpUnreachable, 9],
  'host-prohibited': [icmpUnreachable, 10],
  'admin-prohibited': [icmpUnreachable, 13],
  'ttl-exceeded': [icmpTimeExceeded, 0],
}

interface Way {
  readonly device: NetworkInterface
  readonly nextHop: number
  readonly route: Route | undefined
}

export class IpStack {
  readonly #namespace: Namespace

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  /** A frame that reached an interface which is no port of a bridge. */
  receive(device: NetworkInterface, frame: Frame): void {
    if (frame.payload.type === 'arp') {
      this.#namespace.neighbours.receive(device, frame.payload.arp)
      return
    }
    if (device.kind !== 'loopback' && frame.destination !== device.mac && frame.destination !== broadcastMac)
      return
    const { packet } = frame.payload
    packet.input = device
    if (device.kind !== 'loopback') {
      packet.mark = 0
      packet.flow = undefined
      packet.isReply = false
      packet.isInvalid = false
      packet.isUntracked = false
    }
    this.#receivePacket(packet, device)
  }

  /** After PREROUTING: to a socket of ours, or onwards. */
  route(packet: Packet, device: NetworkInterface): void {
    const namespace = this.#namespace
    if (namespace.ownsAddress(packet.destination)) {
      if (isLoopback(packet.destination) && device.kind !== 'loopback' && !namespace.sysctl.routeLocalnet) {
        this.#drop(packet, `martian destination ${formatAddress(packet.destination)} on ${device.name}`)
        return
      }
      this.#deliver(packet, device)
      return
    }
    if (isMulticast(packet.destination)) return
    if (namespace.isBroadcast(packet.destination)) {
      this.#deliver(packet, device)
      return
    }
    this.#forward(packet, device)
  }

  /**
   * Sends a packet of a local socket. Gives the error that a system call would return at once; what fails later comes back as
   * an ICMP error.
   */
  output(packet: Packet): SocketErrorCode | undefined {
    const namespace = this.#namespace
    packet.identification = namespace.nextIdentification()
    let way = this.#wayTo(packet.destination)
    if (typeof way === 'string') {
      packet.trace?.hop(namespace.name, 'drop', `no route to ${formatAddress(packet.destination)}`)
      return way
    }
    this.#traceRoute(packet, way)
    if (packet.dontFragment && packetLength(packet) > way.device.mtu) return 'EMSGSIZE'
    const asked = packet.destination
    if (!this.#hook('OUTPUT', packet, undefined, way.device)) return packet.isRejected ? undefined : 'EPERM'
    if (packet.destination !== asked) {
      way = this.#wayTo(packet.destination)
      if (typeof way === 'string') {
        packet.trace?.hop(namespace.name, 'drop', `no route to ${formatAddress(packet.destination)}`)
        return way
      }
      this.#traceRoute(packet, way)
    }
    this.#finish(packet, way)
    return undefined
  }

  /** The address that a socket without one of its own would send from. */
  sourceTowards(destination: number): number | SocketErrorCode {
    const namespace = this.#namespace
    if (isLoopback(destination)) return 0x7f000001
    if (namespace.ownsAddress(destination)) return destination
    const way = this.#wayTo(destination)
    if (typeof way === 'string') return way
    return way.route?.source ?? namespace.sourceFor(way.device, way.nextHop) ?? 'EADDRNOTAVAIL'
  }

  /** MTU towards the destination, by the interface's MTU. */
  mtuTowards(destination: number): number {
    const way = this.#wayTo(destination)
    return typeof way === 'string' ? 1500 : way.device.mtu
  }

  routeTo(destination: number): Way | SocketErrorCode {
    return this.#wayTo(destination)
  }

  /** Tells the sender of `about` what became of it (RFC 1122 3.2.2: never about errors, broadcasts or nobody). */
  sendIcmpError(about: Packet, kind: IcmpErrorKind, mtu?: number): void {
    const namespace = this.#namespace
    if (isIcmpError(about.body) || about.source === 0 || isMulticast(about.destination)) return
    if (namespace.isBroadcast(about.destination)) return
    const local = namespace.ownsAddress(about.destination) ? about.destination : undefined
    const source = local ?? this.sourceTowards(about.source)
    if (typeof source === 'string') return
    const [type, code] = icmpErrors[kind]
    const original = clonePacket(about)
    original.trace = undefined
    original.flow = undefined
    const error = makePacket(
      source,
      about.source,
      {
        protocol: 'icmp',
        type,
        code,
        identifier: 0,
        sequence: 0,
        bytes: 28,
        original,
        ...(mtu !== undefined && { mtu }),
      },
      { trace: about.trace?.reply() },
    )
    error.flow = about.flow
    error.isReply = !about.isReply
    this.output(error)
  }

  /** Runs POSTROUTING and hands the packet to its next hop. */
  #finish(packet: Packet, way: Way): void {
    if (!this.#hook('POSTROUTING', packet, packet.input, way.device)) return
    if (way.device.kind === 'loopback') {
      const mac = way.device.mac
      way.device.transmit({ source: mac, destination: mac, payload: { type: 'ipv4', packet } })
      return
    }
    if (packetLength(packet) > way.device.mtu) packet.fragmentBytes = way.device.mtu
    this.#namespace.neighbours.send(way.device, way.nextHop, packet)
  }

  #receivePacket(packet: Packet, device: NetworkInterface): void {
    if (device.kind !== 'loopback' && isLoopback(packet.source)) {
      this.#drop(packet, `martian source ${formatAddress(packet.source)} on ${device.name}`)
      return
    }
    if (this.#hook('PREROUTING', packet, device, undefined)) this.route(packet, device)
  }

  #deliver(packet: Packet, device: NetworkInterface): void {
    if (!this.#hook('INPUT', packet, device, undefined)) return
    switch (packet.body.protocol) {
      case 'tcp':
        this.#namespace.tcp.receive(packet, packet.body)
        return
      case 'udp':
        this.#namespace.udp.receive(packet, packet.body)
        return
      case 'icmp':
        this.#namespace.icmp.receive(packet, packet.body)
        return
    }
  }

  #forward(packet: Packet, device: NetworkInterface): void {
    const namespace = this.#namespace
    if (!namespace.sysctl.ipForward) {
      this.#drop(packet, `not for this host (${formatAddress(packet.destination)}), and ip_forward is 0`)
      return
    }
    const way = this.#wayTo(packet.destination)
    if (typeof way === 'string') {
      if (way === 'EPERM') {
        this.#drop(packet, `blackhole route for ${formatAddress(packet.destination)}`)
        return
      }
      this.#drop(packet, `no route to ${formatAddress(packet.destination)}`)
      const kind =
        way === 'EHOSTUNREACH'
          ? 'host-unreachable'
          : way === 'EACCES'
            ? 'admin-prohibited'
            : 'net-unreachable'
      this.sendIcmpError(packet, kind)
      return
    }
    if (packet.ttl <= 1) {
      this.#drop(packet, 'time to live exceeded')
      this.sendIcmpError(packet, 'ttl-exceeded')
      return
    }
    this.#traceRoute(packet, way)
    if (packet.dontFragment && packetLength(packet) > way.device.mtu) {
      this.#drop(
        packet,
        `${packetLength(packet)} bytes do not fit the MTU ${way.device.mtu} of ${way.device.name}`,
      )
      this.sendIcmpError(packet, 'frag-needed', way.device.mtu)
      return
    }
    packet.ttl--
    packet.input = device
    if (!this.#hook('FORWARD', packet, device, way.device)) return
    this.#finish(packet, way)
  }

  #wayTo(destination: number): Way | SocketErrorCode {
    const namespace = this.#namespace
    if (namespace.ownsAddress(destination)) {
      return { device: namespace.loopback, nextHop: destination, route: undefined }
    }
    const route = namespace.routes.lookup(destination)
    if (!route) return 'ENETUNREACH'
    if (route.type === 'unreachable') return 'EHOSTUNREACH'
    if (route.type === 'prohibit') return 'EACCES'
    if (route.type === 'blackhole' || !route.device) return 'EPERM'
    return { device: route.device, nextHop: route.via ?? destination, route }
  }

  #hook(
    hook: HookName,
    packet: Packet,
    input: NetworkInterface | undefined,
    output: NetworkInterface | undefined,
  ): boolean {
    return this.#namespace.netfilter.run(hook, packet, input, output)
  }

  #traceRoute(packet: Packet, way: Way): void {
    if (!packet.trace) return
    const detail = way.route
      ? `${formatAddress(packet.destination)}: ${formatRoute(way.route)}`
      : `${formatAddress(packet.destination)} is an address of this host: lo`
    packet.trace.hop(this.#namespace.name, 'route', detail)
  }

  #drop(packet: Packet, detail: string): void {
    packet.trace?.hop(this.#namespace.name, 'drop', detail)
  }
}
