// How tcpdump prints a packet, in its own abbreviations: TCP with relative sequence numbers, DNS, ICMP, ARP, VXLAN.
import { decodeDns } from '../dns/codec.ts'
import { type DnsMessage, formatRecordData } from '../dns/message.ts'
import { formatAddress } from '../ipv4.ts'
import type { Capture } from '../network-interface.ts'
import {
  type Arp,
  bodyLength,
  frameLength,
  type IcmpMessage,
  type Packet,
  packetLength,
  type TcpSegment,
  type UdpDatagram,
} from '../packet.ts'

export interface LineStyle {
  /** -e */
  readonly link: boolean
  /** -v */
  readonly verbose: boolean
  /** -q */
  readonly quiet: boolean
  /** -t */
  readonly withoutTime: boolean
  /** -S */
  readonly absolute: boolean
  /** -i any */
  readonly anyInterface: boolean
}

const httpStart = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|HTTP\/1\.[01]) /

export class CapturePrinter {
  readonly #style: LineStyle
  /** First sequence number of each direction, for relative numbers. */
  readonly #firsts = new Map<string, number>()

  constructor(style: LineStyle) {
    this.#style = style
  }

  line(capture: Capture): string {
    const { frame } = capture
    const words: string[] = []
    if (!this.#style.withoutTime) words.push(`${new Date(capture.time).toISOString().slice(11, 23)}000`)
    if (this.#style.anyInterface) {
      words.push(capture.interface.name.padEnd(5), capture.direction === 'in' ? 'In ' : 'Out')
    }
    if (this.#style.link) {
      const type = frame.payload.type === 'arp' ? 'ARP (0x0806)' : 'IPv4 (0x0800)'
      words.push(`${frame.source} > ${frame.destination}, ethertype ${type}, length ${frameLength(frame)}:`)
    }
    if (frame.payload.type === 'arp') words.push(arpText(frame.payload.arp))
    else words.push(this.#packetText(frame.payload.packet))
    return words.join(' ')
  }

  #packetText(packet: Packet): string {
    const header = this.#style.verbose ? `IP ${verboseHeader(packet)}\n    ` : this.#style.link ? '' : 'IP '
    return `${header}${this.#bodyText(packet)}`
  }

  #bodyText(packet: Packet): string {
    const { body } = packet
    const source = formatAddress(packet.source)
    const destination = formatAddress(packet.destination)
    if (body.protocol === 'icmp') return `${source} > ${destination}: ${icmpText(body, bodyLength(body))}`
    const ways = `${source}.${body.sourcePort} > ${destination}.${body.destinationPort}:`
    return body.protocol === 'tcp'
      ? `${ways} ${this.#tcpText(packet, body)}`
      : `${ways} ${this.#udpText(body)}`
  }

