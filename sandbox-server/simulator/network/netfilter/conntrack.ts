// Connection tracking of a namespace (net/netfilter/nf_conntrack_core.c): which flow a packet belongs to, in which direction and
// state, and how addresses are translated in each.
import type { Namespace } from '../namespace.ts'
import { icmpEchoRequest, isIcmpError, type Packet, type Protocol } from '../packet.ts'
import { nextTcpState, type TrackedTcpState, tcpTimeouts } from './tcp-tracking.ts'

/** Addresses and ports of one direction. For ICMP echoes both ports are the identifier. */
export interface Tuple {
  readonly protocol: Protocol
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
}

export interface Flow {
  readonly original: Tuple
  /** What answers look like: the original turned around, after translation. */
  readonly reply: Tuple
  tcpState: TrackedTcpState | undefined
  /** Epoch milliseconds. */
  expiresAt: number
  mark: number
  seenReply: boolean
  /** Traffic went both ways for long enough that the entry is not evicted early. */
  isAssured: boolean
  isConfirmed: boolean
  sourceNat: boolean
  destinationNat: boolean
  /** Whether the nat table was asked already, for each kind of translation. */
  sourceDecided: boolean
  destinationDecided: boolean
}

export type FlowState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED'

/** net.netfilter.nf_conntrack_*_timeout, in milliseconds. */
const udpTimeoutMs = 30_000
const udpStreamTimeoutMs = 120_000
const icmpTimeoutMs = 30_000
const sweepEvery = 512
/** nf_conntrack_max, for a node of small memory. */
const maxFlows = 32_768

export class Conntrack {
  readonly #namespace: Namespace
  readonly #flows = new Map<string, Flow>()
  #sinceSweep = 0

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  /** Confirmed flows that have not expired. */
  list(): readonly Flow[] {
    this.#sweep()
    return [...new Set(this.#flows.values())]
  }

  /** Finds or begins the packet's flow; sets `flow`, `isReply` and `isInvalid` of the packet. */
  track(packet: Packet): void {
    if (packet.flow) return
    if (isIcmpError(packet.body)) {
      this.#trackError(packet)
      return
    }
    const tuple = tupleOf(packet)
    let flow = this.#find(tuple)
    if (flow && packet.body.protocol === 'tcp' && packet.body.syn && !packet.body.ack && isOver(flow)) {
      this.remove(flow)
      flow = undefined
    }
    if (!flow) {
      flow = this.#begin(packet, tuple)
      if (!flow) return
    }
    packet.flow = flow
    packet.isReply = !sameTuple(flow.original, tuple)
    if (packet.isReply) flow.seenReply = true
    this.#touch(flow, packet)
  }

  state(packet: Packet): FlowState {
    if (packet.isInvalid) return 'INVALID'
    if (!packet.flow) return 'UNTRACKED'
    if (isIcmpError(packet.body)) return 'RELATED'
    return packet.flow.seenReply ? 'ESTABLISHED' : 'NEW'
  }

  /** Keeps a flow whose first packet came through. Gives false where the table is full: the packet is to be dropped. */
  confirm(flow: Flow): boolean {
    if (flow.isConfirmed) return true
    if (this.#flows.size >= 2 * maxFlows) this.#sweep()
    if (this.#flows.size >= 2 * maxFlows) return false
    flow.isConfirmed = true
    this.#flows.set(keyOf(flow.original), flow)
    this.#flows.set(keyOf(flow.reply), flow)
    this.#sinceSweep++
    if (this.#sinceSweep >= sweepEvery) this.#sweep()
    return true
  }

  isTaken(reply: Tuple): boolean {
    return this.#find(reply) !== undefined
  }

  remove(flow: Flow): void {
    this.#flows.delete(keyOf(flow.original))
    this.#flows.delete(keyOf(flow.reply))
  }

  /** Gives the flows that were removed. */
  removeWhere(filter: (flow: Flow) => boolean): readonly Flow[] {
    const removed = this.list().filter(filter)
    for (const flow of removed) this.remove(flow)
    return removed
  }

  #find(tuple: Tuple): Flow | undefined {
    const flow = this.#flows.get(keyOf(tuple))
    if (!flow) return undefined
    if (flow.expiresAt > this.#namespace.clock.now()) return flow
    this.remove(flow)
    return undefined
  }

  #begin(packet: Packet, tuple: Tuple): Flow | undefined {
    const { body } = packet
    let tcpState: TrackedTcpState | undefined
    if (body.protocol === 'tcp') {
      // nf_conntrack_tcp_loose: a flow may be picked up in its middle, but not by an answer or by its end.
      if (body.rst || body.fin || (body.syn && body.ack)) {
        packet.isInvalid = true
        return undefined
      }
      tcpState = body.syn ? 'SYN_SENT' : 'ESTABLISHED'
    }
    if (body.protocol === 'icmp' && body.type !== icmpEchoRequest) {
      packet.isInvalid = true
      return undefined
    }
    return {
      original: tuple,
      reply: invert(tuple),
      tcpState,
      expiresAt: 0,
      mark: 0,
      seenReply: false,
      isAssured: false,
      isConfirmed: false,
      sourceNat: false,
      destinationNat: false,
      sourceDecided: false,
      destinationDecided: false,
    }
  }

  #touch(flow: Flow, packet: Packet): void {
    const { body } = packet
    let timeout = icmpTimeoutMs
    if (body.protocol === 'tcp') {
      flow.tcpState = nextTcpState(flow.tcpState ?? 'ESTABLISHED', body, packet.isReply)
      if (flow.tcpState === 'ESTABLISHED' && flow.seenReply) flow.isAssured = true
      timeout = tcpTimeouts[flow.tcpState]
    } else if (body.protocol === 'udp') {
      if (flow.seenReply && !packet.isReply) flow.isAssured = true
      timeout = flow.isAssured ? udpStreamTimeoutMs : udpTimeoutMs
    }
    flow.expiresAt = this.#namespace.clock.now() + timeout
  }

  /** An ICMP error belongs to the flow of the packet that it quotes, in the other direction. */
  #trackError(packet: Packet): void {
    const about = packet.body.protocol === 'icmp' ? packet.body.original : undefined
    const flow = about && this.#find(invert(tupleOf(about)))
    if (!flow) {
      packet.isInvalid = true
      return
    }
    packet.flow = flow
    packet.isReply = sameTuple(flow.reply, invert(tupleOf(about)))
  }

  #sweep(): void {
    this.#sinceSweep = 0
    const now = this.#namespace.clock.now()
    for (const [key, flow] of this.#flows) if (flow.expiresAt <= now) this.#flows.delete(key)
  }
}

export function tupleOf(packet: Packet): Tuple {
  const { body, source, destination } = packet
  if (body.protocol !== 'icmp') {
    const { protocol, sourcePort, destinationPort } = body
    return { protocol, source, sourcePort, destination, destinationPort }
  }
  return {
    protocol: 'icmp',
    source,
    sourcePort: body.identifier,
    destination,
    destinationPort: body.identifier,
  }
}

export function invert(tuple: Tuple): Tuple {
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
  }
}

function keyOf(tuple: Tuple): string {
  return `${tuple.protocol}${tuple.source}:${tuple.sourcePort}>${tuple.destination}:${tuple.destinationPort}`
}

function sameTuple(a: Tuple, b: Tuple): boolean {
  return (
    a.source === b.source &&
    a.destination === b.destination &&
    a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort
  )
}

function isOver(flow: Flow): boolean {
  return flow.tcpState === 'TIME_WAIT' || flow.tcpState === 'CLOSE'
}
