// The interfaces of a namespace: loopback and veth pairs. Bridges and VXLAN tunnels extend them in files of their own.
import { formatAddress, maskOf, networkOf } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import { cloneFrame, type Frame, packetLength } from './packet.ts'

export interface InterfaceAddress {
  readonly address: number
  readonly length: number
  readonly scope: 'global' | 'link' | 'host'
}

export type InterfaceKind = 'loopback' | 'veth' | 'bridge' | 'vxlan'

/** What an interface is enslaved to: the part of a bridge that its ports see. */
export interface BridgeMaster extends NetworkInterface {
  receiveFrom(port: NetworkInterface, frame: Frame): void
}

export interface Capture {
  readonly time: number
  readonly interface: NetworkInterface
  readonly direction: 'in' | 'out'
  readonly frame: Frame
}

export class NetworkInterface {
  readonly kind: InterfaceKind
  readonly namespace: Namespace
  readonly index: number
  name: string
  mac: string
  mtu: number
  up = true
  readonly addresses: InterfaceAddress[] = []
  master: BridgeMaster | undefined
  /** Bridge port option: frames may leave by the port they came in. */
  hairpin = false
  readonly taps = new Set<(capture: Capture) => void>()
  readonly received = { packets: 0, bytes: 0, dropped: 0 }
  readonly sent = { packets: 0, bytes: 0, dropped: 0 }

  constructor(
    namespace: Namespace,
    kind: InterfaceKind,
    options: { name: string; mac: string; mtu: number },
  ) {
    this.namespace = namespace
    this.kind = kind
    this.index = namespace.nextInterfaceIndex()
    this.name = options.name
    this.mac = options.mac
    this.mtu = options.mtu
  }

  /** `eth0@if7`, as ip(8) names a veth whose other end lies in another namespace. */
  get label(): string {
    return this.name
  }

  get isUp(): boolean {
    return this.up
  }

  addAddress(value: number, length: number, scope: InterfaceAddress['scope'] = 'global'): void {
    if (this.addresses.some((known) => known.address === value && known.length === length)) return
    this.addresses.push({ address: value, length, scope })
    this.namespace.addressesChanged()
    if (length < 32 && this.kind !== 'loopback') {
      this.namespace.routes.add({
        destination: { network: networkOf(value, length), length },
        device: this,
        source: value,
        scope: 'link',
        protocol: 'kernel',
      })
    }
  }

  /** Hands a frame to the medium. */
  transmit(frame: Frame): void {
    if (!this.isUp) {
      this.sent.dropped++
      return
    }
    this.countSent(frame)
    this.carry(frame)
  }

  /** Loopback: what is sent comes back in. */
  protected carry(frame: Frame): void {
    this.namespace.pump.enqueue(() => this.receive(frame))
  }

  /** A frame that came in over the medium. */
  receive(frame: Frame): void {
    if (!this.isUp || this.namespace.isDeleted) {
      this.received.dropped++
      return
    }
    this.received.packets++
    this.received.bytes += frame.payload.type === 'ipv4' ? packetLength(frame.payload.packet) : 28
    this.capture('in', frame)
    if (this.master) this.master.receiveFrom(this, frame)
    else this.namespace.stack.receive(this, frame)
  }

  protected countSent(frame: Frame): void {
    this.sent.packets++
    this.sent.bytes += frame.payload.type === 'ipv4' ? packetLength(frame.payload.packet) : 28
    this.capture('out', frame)
  }

  protected capture(direction: 'in' | 'out', frame: Frame): void {
    if (this.taps.size === 0) return
    const capture: Capture = {
      time: this.namespace.clock.now(),
      interface: this,
      direction,
      frame: cloneFrame(frame),
    }
    for (const tap of this.taps) tap(capture)
  }

  /** Called once when the interface is removed. */
  removed(): void {
    this.up = false
  }

  broadcastAddress(of: InterfaceAddress): string | undefined {
    return of.length >= 31 ? undefined : formatAddress((of.address | ~maskOf(of.length)) >>> 0)
  }
}

/** One end of a virtual cable. The ends may lie in different namespaces. */
export class VethInterface extends NetworkInterface {
  #peer: VethInterface | undefined
  /** Packets above this many bytes vanish on the cable without a word, as on a path whose MTU nobody tells. */
  limitBytes: number | undefined

  static pair(
    a: { namespace: Namespace; name: string; mac?: string; mtu?: number },
    b: { namespace: Namespace; name: string; mac?: string; mtu?: number },
  ): readonly [VethInterface, VethInterface] {
    const make = (end: typeof a) =>
      new VethInterface(end.namespace, 'veth', {
        name: end.name,
        mac: end.mac ?? end.namespace.network.mac(),
        mtu: end.mtu ?? 1500,
      })
    const left = make(a)
    const right = make(b)
    left.#peer = right
    right.#peer = left
    a.namespace.addInterface(left)
    b.namespace.addInterface(right)
    return [left, right]
  }

  get peer(): VethInterface | undefined {
    return this.#peer
  }

  override get label(): string {
    if (!this.#peer) return this.name
    const other = this.#peer
    return `${this.name}@${other.namespace === this.namespace ? other.name : `if${other.index}`}`
  }

  override get isUp(): boolean {
    return this.up && this.#peer?.up === true
  }

  protected override carry(frame: Frame): void {
    const peer = this.#peer
    if (!peer) return
    if (this.limitBytes !== undefined && frame.payload.type === 'ipv4') {
      const packet = frame.payload.packet
      if (Math.min(packetLength(packet), packet.fragmentBytes ?? 65535) > this.limitBytes) {
        packet.trace?.hop(
          this.namespace.name,
          'drop',
          `${packetLength(packet)} bytes are too many for ${this.label}`,
        )
        return
      }
    }
    this.namespace.pump.enqueue(() => peer.receive(frame))
  }

  /** The other end goes with it. */
  override removed(): void {
    super.removed()
    const peer = this.#peer
    this.#peer = undefined
    if (!peer) return
    peer.#peer = undefined
    peer.namespace.removeInterface(peer)
  }
}
