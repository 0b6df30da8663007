// The values of iptables options: prefixes, ports, protocols, marks, states. Each throws IptablesError for what it does not know.
import { type Cidr, parseCidr } from '../ipv4.ts'
import type { Protocol } from '../packet.ts'
import { IptablesError } from './iptables-error.ts'
import type { AddressType, PortRange, TrackedState } from './rule.ts'

export function prefix(text: string): Cidr {
  const value = parseCidr(text)
  if (!value) throw new IptablesError(`host/network \`${text}' not found`)
  return value
}

export function protocol(name: string): Protocol {
  const byNumber: Record<string, Protocol> = { '6': 'tcp', '17': 'udp', '1': 'icmp' }
  const known = byNumber[name] ?? name
  if (known === 'tcp' || known === 'udp' || known === 'icmp') return known
  throw new IptablesError(`unknown protocol "${name}" specified`)
}

export function ports(text: string): PortRange {
  const [, first, last] = /^(\d+)(?:[:-](\d+))?$/.exec(text) ?? []
  if (first === undefined || Number(last ?? first) > 65_535) {
    throw new IptablesError(`invalid port/service \`${text}' specified`)
  }
  return { first: Number(first), last: Number(last ?? first) }
}

export function icmpType(text: string): { type: number; code?: number } {
  const names: Record<string, string> = {
    'echo-request': '8',
    'echo-reply': '0',
    'destination-unreachable': '3',
    'fragmentation-needed': '3/4',
    'port-unreachable': '3/3',
    'time-exceeded': '11',
  }
  const [, type, code] = /^(\d+)(?:\/(\d+))?$/.exec(names[text] ?? text) ?? []
  if (type === undefined) throw new IptablesError(`Invalid ICMP type \`${text}'`)
  return { type: Number(type), ...(code !== undefined && { code: Number(code) }) }
}

export function valueAndMask(text: string): { value: number; mask: number } {
  const [value = '', mask = '0xffffffff'] = text.split('/')
  if (Number.isNaN(Number(value)) || Number.isNaN(Number(mask)))
    throw new IptablesError(`bad mark value "${text}"`)
  return { value: Number(value) >>> 0, mask: Number(mask) >>> 0 }
}

const stateOrder: readonly TrackedState[] = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
]

export function states(text: string): readonly TrackedState[] {
  const wanted = text.toUpperCase().split(',')
  const unknown = wanted.find((state) => !(stateOrder as readonly string[]).includes(state))
  if (unknown !== undefined) throw new IptablesError(`Bad ctstate "${unknown}"`)
  return stateOrder.filter((state) => wanted.includes(state))
}

export function addressType(text: string): AddressType {
  if (text === 'LOCAL' || text === 'UNICAST' || text === 'BROADCAST' || text === 'MULTICAST') return text
  throw new IptablesError(`addrtype: bad type "${text}"`)
}
