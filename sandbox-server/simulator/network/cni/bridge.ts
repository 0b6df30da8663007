// The bridge plugin: pods as ports of a bridge on the node, which is their gateway (plugins/main/bridge).
import { BridgeInterface } from '../bridge.ts'
import { cidr, formatAddress } from '../ipv4.ts'
import { insideOf } from '../namespace.ts'
import { VethInterface } from '../network-interface.ts'
import { allocate, release } from './host-local.ts'
import { hostVethName } from './host-veth.ts'
import type { CniPlugin } from './plugin.ts'
import { networkName } from './ptp.ts'

export const bridge: CniPlugin = {
  type: 'bridge',
  add(call) {
    const { configuration } = call
    const node = insideOf(call.node.network)
    const pod = insideOf(call.network)
    const name = typeof configuration.bridge === 'string' ? configuration.bridge : 'cni0'
    const mtu = Number(configuration.mtu ?? 1500) || 1500
    const known = node.interface(name)
    if (known && !(known instanceof BridgeInterface))
      throw new Error(`"${name}" already exists but is not a bridge`)
    const given = allocate(call, networkName(configuration))
    const { address, length, gateway } = given
    const device = known ?? new BridgeInterface(node, { name, mtu })
    const [eth0, host] = VethInterface.pair(
      { namespace: pod, name: 'eth0', mtu },
      { namespace: node, name: hostVethName(node), mtu },
    )
    device.attach(host)
    host.hairpin = configuration.hairpinMode === true
    eth0.addAddress(address, length)
    for (const { destination, via } of given.routes) {
      pod.routes.add({ destination, via: via ?? gateway, device: eth0 })
    }
    if (configuration.isDefaultGateway === true) {
      pod.routes.add({ destination: cidr('0.0.0.0/0'), via: gateway, device: eth0 })
    }
    if (configuration.isGateway === true || configuration.isDefaultGateway === true) {
      device.addAddress(gateway, length)
      node.sysctl.ipForward = true
    }
    return { addresses: [`${formatAddress(address)}/${length}`] }
  },
  del(call) {
    const eth0 = insideOf(call.network).interface('eth0')
    if (eth0) insideOf(call.network).removeInterface(eth0)
    release(call, networkName(call.configuration))
  },
}
