// The interface flannel.1 and its entries for each other node: a route, a permanent neighbour, a forwarding entry
// (flannel-io/flannel, pkg/backend/vxlan). Backend host-gw sets the route alone.
import type { Node } from '../../../../contract/kubernetes.ts'
import { type Cidr, formatCidr, parseAddress, parseCidr } from '../../ipv4.ts'
import type { Namespace } from '../../namespace.ts'
import type { NetworkInterface } from '../../network-interface.ts'
import { VxlanInterface } from '../../vxlan.ts'
import { annotation, type Backend } from './net-conf.ts'

/** Bytes of the envelope: IP 20, UDP 8, VXLAN 8, Ethernet 14. */
const envelopeBytes = 50

export function ensureTunnel(
  namespace: Namespace,
  options: { device: NetworkInterface; own: number; podCidr: Cidr; backend: Backend },
): VxlanInterface {
  const { device, own, podCidr, backend } = options
  const name = `flannel.${backend.vni}`
  const mtu = (backend.mtu ?? device.mtu) - envelopeBytes
  const known = namespace.interface(name)
  const fits = known instanceof VxlanInterface && known.port === backend.port && known.mtu === mtu
  if (known && !fits) namespace.removeInterface(known)
  const tunnel = fits
    ? known
    : new VxlanInterface(namespace, { name, mtu, vni: backend.vni, port: backend.port, local: own, device })
  tunnel.addAddress(podCidr.network, 32)
  return tunnel
}

/** Gives false where the node has not told its part yet. */
export function reachNode(
  namespace: Namespace,
  device: NetworkInterface,
  node: Node,
  backend: Backend,
): boolean {
  const destination = parseCidr(node.spec?.podCIDR ?? '')
  const publicIp = parseAddress(node.metadata?.annotations?.[annotation('public-ip')] ?? '')
  if (!destination || publicIp === undefined) return false
  if (backend.type === 'host-gw') {
    namespace.routes.add({ destination, via: publicIp, device })
    return true
  }
  const mac = macOf(node)
  if (mac === undefined || !(device instanceof VxlanInterface)) return false
  namespace.neighbours.setPermanent(device, destination.network, mac)
  device.forwarding.set(mac, publicIp)
  namespace.routes.add({ destination, via: destination.network, device, onlink: true })
  return true
}

export function forgetNode(namespace: Namespace, node: Node): void {
  const destination = parseCidr(node.spec?.podCIDR ?? '')
  if (!destination) return
  const text = formatCidr(destination)
  namespace.routes.remove((route) => formatCidr(route.destination) === text && route.via !== undefined)
  for (const device of namespace.interfaces()) {
    if (!(device instanceof VxlanInterface)) continue
    namespace.neighbours.remove(device, destination.network)
    const mac = macOf(node)
    if (mac !== undefined) device.forwarding.delete(mac)
  }
}

function macOf(node: Node): string | undefined {
  try {
    const data = JSON.parse(node.metadata?.annotations?.[annotation('backend-data')] ?? 'null') as unknown
    if (typeof data !== 'object' || data === null || !('VtepMAC' in data)) return undefined
    return typeof data.VtepMAC === 'string' ? data.VtepMAC : undefined
  } catch {
    // An annotation that is no JSON comes from nobody's daemon; the node is not reached until it is mended.
    return undefined
  }
}
