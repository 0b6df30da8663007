// The five hooks of a namespace: tables in the kernel's order, connection tracking and address translation between them.
import type { Namespace } from '../namespace.ts'
import type { NetworkInterface } from '../network-interface.ts'
import { type Packet, packetLength } from '../packet.ts'
import { Conntrack } from './conntrack.ts'
import { evaluate, type Verdict } from './evaluate.ts'
import { leaveSource, translate } from './nat.ts'
import { RecentLists } from './recent.ts'
import { Table, type TableName } from './rule.ts'

export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** What a program that listens on an NFQUEUE says of a packet, and why, in words for a trace. */
export interface UserspaceVerdict {
  readonly verdict: 'accept' | 'drop'
  readonly reason: string
}

export interface QueuedPacket {
  readonly packet: Packet
  readonly input: NetworkInterface | undefined
  readonly output: NetworkInterface | undefined
}

export class Netfilter {
  readonly namespace: Namespace
  readonly conntrack: Conntrack
  readonly recent: RecentLists
  /** Listeners of NFQUEUE targets by queue number. */
  readonly queues = new Map<number, (queued: QueuedPacket) => UserspaceVerdict>()
  readonly #tables = new Map<TableName, Table>()
  #isEmpty = true

  constructor(namespace: Namespace) {
    this.namespace = namespace
    this.conntrack = new Conntrack(namespace)
    this.recent = new RecentLists(namespace.clock)
  }

  /** No rule and no policy: packets pass unlooked at and untracked. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Tables that exist, in the order in which iptables-save prints them. */
  tables(): readonly Table[] {
    return (['raw', 'mangle', 'filter', 'nat'] as const).flatMap((name) => this.#tables.get(name) ?? [])
  }

  /** The table, made where it is not there yet. */
  table(name: TableName): Table {
    const known = this.#tables.get(name)
    if (known) return known
    const table = new Table(name)
    this.#tables.set(name, table)
    return table
  }

  /** To be called after rules were changed. */
  changed(): void {
    this.#isEmpty = this.tables().every((table) => table.isEmpty)
  }

  /** Gives false where the packet goes no further. */
  run(
    hook: HookName,
    packet: Packet,
    input: NetworkInterface | undefined,
    output: NetworkInterface | undefined,
  ): boolean {
    if (this.#isEmpty) return true
    switch (hook) {
      case 'PREROUTING':
        return (
          this.#pass('raw', hook, packet, input, output) &&
          this.#track(packet) &&
          this.#pass('mangle', hook, packet, input, output) &&
          this.#nat('destination', hook, packet, input, output)
        )
      case 'OUTPUT':
        return (
          this.#pass('raw', hook, packet, input, output) &&
          this.#track(packet) &&
          this.#pass('mangle', hook, packet, input, output) &&
          this.#nat('destination', hook, packet, input, output) &&
          this.#pass('filter', hook, packet, input, output)
        )
      case 'FORWARD':
        return (
          this.#pass('mangle', hook, packet, input, output) &&
          this.#pass('filter', hook, packet, input, output)
        )
      case 'INPUT':
        return (
          this.#pass('mangle', hook, packet, input, output) &&
          this.#pass('filter', hook, packet, input, output) &&
          this.#nat('source', hook, packet, input, output) &&
          this.#confirm(packet)
        )
      case 'POSTROUTING':
        return (
          this.#pass('mangle', hook, packet, input, output) &&
          this.#nat('source', hook, packet, input, output) &&
          this.#confirm(packet)
        )
    }
  }

  #track(packet: Packet): boolean {
    if (!packet.isUntracked) this.conntrack.track(packet)
    return true
  }

  #confirm(packet: Packet): boolean {
    if (!packet.flow || packet.isReply || this.conntrack.confirm(packet.flow)) return true
    packet.trace?.hop(this.namespace.name, 'drop', 'nf_conntrack: table full, dropping packet')
    return false
  }

  #pass(
    name: TableName,
    hook: HookName,
    packet: Packet,
    input: NetworkInterface | undefined,
    output: NetworkInterface | undefined,
  ): boolean {
    const table = this.#tables.get(name)
    if (!table) return true
    return this.#evaluate(table, hook, packet, input, output) === 'accept'
  }

  /** The nat table is asked once a flow and kind; what it said is done to every packet of the flow. */
  #nat(
    part: 'source' | 'destination',
    hook: HookName,
    packet: Packet,
    input: NetworkInterface | undefined,
    output: NetworkInterface | undefined,
  ): boolean {
    const { flow } = packet
    if (!flow) return true
    const decided = part === 'source' ? flow.sourceDecided : flow.destinationDecided
    if (!decided && !packet.isReply && !flow.isConfirmed) {
      const table = this.#tables.get('nat')
      if (table && this.#evaluate(table, hook, packet, input, output) === 'drop') return false
      if (part === 'destination') flow.destinationDecided = true
      else if (!flow.sourceDecided) leaveSource(this.namespace, flow)
    }
    translate(packet, flow, part)
    return true
  }

  #evaluate(
    table: Table,
    hook: HookName,
    packet: Packet,
    input: NetworkInterface | undefined,
    output: NetworkInterface | undefined,
  ): Verdict {
    const chain = table.chains.get(hook)
    if (!chain || (chain.rules.length === 0 && chain.policy === 'ACCEPT')) return 'accept'
    const verdict = evaluate(table, chain, { namespace: this.namespace, packet, input, output })
    if (verdict !== 'policy') return verdict
    chain.packets++
    chain.bytes += packetLength(packet)
    if (chain.policy !== 'DROP') return 'accept'
    packet.trace?.hop(this.namespace.name, 'drop', `policy DROP of ${hook} in table ${table.name}`)
    return 'drop'
  }
}
