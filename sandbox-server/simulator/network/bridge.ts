// A learning Ethernet bridge (net/bridge of Linux): the switch between the nodes, and Flannel's cni0. With br_netfilter, IPv4 frames
// between two ports meet the namespace's netfilter rules as routed packets do.
import type { Namespace } from './namespace.ts'
import { type BridgeMaster, NetworkInterface } from './network-interface.ts'
import { broadcastMac, cloneFrame, type Frame } from './packet.ts'

interface Learnt {
  readonly port: NetworkInterface
  at: number
}

const ageingMs = 300_000

export class BridgeInterface extends NetworkInterface implements BridgeMaster {
  readonly ports: NetworkInterface[] = []
  readonly #learnt = new Map<string, Learnt>()

  constructor(namespace: Namespace, options: { name: string; mac?: string; mtu?: number }) {
    super(namespace, 'bridge', {
      name: options.name,
      mac: options.mac ?? namespace.network.mac(),
      mtu: options.mtu ?? 1500,
    })
    namespace.addInterface(this)
  }

  attach(port: NetworkInterface): void {
    port.master = this
    this.ports.push(port)
  }

  detach(port: NetworkInterface): void {
    const index = this.ports.indexOf(port)
    if (index >= 0) this.ports.splice(index, 1)
    if (port.master === this) port.master = undefined
    for (const [mac, learnt] of this.#learnt) if (learnt.port === port) this.#learnt.delete(mac)
  }

  /** What `bridge fdb` shows as learnt. */
  learnt(): readonly { readonly mac: string; readonly port: NetworkInterface }[] {
    const now = this.namespace.clock.now()
    return [...this.#learnt]
      .filter(([, entry]) => now - entry.at < ageingMs)
      .map(([mac, entry]) => ({ mac, port: entry.port }))
  }

  receiveFrom(port: NetworkInterface, frame: Frame): void {
    this.#learnt.set(frame.source, { port, at: this.namespace.clock.now() })
    const forUs = frame.destination === this.mac
    const toAll = frame.destination === broadcastMac
    if (forUs || toAll) this.#up(toAll ? cloneFrame(frame) : frame)
    if (!forUs) this.#forward(port, frame)
  }

  /** What the namespace itself sends goes to the port behind which the receiver is, or to all. */
  protected override carry(frame: Frame): void {
    const port = this.#portOf(frame.destination)
    if (port) port.transmit(frame)
    else for (const each of this.ports) each.transmit(cloneFrame(frame))
  }

  #up(frame: Frame): void {
    if (!this.isUp) return
    this.received.packets++
    this.capture('in', frame)
    this.namespace.stack.receive(this, frame)
  }

  #forward(from: NetworkInterface, frame: Frame): void {
    const netfilter = this.namespace.netfilter
    if (frame.payload.type === 'ipv4' && this.namespace.sysctl.bridgeNetfilter && !netfilter.isEmpty) {
      const { packet } = frame.payload
      packet.mark = 0
      packet.flow = undefined
      packet.isReply = false
      packet.isInvalid = false
      packet.isUntracked = false
      packet.input = this
      const destination = packet.destination
      if (!netfilter.run('PREROUTING', packet, this, undefined)) return
      // br_netfilter: what DNAT turned elsewhere is routed, not bridged.
      if (packet.destination !== destination) {
        this.namespace.stack.route(packet, this)
        return
      }
      if (!netfilter.run('FORWARD', packet, this, this)) return
      if (!netfilter.run('POSTROUTING', packet, this, this)) return
    }
    const port = this.#portOf(frame.destination)
    if (port) {
      if (port !== from || port.hairpin) port.transmit(frame)
      return
    }
    for (const each of this.ports) {
      if (each !== from || each.hairpin) each.transmit(cloneFrame(frame))
    }
  }

  #portOf(mac: string): NetworkInterface | undefined {
    const entry = this.#learnt.get(mac)
    if (!entry || this.namespace.clock.now() - entry.at >= ageingMs) return undefined
    return entry.port
  }

  override removed(): void {
    super.removed()
    for (const port of [...this.ports]) this.detach(port)
  }
}
