// How ip(8) prints interfaces and their addresses: long, brief (-br), in one line (-o), with details (-d).
import { BridgeInterface } from '../bridge.ts'
import { formatAddress } from '../ipv4.ts'
import { type InterfaceAddress, type NetworkInterface, VethInterface } from '../network-interface.ts'
import { VxlanInterface } from '../vxlan.ts'

export interface LinkStyle {
  readonly brief: boolean
  readonly oneLine: boolean
  readonly details: boolean
  readonly statistics: boolean
}

export function flagsText(device: NetworkInterface): string {
  const kind = device.kind === 'loopback' ? 'LOOPBACK' : 'BROADCAST,MULTICAST'
  if (!device.up) return `<${kind}>`
  return device.isUp ? `<${kind},UP,LOWER_UP>` : `<NO-CARRIER,${kind},UP>`
}

function stateOf(device: NetworkInterface): string {
  if (!device.isUp) return 'DOWN'
  if (device.kind === 'loopback' || device.kind === 'vxlan') return 'UNKNOWN'
  return device instanceof BridgeInterface && device.ports.length === 0 ? 'DOWN' : 'UP'
}

export function formatLink(device: NetworkInterface, style: LinkStyle): string {
  if (style.brief) return `${briefHead(device)}${device.mac} ${flagsText(device)} `
  return join(style, [head(device, 'mode DEFAULT '), ...linkLines(device, style)])
}

/** Undefined where -br or -o has nothing to show. */
export function formatAddresses(
  device: NetworkInterface,
  style: LinkStyle,
  withLink: boolean,
): string | undefined {
  if (style.brief) {
    const all = device.addresses.map((one) => `${formatAddress(one.address)}/${one.length} `)
    return `${briefHead(device)}${all.join('')}`
  }
  const forever = '       valid_lft forever preferred_lft forever'
  if (style.oneLine) {
    const rows = device.addresses.map((one) => {
      const start = `${device.index}: ${device.name}    ${addressText(device, one)}`
      return `${start}\\${forever}`
    })
    return rows.length === 0 ? undefined : rows.join('\n')
  }
  const own = device.addresses.flatMap((one) => [`    ${addressText(device, one)}`, forever])
  if (own.length === 0 && !withLink) return undefined
  const link = withLink ? linkLines(device, { ...style, details: false }) : []
  return [head(device, ''), ...link, ...own].join('\n')
}

function addressText(device: NetworkInterface, one: InterfaceAddress): string {
  const broadcast = device.kind === 'loopback' ? undefined : device.broadcastAddress(one)
  const words = [`inet ${formatAddress(one.address)}/${one.length}`]
  if (broadcast !== undefined) words.push(`brd ${broadcast}`)
  words.push(`scope ${one.scope}`, device.name)
  return words.join(' ')
}

function briefHead(device: NetworkInterface): string {
  return `${device.label.padEnd(16)} ${stateOf(device).padEnd(14)} `
}

function head(device: NetworkInterface, mode: string): string {
  const master = device.master ? `master ${device.master.name} ` : ''
  const queue = device.kind === 'loopback' ? ' qlen 1000' : ''
  const about = `mtu ${device.mtu} qdisc noqueue ${master}state ${stateOf(device)} ${mode}group default${queue}`
  return `${device.index}: ${device.label}: ${flagsText(device)} ${about}`
}

function linkLines(device: NetworkInterface, style: LinkStyle): string[] {
  const loopback = device.kind === 'loopback'
  const broadcast = loopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'
  const elsewhere =
    device instanceof VethInterface && device.peer && device.peer.namespace !== device.namespace
  const netns = elsewhere ? ' link-netnsid 0' : ''
  const first = `    link/${loopback ? 'loopback' : 'ether'} ${device.mac} brd ${broadcast}${netns}`
  const rows = style.details
    ? [`${first} promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 `, ...kindLine(device)]
    : [first]
  if (!style.statistics) return rows
  const { received, sent } = device
  const counts = (one: typeof received) => `    ${one.bytes} ${one.packets} 0 ${one.dropped} 0 0`
  return [
    ...rows,
    '    RX:  bytes packets errors dropped  missed   mcast',
    counts(received),
    '    TX:  bytes packets errors dropped carrier collsns',
    counts(sent),
  ]
}

function kindLine(device: NetworkInterface): string[] {
  const tail = ' addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 '
  if (device instanceof VxlanInterface) {
    const { vni, port, local } = device
    const about = `vxlan id ${vni} local ${formatAddress(local)} dev ${device.device.name} srcport 0 0 dstport ${port}`
    return [`    ${about} nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx${tail}`]
  }
  if (device instanceof VethInterface) {
    const slave = device.master
      ? [`    bridge_slave state forwarding priority 32 cost 2 hairpin ${device.hairpin ? 'on' : 'off'}`]
      : []
    return [`    veth${slave.length === 0 ? tail : ' '}`, ...slave]
  }
  return device instanceof BridgeInterface
    ? [`    bridge forward_delay 1500 hello_time 200 max_age 2000${tail}`]
    : [tail.trimStart()]
}

function join(style: LinkStyle, rows: readonly string[]): string {
  return style.oneLine ? rows.join('\\') : rows.join('\n')
}
