// The ptp plugin: a veth pair between pod and node, no bridge; the node has a route to each pod (plugins/main/ptp).
import { cidr, formatAddress } from '../ipv4.ts'
import { insideOf } from '../namespace.ts'
import { VethInterface } from '../network-interface.ts'
import { allocate, release } from './host-local.ts'
import { hostVethName } from './host-veth.ts'
import type { CniPlugin } from './plugin.ts'

export const ptp: CniPlugin = {
  type: 'ptp',
  add(call) {
    const node = insideOf(call.node.network)
    const pod = insideOf(call.network)
    const given = allocate(call, networkName(call.configuration))
    const mtu = Number(call.configuration.mtu ?? 1500) || 1500
    const [eth0, host] = VethInterface.pair(
      { namespace: pod, name: 'eth0', mtu },
      { namespace: node, name: hostVethName(node), mtu },
    )
    const { address, length, gateway } = given
    eth0.addAddress(address, length)
    // The subnet is reached through the gateway, not as neighbours on a wire.
    pod.routes.remove((route) => route.device === eth0)
    const subnet = cidr(`${formatAddress(address)}/${length}`)
    pod.routes.add({
      destination: { network: gateway, length: 32 },
      device: eth0,
      source: address,
      scope: 'link',
    })
    pod.routes.add({ destination: subnet, via: gateway, device: eth0, source: address })
    for (const { destination, via } of given.routes) {
      pod.routes.add({ destination, via: via ?? gateway, device: eth0 })
    }
    host.addAddress(gateway, 32)
    node.sysctl.ipForward = true
    node.routes.add({ destination: { network: address, length: 32 }, device: host, scope: 'host' })
    return { addresses: [`${formatAddress(address)}/${length}`] }
  },
  del(call) {
    const eth0 = insideOf(call.network).interface('eth0')
    if (eth0) insideOf(call.network).removeInterface(eth0)
    release(call, networkName(call.configuration))
  },
}

/** The runtime puts the list's name into every plugin's configuration. */
export function networkName(configuration: Readonly<Record<string, unknown>>): string {
  return typeof configuration.name === 'string' ? configuration.name : 'default'
}
