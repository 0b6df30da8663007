// Whether a packet fits a rule.
import { contains, isMulticast } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import type { NetworkInterface } from '../network-interface.ts'
import type { Packet } from '../packet.ts'
import type { AddressType, MatchModule, Negatable, PortRange, Rule } from './rule.ts'

export interface MatchContext {
  readonly namespace: Namespace
  readonly packet: Packet
  readonly input: NetworkInterface | undefined
  readonly output: NetworkInterface | undefined
}

export function matches(rule: Rule, context: MatchContext): boolean {
  const { packet } = context
  if (rule.source && contains(rule.source.value, packet.source) === rule.source.inverted) return false
  if (
    rule.destination &&
    contains(rule.destination.value, packet.destination) === rule.destination.inverted
  ) {
    return false
  }
  if (rule.protocol && (rule.protocol.value === packet.body.protocol) === rule.protocol.inverted) return false
  if (rule.input && !namesInterface(rule.input, context.input)) return false
  if (rule.output && !namesInterface(rule.output, context.output)) return false
  for (const module of rule.modules) if (!fits(module, context)) return false
  return true
}

function fits(module: MatchModule, context: MatchContext): boolean {
  const { packet, namespace } = context
  switch (module.module) {
    case 'comment':
      return true
    case 'tcp':
    case 'udp': {
      const { body } = packet
      if (body.protocol !== module.module) return false
      if (module.sourcePorts && !inRange(module.sourcePorts, body.sourcePort)) return false
      if (module.destinationPorts && !inRange(module.destinationPorts, body.destinationPort)) return false
      if (!module.syn) return true
      return body.protocol === 'tcp' && (body.syn && !body.ack) !== module.syn.inverted
    }
    case 'icmp': {
      const { body } = packet
      if (body.protocol !== 'icmp') return false
      const { type, code } = module.type.value
      return (body.type === type && (code === undefined || body.code === code)) !== module.type.inverted
    }
    case 'multiport': {
      const { body } = packet
      if (body.protocol === 'icmp') return false
      const port = module.side === 'sports' ? body.sourcePort : body.destinationPort
      const hit = module.ports.value.some((range) => port >= range.first && port <= range.last)
      return hit !== module.ports.inverted
    }
    case 'mark': {
      const { value, mask } = module.mark.value
      return ((packet.mark & mask) >>> 0 === value) !== module.mark.inverted
    }
    case 'conntrack':
    case 'state': {
      const state = namespace.netfilter.conntrack.state(packet)
      const { value, inverted } = module.states
      const hit =
        value.includes(state) ||
        (packet.flow?.sourceNat === true && value.includes('SNAT')) ||
        (packet.flow?.destinationNat === true && value.includes('DNAT'))
      return hit !== inverted
    }
    case 'addrtype': {
      const { source, destination } = module
      if (source && (typeOf(namespace, packet.source) === source.value) === source.inverted) return false
      return (
        !destination || (typeOf(namespace, packet.destination) === destination.value) !== destination.inverted
      )
    }
    case 'statistic':
      return namespace.random.next() * 2 ** 31 < module.probability
    case 'recent': {
      const address = (module.side === 'rsource' ? packet.source : packet.destination) & module.mask
      const { action, name, seconds, reap } = module
      const hit = namespace.netfilter.recent.ask({ action, name, seconds, reap, address: address >>> 0 })
      return hit !== module.inverted
    }
    case 'nfacct':
      return true
  }
}

function inRange(range: Negatable<PortRange>, port: number): boolean {
  return (port >= range.value.first && port <= range.value.last) !== range.inverted
}

function namesInterface(wanted: Negatable<string>, device: NetworkInterface | undefined): boolean {
  const name = device?.name ?? ''
  const hit = wanted.value.endsWith('+') ? name.startsWith(wanted.value.slice(0, -1)) : name === wanted.value
  return hit !== wanted.inverted
}

function typeOf(namespace: Namespace, address: number): AddressType {
  if (namespace.ownsAddress(address)) return 'LOCAL'
  if (isMulticast(address)) return 'MULTICAST'
  return namespace.isBroadcast(address) ? 'BROADCAST' : 'UNICAST'
}
