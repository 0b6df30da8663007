// bridge(8) of iproute2: ports and forwarding databases of bridges, and of VXLAN tunnels.
import type { Program } from '../../node/process.ts'
import { BridgeInterface } from '../bridge.ts'
import { formatAddress } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import { VxlanInterface } from '../vxlan.ts'
import { flagsText } from './ip-link.ts'
import { lines, tool } from './output.ts'

export const bridge: Program = tool((namespace, process) => {
  const argv = process.argv.slice(1)
  const details = argv.includes('-d') || argv.includes('-details')
  const [object, ...rest] = argv.filter((word) => !word.startsWith('-'))
  const device = valueAfter(rest, 'dev')
  if (object === 'link') return { code: 0, out: lines(ports(namespace, device, details)) }
  if (object === 'fdb') return { code: 0, out: lines(entries(namespace, device, valueAfter(rest, 'br'))) }
  const error =
    object === undefined
      ? 'Usage: bridge [ -d ] { link | fdb } [ show ] [ dev DEV ]\n'
      : `Object "${object}" is not simulated, try "bridge link" or "bridge fdb".\n`
  return { code: 255, error }
})

function ports(namespace: Namespace, device: string | undefined, details: boolean): string[] {
  return namespace.interfaces().flatMap((one) => {
    if (!one.master || (device !== undefined && one.name !== device)) return []
    const head = `${one.index}: ${one.label}: ${flagsText(one)} mtu ${one.mtu} master ${one.master.name} state forwarding priority 32 cost 2 `
    if (!details) return [head]
    const hairpin = one.hairpin ? 'on' : 'off'
    return [
      head,
      `    hairpin ${hairpin} guard off root_block off fastleave off learning on flood on mcast_flood on bcast_flood on mcast_router 1 mcast_to_unicast off neigh_suppress off vlan_tunnel off isolated off locked off `,
    ]
  })
}

function entries(namespace: Namespace, device: string | undefined, bridgeName: string | undefined): string[] {
  const rows: string[] = []
  for (const one of namespace.interfaces()) {
    if (
      one instanceof VxlanInterface &&
      bridgeName === undefined &&
      (device === undefined || device === one.name)
    ) {
      for (const [mac, remote] of one.forwarding) {
        rows.push(
          `${mac} ${device === undefined ? `dev ${one.name} ` : ''}dst ${formatAddress(remote)} self permanent`,
        )
      }
    }
    if (!(one instanceof BridgeInterface) || (bridgeName !== undefined && bridgeName !== one.name)) continue
    for (const { mac, port } of one.learnt()) {
      if (device !== undefined && device !== port.name) continue
      rows.push(`${mac} ${device === undefined ? `dev ${port.name} ` : ''}master ${one.name}`)
    }
    for (const port of one.ports) {
      if (device !== undefined && device !== port.name) continue
      rows.push(`${port.mac} ${device === undefined ? `dev ${port.name} ` : ''}master ${one.name} permanent`)
    }
  }
  return rows
}

function valueAfter(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word)
  return at >= 0 ? words[at + 1] : undefined
}
