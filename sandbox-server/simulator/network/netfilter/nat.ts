// Network address translation (net/netfilter/nf_nat_core.c): what a new flow is translated to, and the rewriting of each packet.
import type { Namespace } from '../namespace.ts'
import { isIcmpError, type Packet } from '../packet.ts'
import type { Flow, Tuple } from './conntrack.ts'
import type { PortRange } from './rule.ts'

export function setDestination(flow: Flow, address: number, port: number | undefined): void {
  flow.reply.source = address
  if (port !== undefined && flow.reply.protocol !== 'icmp') flow.reply.sourcePort = port
  flow.destinationNat = true
  flow.destinationDecided = true
}

export function setSource(
  namespace: Namespace,
  flow: Flow,
  address: number,
  options: { readonly ports?: PortRange | undefined; readonly randomFully: boolean },
): void {
  flow.reply.destination = address
  Object.assign(flow.reply, sides(flow, freePort(namespace, flow, options)))
  flow.sourceNat = true
  flow.sourceDecided = true
}

/** A flow that no rule translated still must not look like another one's answers (a null binding). */
export function leaveSource(namespace: Namespace, flow: Flow): void {
  flow.sourceDecided = true
  if (flow.isConfirmed || !namespace.netfilter.conntrack.isTaken(flow.reply)) return
  const { source, sourcePort } = flow.original
  const port = freePort(namespace, flow, { ports: undefined, randomFully: false })
  if (port === sourcePort) return
  flow.reply.destination = source
  Object.assign(flow.reply, sides(flow, port))
  flow.sourceNat = true
}

function freePort(
  namespace: Namespace,
  flow: Flow,
  options: { readonly ports?: PortRange | undefined; readonly randomFully: boolean },
): number {
  const { conntrack } = namespace.netfilter
  const asked = flow.original.sourcePort
  const free = (port: number) => !conntrack.isTaken({ ...flow.reply, ...sides(flow, port) })
  const range = options.ports ?? rangeLike(asked)
  if (!options.randomFully && asked >= range.first && asked <= range.last && free(asked)) return asked
  const span = range.last - range.first + 1
  const start = options.randomFully ? namespace.random.integer(span) : Math.max(0, asked - range.first)
  for (let tried = 0; tried < span; tried++) {
    const port = range.first + ((start + tried) % span)
    if (free(port)) return port
  }
  return asked
}

/** An echo's identifier stands on both sides of its tuple. */
function sides(flow: Flow, port: number): Partial<Tuple> {
  return flow.reply.protocol === 'icmp'
    ? { sourcePort: port, destinationPort: port }
    : { destinationPort: port }
}

/** nf_nat_l4proto_unique_tuple: a port is replaced by one of the same class. */
function rangeLike(port: number): PortRange {
  if (port < 512) return { first: 1, last: 511 }
  if (port < 1024) return { first: 600, last: 1023 }
  return { first: 1024, last: 65_535 }
}

/** Rewrites the packet's destination (PREROUTING, OUTPUT) or source (POSTROUTING, INPUT) as its flow says. */
export function translate(packet: Packet, flow: Flow, part: 'source' | 'destination'): void {
  const applies = (part === 'destination') === packet.isReply ? flow.sourceNat : flow.destinationNat
  if (!applies) return
  const other = packet.isReply ? flow.original : flow.reply
  if (isIcmpError(packet.body)) {
    translateQuoted(packet, flow, part)
    if (part === 'destination') packet.destination = other.source
    else packet.source = other.destination
    return
  }
  const { body } = packet
  if (part === 'destination') {
    packet.destination = other.source
    if (body.protocol === 'icmp') body.identifier = other.sourcePort
    else body.destinationPort = other.sourcePort
  } else {
    packet.source = other.destination
    if (body.protocol === 'icmp') body.identifier = other.destinationPort
    else body.sourcePort = other.destinationPort
  }
}

/** Turns the packet that an error quotes back into what its sender had sent. */
function translateQuoted(packet: Packet, flow: Flow, part: 'source' | 'destination'): void {
  const about = packet.body.protocol === 'icmp' ? packet.body.original : undefined
  if (!about) return
  const sent = packet.isReply ? flow.original : flow.reply
  const { body } = about
  if (part === 'destination') {
    about.source = sent.source
    if (body.protocol === 'icmp') body.identifier = sent.sourcePort
    else body.sourcePort = sent.sourcePort
  } else {
    about.destination = sent.destination
    if (body.protocol === 'icmp') body.identifier = sent.destinationPort
    else body.destinationPort = sent.destinationPort
  }
}
