// One network namespace: its interfaces, addresses, routes, neighbours, netfilter and sockets (network_namespaces(7)).
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { IcmpStack } from './icmp.ts'
import { IpStack } from './ip-stack.ts'
import { address, isLoopback, networkOf } from './ipv4.ts'
import { Neighbours } from './neighbours.ts'
import { Netfilter } from './netfilter/netfilter.ts'
import type { Network } from './network.ts'
import { NetworkInterface } from './network-interface.ts'
import type { NetworkNamespace } from './network-namespace.ts'
import type { Pump } from './pump.ts'
import { RoutingTable } from './routing-table.ts'
import type { Sockets } from './socket.ts'
import { NamespaceSockets } from './sockets.ts'
import { TcpStack } from './tcp/tcp-stack.ts'
import { UdpStack } from './udp.ts'

/** What /proc/sys/net holds and the data plane looks at. */
export interface Sysctl {
  ipForward: boolean
  /** conf/all/route_localnet: kube-proxy sets it, so that node ports answer on 127.0.0.1. */
  routeLocalnet: boolean
  /** bridge-nf-call-iptables of br_netfilter. */
  bridgeNetfilter: boolean
}

export class Namespace implements NetworkNamespace {
  readonly name: string
  readonly network: Network
  readonly routes = new RoutingTable()
  readonly neighbours: Neighbours
  readonly stack: IpStack
  readonly tcp: TcpStack
  readonly udp: UdpStack
  readonly icmp: IcmpStack
  readonly sockets: Sockets
  readonly netfilter: Netfilter
  readonly sysctl: Sysctl = { ipForward: false, routeLocalnet: false, bridgeNetfilter: true }
  readonly loopback: NetworkInterface
  /** Where VXLAN tunnels take in what reaches their UDP port: port to receiver. */
  readonly tunnels = new Map<number, (packet: import('./packet.ts').Packet) => void>()
  isDeleted = false
  readonly #interfaces = new Map<string, NetworkInterface>()
  readonly #owned = new Map<number, NetworkInterface>()
  #nextIndex = 1
  #nextIdentification = 0

  constructor(network: Network, name: string) {
    this.network = network
    this.name = name
    this.neighbours = new Neighbours(this)
    this.stack = new IpStack(this)
    this.tcp = new TcpStack(this)
    this.udp = new UdpStack(this)
    this.icmp = new IcmpStack(this)
    this.netfilter = new Netfilter(this)
    this.sockets = new NamespaceSockets(this)
    this.loopback = new NetworkInterface(this, 'loopback', {
      name: 'lo',
      mac: '00:00:00:00:00:00',
      mtu: 65536,
    })
    this.addInterface(this.loopback)
    this.loopback.addAddress(address('127.0.0.1'), 8, 'host')
  }

  get clock(): Clock {
    return this.network.clock
  }

  get random(): Random {
    return this.network.random
  }

  get pump(): Pump {
    return this.network.pump
  }

  nextInterfaceIndex(): number {
    return this.#nextIndex++
  }

  /** The next value of the IP header's identification field. */
  nextIdentification(): number {
    this.#nextIdentification = (this.#nextIdentification + 1) & 0xffff
    return this.#nextIdentification
  }

  interfaces(): readonly NetworkInterface[] {
    return [...this.#interfaces.values()]
  }

  interface(name: string): NetworkInterface | undefined {
    return this.#interfaces.get(name)
  }

  addInterface(added: NetworkInterface): void {
    if (this.#interfaces.has(added.name)) throw new Error(`interface ${added.name} exists in ${this.name}`)
    this.#interfaces.set(added.name, added)
  }

  /** Takes its addresses, routes, neighbours and the other end of its cable with it. */
  removeInterface(removed: NetworkInterface): void {
    if (this.#interfaces.get(removed.name) !== removed) return
    this.#interfaces.delete(removed.name)
    removed.addresses.length = 0
    removed.master = undefined
    this.addressesChanged()
    this.routes.remove((route) => route.device === removed)
    this.neighbours.remove(removed)
    for (const other of this.#interfaces.values()) {
      if (other.kind === 'bridge') (other as import('./bridge.ts').BridgeInterface).detach(removed)
    }
    removed.removed()
  }

  addressesChanged(): void {
    this.#owned.clear()
    for (const device of this.#interfaces.values()) {
      for (const owned of device.addresses) {
        if (!this.#owned.has(owned.address)) this.#owned.set(owned.address, device)
      }
    }
  }

  ownsAddress(value: number): boolean {
    return isLoopback(value) || this.#owned.has(value)
  }

  /** Whether the address means everybody on a network of ours. */
  isBroadcast(value: number): boolean {
    if (value === 0xffffffff) return true
    for (const device of this.#interfaces.values()) {
      for (const { address: own, length } of device.addresses) {
        if (length >= 31 || device.kind === 'loopback') continue
        if (
          networkOf(own, length) === networkOf(value, length) &&
          value === (value | (2 ** (32 - length) - 1)) >>> 0
        ) {
          return true
        }
      }
    }
    return false
  }

  /** The address that a device speaks with towards `destination` (inet_select_addr of Linux). */
  sourceFor(device: NetworkInterface, destination: number): number | undefined {
    const near = device.addresses.find(
      (one) => networkOf(one.address, one.length) === networkOf(destination, one.length),
    )
    const own = near ?? device.addresses.find((one) => one.scope !== 'host')
    if (own) return own.address
    for (const other of this.#interfaces.values()) {
      const global = other.addresses.find((one) => one.scope === 'global')
      if (global) return global.address
    }
    return device.addresses[0]?.address
  }

  /** What the last process's exit does: sockets vanish without a word, cables are cut. */
  delete(): void {
    if (this.isDeleted) return
    this.isDeleted = true
    for (const device of this.interfaces()) this.removeInterface(device)
    this.tcp.dispose()
    this.udp.dispose()
    this.icmp.dispose()
    this.neighbours.dispose()
    this.network.forget(this)
  }
}

/** The simulator's own namespace behind the seam's type, for programs that print or program it. */
export function insideOf(namespace: NetworkNamespace): Namespace {
  if (namespace instanceof Namespace) return namespace
  throw new TypeError(`${namespace.name} is not a namespace of the simulator`)
}
