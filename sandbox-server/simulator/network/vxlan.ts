// A VXLAN tunnel's end (RFC 7348, drivers/net/vxlan): frames leave inside UDP datagrams of the node, to the node that the
// forwarding database names for their MAC address.
import { formatAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import { NetworkInterface } from './network-interface.ts'
import { type Frame, makePacket, type Packet, type UdpDatagram } from './packet.ts'

export interface VxlanOptions {
  readonly name: string
  readonly mac?: string
  readonly mtu: number
  readonly vni: number
  readonly port: number
  readonly local: number
  readonly device: NetworkInterface
}

export class VxlanInterface extends NetworkInterface {
  readonly vni: number
  readonly port: number
  readonly local: number
  readonly device: NetworkInterface
  /** MAC address to the tunnel end behind which it lies. */
  readonly forwarding = new Map<string, number>()

  constructor(namespace: Namespace, options: VxlanOptions) {
    const { name, mtu, vni, port, local, device } = options
    super(namespace, 'vxlan', { name, mtu, mac: options.mac ?? namespace.network.mac() })
    this.vni = vni
    this.port = port
    this.local = local
    this.device = device
    namespace.addInterface(this)
    namespace.tunnels.set(port, (packet) => this.#unwrap(packet))
  }

  protected override carry(frame: Frame): void {
    const packet = frame.payload.type === 'ipv4' ? frame.payload.packet : undefined
    const remote = this.forwarding.get(frame.destination)
    if (remote === undefined) {
      packet?.trace?.hop(this.namespace.name, 'drop', `${this.name} knows no node for ${frame.destination}`)
      return
    }
    packet?.trace?.hop(
      this.namespace.name,
      'link',
      `${this.name}: VXLAN ${this.vni} in UDP ${formatAddress(this.local)} -> ${formatAddress(remote)}:${this.port}`,
    )
    const body: UdpDatagram = {
      protocol: 'udp',
      sourcePort: 32_768 + (hashOf(frame) % 28_232),
      destinationPort: this.port,
      data: new Uint8Array(0),
      inner: frame,
      vni: this.vni,
    }
    this.namespace.stack.output(makePacket(this.local, remote, body, { trace: packet?.trace }))
  }

  #unwrap(packet: Packet): void {
    const { body } = packet
    if (body.protocol !== 'udp' || !body.inner || body.vni !== this.vni) return
    this.receive(body.inner)
  }

  override removed(): void {
    super.removed()
    this.namespace.tunnels.delete(this.port)
  }
}

/** The outer source port stands for the inner flow, so that links share out flows and not packets. */
function hashOf(frame: Frame): number {
  if (frame.payload.type === 'arp') return 0
  const { source, destination, body } = frame.payload.packet
  const ports = body.protocol === 'icmp' ? body.identifier : body.sourcePort * 31 + body.destinationPort
  return Math.abs((source * 31 + destination) ^ ports)
}