  #udpText(datagram: UdpDatagram): string {
    if (datagram.inner) {
      const inner = datagram.inner.payload
      const text = inner.type === 'arp' ? arpText(inner.arp) : `IP ${this.#bodyText(inner.packet)}`
      const name = datagram.destinationPort === 8472 ? 'OTV' : 'VXLAN'
      const number = name === 'OTV' ? `overlay 0, instance ${datagram.vni}` : `vni ${datagram.vni}`
      return `${name}, flags [I] (0x08), ${number}\n${text}`
    }
    const isDns = datagram.sourcePort === 53 || datagram.destinationPort === 53
    const message = isDns ? tryDecode(datagram.data) : undefined
    return message && !this.#style.quiet
      ? dnsText(message, datagram.data.length)
      : `UDP, length ${datagram.data.length}`
  }

  #tcpText(packet: Packet, segment: TcpSegment): string {
    const { data } = segment
    if (this.#style.quiet) return `tcp ${data.length}`
    const sequence = this.#relative(packet, segment)
    const length = data.length + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0)
    const parts = [`Flags [${flags(segment)}]`]
    if (data.length > 0) parts.push(`seq ${sequence}:${sequence + data.length}`)
    else if (length > 0 || segment.rst) parts.push(`seq ${sequence}`)
    if (segment.ack) parts.push(`ack ${this.#relativeAck(packet, segment)}`)
    parts.push(`win ${segment.window > 65_535 ? segment.window >> 7 : segment.window}`)
    if (segment.mss !== undefined) parts.push(`options [mss ${segment.mss}]`)
    parts.push(`length ${data.length}`)
    const first = new TextDecoder('latin1').decode(data.subarray(0, 200)).split('\r\n')[0] ?? ''
    return `${parts.join(', ')}${httpStart.test(first) ? `: HTTP: ${first}` : ''}`
  }

  #relative(packet: Packet, segment: TcpSegment): number {
    const key = `${packet.source}:${segment.sourcePort}>${packet.destination}:${segment.destinationPort}`
    if (segment.syn || !this.#firsts.has(key)) {
      this.#firsts.set(key, segment.sequence)
      return segment.sequence
    }
    if (this.#style.absolute) return segment.sequence
    return (segment.sequence - (this.#firsts.get(key) ?? 0)) >>> 0
  }

  #relativeAck(packet: Packet, segment: TcpSegment): number {
    const key = `${packet.destination}:${segment.destinationPort}>${packet.source}:${segment.sourcePort}`
    const first = this.#firsts.get(key)
    if (this.#style.absolute || first === undefined) return segment.acknowledgement
    return (segment.acknowledgement - first) >>> 0
  }
}

function flags(segment: TcpSegment): string {
  const letters = [
    segment.fin ? 'F' : '',
    segment.syn ? 'S' : '',
    segment.rst ? 'R' : '',
    segment.psh ? 'P' : '',
    segment.ack ? '.' : '',
  ]
  return letters.join('') || 'none'
}

function verboseHeader(packet: Packet): string {
  const numbers = { tcp: 'TCP (6)', udp: 'UDP (17)', icmp: 'ICMP (1)' }
  const fragments = packet.dontFragment ? 'DF' : 'none'
  const { ttl, identification, body } = packet
  return `(tos 0x0, ttl ${ttl}, id ${identification}, offset 0, flags [${fragments}], proto ${numbers[body.protocol]}, length ${packetLength(packet)})`
}

function arpText(arp: Arp): string {
  const sender = formatAddress(arp.senderAddress)
  const target = formatAddress(arp.targetAddress)
  if (arp.operation === 'request') return `ARP, Request who-has ${target} tell ${sender}, length 28`
  return `ARP, Reply ${sender} is-at ${arp.senderMac}, length 28`
}

function icmpText(message: IcmpMessage, length: number): string {
  if (message.type === 8 || message.type === 0) {
    const what = message.type === 8 ? 'request' : 'reply'
    return `ICMP echo ${what}, id ${message.identifier}, seq ${message.sequence}, length ${length}`
  }
  return `ICMP ${errorText(message)}, length ${length}`
}

function errorText(message: IcmpMessage): string {
  const about = message.original
  const destination = about ? formatAddress(about.destination) : '?'
  if (message.type === 11) return 'time exceeded in-transit'
  switch (message.code) {
    case 0:
      return `net ${destination} unreachable`
    case 1:
      return `host ${destination} unreachable`
    case 3: {
      const body = about?.body
      const port = body && body.protocol !== 'icmp' ? `${body.protocol} port ${body.destinationPort}` : 'port'
      return `${destination} ${port} unreachable`
    }
    case 4:
      return `${destination} unreachable - need to frag (mtu ${message.mtu ?? 0})`
    case 9:
    case 10:
    case 13:
      return `host ${destination} unreachable - admin prohibited filter`
    default:
      return `${destination} unreachable, code ${message.code}`
  }
}

function dnsText(message: DnsMessage, length: number): string {
  const question = message.questions[0]
  if (!message.isResponse) {
    const desired = message.recursionDesired ? '+' : ''
    const extra = message.additionals.length > 0 ? ` [${message.additionals.length}au]` : ''
    return `${message.id}${desired}${extra} ${question?.type ?? '?'}? ${question?.name ?? ''}. (${length})`
  }
  const codes: Record<string, string> = { NXDOMAIN: ' NXDomain', SERVFAIL: ' ServFail', REFUSED: ' Refused' }
  const marks = `${codes[message.code] ?? ''}${message.isAuthoritative ? '*' : ''}${message.recursionAvailable ? '' : '-'}${message.isTruncated ? '|' : ''}`
  const counts = `${message.answers.length}/${message.authorities.length}/${message.additionals.length}`
  const answers = message.answers.map((record) => `${record.type} ${formatRecordData(record)}`)
  return `${message.id}${marks} ${counts}${answers.length > 0 ? ` ${answers.join(', ')}` : ''} (${length})`
}

function tryDecode(data: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDns(data)
  } catch {
    // Port 53 carries something else: it is printed as plain UDP.
    return undefined
  }
}
