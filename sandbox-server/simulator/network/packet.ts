// IPv4 packets and Ethernet frames as the simulator moves them: header fields as values, payloads as real bytes.
import type { Flow } from './netfilter/conntrack.ts'
import type { NetworkInterface } from './network-interface.ts'
import type { Trace } from './trace.ts'

export interface TcpSegment {
  readonly protocol: 'tcp'
  sourcePort: number
  destinationPort: number
  sequence: number
  acknowledgement: number
  syn: boolean
  ack: boolean
  fin: boolean
  rst: boolean
  psh: boolean
  /** Bytes, after scaling. */
  window: number
  /** The MSS option; in SYN segments only. */
  mss: number | undefined
  data: Uint8Array
}

export interface UdpDatagram {
  readonly protocol: 'udp'
  sourcePort: number
  destinationPort: number
  data: Uint8Array
  /** The frame inside, where the datagram is VXLAN's. */
  readonly inner?: Frame
  readonly vni?: number
}

export interface IcmpMessage {
  readonly protocol: 'icmp'
  /** RFC 792 numbers: 0 echo reply, 3 unreachable, 8 echo request, 11 time exceeded. */
  readonly type: number
  readonly code: number
  identifier: number
  readonly sequence: number
  /** Length of an echo's data. */
  readonly bytes: number
  /** Next-hop MTU of `fragmentation needed`. */
  readonly mtu?: number
  /** The packet that an error speaks of. */
  original?: Packet
}

export type Body = TcpSegment | UdpDatagram | IcmpMessage
export type Protocol = Body['protocol']

export interface Packet {
  source: number
  destination: number
  ttl: number
  identification: number
  dontFragment: boolean
  body: Body
  /** Bytes of the largest fragment, once the packet had to be cut. */
  fragmentBytes?: number
  // What follows belongs to the socket buffer and is not on the wire.
  mark: number
  flow: Flow | undefined
  /** Whether the packet goes against the direction of its flow's first packet. */
  isReply: boolean
  /** Connection tracking could make nothing of it. */
  isInvalid: boolean
  input: NetworkInterface | undefined
  /** A NOTRACK rule keeps it out of connection tracking here. */
  isUntracked?: boolean
  /** A REJECT rule answered it: the socket learns of that by the answer, and not by the call that sent. */
  isRejected?: boolean
  trace: Trace | undefined
}

export interface Arp {
  readonly operation: 'request' | 'reply'
  readonly senderMac: string
  readonly senderAddress: number
  readonly targetMac: string
  readonly targetAddress: number
}

export interface Frame {
  source: string
  destination: string
  readonly payload:
    | { readonly type: 'ipv4'; readonly packet: Packet }
    | { readonly type: 'arp'; readonly arp: Arp }
}

export const broadcastMac = 'ff:ff:ff:ff:ff:ff'
export const icmpEchoReply = 0
export const icmpUnreachable = 3
export const icmpEchoRequest = 8
export const icmpTimeExceeded = 11

export function makePacket(
  source: number,
  destination: number,
  body: Body,
  options: { ttl?: number; dontFragment?: boolean; trace?: Trace | undefined } = {},
): Packet {
  return {
    source,
    destination,
    ttl: options.ttl ?? 64,
    identification: 0,
    dontFragment: options.dontFragment ?? body.protocol === 'tcp',
    body,
    mark: 0,
    flow: undefined,
    isReply: false,
    isInvalid: false,
    input: undefined,
    trace: options.trace,
  }
}

/** A copy as for a second receiver, or for an ICMP error to quote. Data is shared, header fields are not. */
export function clonePacket(packet: Packet): Packet {
  return { ...packet, body: { ...packet.body } }
}

export function cloneFrame(frame: Frame): Frame {
  if (frame.payload.type === 'arp') return { ...frame }
  return { ...frame, payload: { type: 'ipv4', packet: clonePacket(frame.payload.packet) } }
}

/** Bytes of the transport header and what it carries. */
export function bodyLength(body: Body): number {
  switch (body.protocol) {
    case 'tcp':
      return (body.mss === undefined ? 20 : 24) + body.data.length
    case 'udp':
      return 8 + (body.inner ? 8 + frameLength(body.inner) : body.data.length)
    case 'icmp':
      return 8 + (body.original ? 28 : body.bytes)
  }
}

/** Bytes of the IPv4 packet with its header. */
export function packetLength(packet: Packet): number {
  return 20 + bodyLength(packet.body)
}

/** Bytes of the frame with its Ethernet header, without the checksum. */
export function frameLength(frame: Frame): number {
  return 14 + (frame.payload.type === 'arp' ? 28 : packetLength(frame.payload.packet))
}

export function isIcmpError(body: Body): boolean {
  return body.protocol === 'icmp' && body.type !== icmpEchoReply && body.type !== icmpEchoRequest
}
