// The neighbour table: which MAC address has a next hop, found by ARP with Linux' timing (arp(7)): three requests, one a second,
// then everything that waited fails with "host unreachable".
import type { Timer } from '../clock.ts'
import { formatAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import type { NetworkInterface } from './network-interface.ts'
import { type Arp, broadcastMac, type Packet } from './packet.ts'

export interface Neighbour {
  readonly device: NetworkInterface
  readonly address: number
  mac: string | undefined
  permanent: boolean
  /** When the MAC was last confirmed, epoch milliseconds. */
  confirmedAt: number
  failed: boolean
  waiting: Packet[]
  probes: number
  timer: Timer | undefined
}

const reachableMs = 30_000
const probeMs = 1000
const maxProbes = 3

export class Neighbours {
  readonly #namespace: Namespace
  readonly #entries = new Map<string, Neighbour>()

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  list(): readonly Neighbour[] {
    return [...this.#entries.values()]
  }

  state(entry: Neighbour): string {
    if (entry.permanent) return 'PERMANENT'
    if (entry.failed) return 'FAILED'
    if (entry.mac === undefined) return 'INCOMPLETE'
    if (entry.timer) return 'PROBE'
    return this.#namespace.clock.now() - entry.confirmedAt < reachableMs ? 'REACHABLE' : 'STALE'
  }

  setPermanent(device: NetworkInterface, address: number, mac: string): void {
    const entry = this.#entry(device, address)
    entry.mac = mac
    entry.permanent = true
    this.#flush(entry)
  }

  remove(device: NetworkInterface, address?: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.device !== device || (address !== undefined && entry.address !== address)) continue
      entry.timer?.cancel()
      this.#entries.delete(key)
    }
  }

  /** Sends now, or once the next hop's MAC is known. */
  send(device: NetworkInterface, nextHop: number, packet: Packet): void {
    const entry = this.#entry(device, nextHop)
    if (entry.mac !== undefined) {
      if (!entry.permanent && this.#namespace.clock.now() - entry.confirmedAt >= reachableMs)
        this.#probe(entry)
      this.#transmit(entry, packet)
      return
    }
    entry.waiting.push(packet)
    if (entry.waiting.length > 100) entry.waiting.shift()
    entry.failed = false
    this.#probe(entry)
  }

  receive(device: NetworkInterface, arp: Arp): void {
    const namespace = this.#namespace
    const mine = namespace.ownsAddress(arp.targetAddress) && arp.targetAddress !== arp.senderAddress
    const known = this.#entries.get(keyOf(device, arp.senderAddress))
    const usable = arp.senderAddress !== 0
    if (usable && (known || (mine && arp.operation === 'request'))) {
      const entry = known ?? this.#entry(device, arp.senderAddress)
      if (!entry.permanent) {
        entry.mac = arp.senderMac
        entry.confirmedAt = namespace.clock.now()
        entry.failed = false
        this.#flush(entry)
      }
    }
    if (arp.operation !== 'request' || !mine) return
    device.transmit({
      source: device.mac,
      destination: arp.senderMac,
      payload: {
        type: 'arp',
        arp: {
          operation: 'reply',
          senderMac: device.mac,
          senderAddress: arp.targetAddress,
          targetMac: arp.senderMac,
          targetAddress: arp.senderAddress,
        },
      },
    })
  }

  dispose(): void {
    for (const entry of this.#entries.values()) entry.timer?.cancel()
    this.#entries.clear()
  }

  #entry(device: NetworkInterface, address: number): Neighbour {
    const key = keyOf(device, address)
    const known = this.#entries.get(key)
    if (known) return known
    const entry: Neighbour = {
      device,
      address,
      mac: undefined,
      permanent: false,
      confirmedAt: 0,
      failed: false,
      waiting: [],
      probes: 0,
      timer: undefined,
    }
    this.#entries.set(key, entry)
    return entry
  }

  /** Asks once, and arms the timer only where nobody has answered by the time the network is quiet. */
  #probe(entry: Neighbour): void {
    if (entry.timer || entry.probes > 0) return
    this.#ask(entry)
    const askedAt = entry.confirmedAt
    this.#namespace.pump.whenIdle(() => {
      if (entry.probes > 0 && entry.confirmedAt === askedAt) this.#arm(entry)
    })
  }

  #arm(entry: Neighbour): void {
    entry.timer = this.#namespace.clock.after(probeMs, () => {
      entry.timer = undefined
      if (entry.probes < maxProbes) {
        this.#ask(entry)
        this.#arm(entry)
      } else {
        this.#fail(entry)
      }
    })
  }

  #ask(entry: Neighbour): void {
    entry.probes++
    const { device } = entry
    const source = this.#namespace.sourceFor(device, entry.address)
    if (source === undefined) return
    device.transmit({
      source: device.mac,
      destination: entry.mac ?? broadcastMac,
      payload: {
        type: 'arp',
        arp: {
          operation: 'request',
          senderMac: device.mac,
          senderAddress: source,
          targetMac: '00:00:00:00:00:00',
          targetAddress: entry.address,
        },
      },
    })
  }

  #fail(entry: Neighbour): void {
    entry.probes = 0
    entry.mac = undefined
    entry.failed = true
    for (const packet of entry.waiting.splice(0)) {
      const nobody = `nobody on ${entry.device.name} answers ARP for ${formatAddress(entry.address)}`
      packet.trace?.hop(this.#namespace.name, 'drop', nobody)
      this.#namespace.stack.sendIcmpError(packet, 'host-unreachable')
    }
  }

  #flush(entry: Neighbour): void {
    entry.probes = 0
    entry.timer?.cancel()
    entry.timer = undefined
    for (const packet of entry.waiting.splice(0)) this.#transmit(entry, packet)
  }

  #transmit(entry: Neighbour, packet: Packet): void {
    if (entry.mac === undefined) return
    entry.device.transmit({
      source: entry.device.mac,
      destination: entry.mac,
      payload: { type: 'ipv4', packet },
    })
  }
}

function keyOf(device: NetworkInterface, address: number): string {
  return `${device.index}/${address}`
}
