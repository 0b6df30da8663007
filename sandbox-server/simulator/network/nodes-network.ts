// The network that the nodes stand on, as kind's Docker network: one switch, 172.18.0.0/16, whose gateway is the machine that runs
// everything. Nothing lies beyond: the gateway answers "network unreachable".

import { BridgeInterface } from './bridge.ts'
import { address, cidr, formatAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import type { Network } from './network.ts'
import { VethInterface } from './network-interface.ts'

export class NodesNetwork {
  readonly subnet = cidr('172.18.0.0/16')
  readonly gateway = address('172.18.0.1')
  /** The namespace of the machine that runs the nodes. */
  readonly host: Namespace
  readonly #bridge: BridgeInterface
  readonly #network: Network

  constructor(network: Network) {
    this.#network = network
    this.host = network.namespace('host')
    this.host.sysctl.ipForward = true
    this.host.sysctl.bridgeNetfilter = false
    this.#bridge = new BridgeInterface(this.host, { name: 'br-kind' })
    this.#bridge.addAddress(this.gateway, this.subnet.length)
  }

  /** A new namespace with eth0 on the switch and its default route through the gateway. `ip` is like `172.18.0.3`. */
  machine(name: string, ip: string, options: { forwards?: boolean; mtu?: number } = {}): Namespace {
    const namespace = this.#network.namespace(name)
    namespace.sysctl.ipForward = options.forwards ?? false
    const mtu = options.mtu ?? 1500
    const [eth0, port] = VethInterface.pair(
      { namespace, name: 'eth0', mtu },
      { namespace: this.host, name: `veth${this.#network.random.suffix(7)}`, mtu },
    )
    this.#bridge.attach(port)
    eth0.addAddress(address(ip), this.subnet.length)
    namespace.routes.add({ destination: cidr('0.0.0.0/0'), via: this.gateway, device: eth0 })
    return namespace
  }

  /** Addresses in use on the switch, the gateway's included. */
  addresses(): readonly string[] {
    const taken = [formatAddress(this.gateway)]
    for (const namespace of this.#network.namespaces()) {
      const eth0 = namespace.interface('eth0')
      if (!(eth0 instanceof VethInterface) || eth0.peer?.master !== this.#bridge) continue
      for (const one of eth0.addresses) taken.push(formatAddress(one.address))
    }
    return taken
  }
}
