// What follows -j or -g: a verdict, a chain of the user's, or a target extension with its options.
import { parseAddress } from '../ipv4.ts'
import { type PortRange, type RejectWith, rejectKinds, type Target } from './rule.ts'
import type { Words } from './words.ts'

export class TargetError extends Error {}

export function parseTarget(words: Words, goes: boolean): Target {
  const name = words.expect('-j')
  if (goes) return { kind: 'jump', chain: name, goes }
  switch (name) {
    case 'ACCEPT':
    case 'DROP':
    case 'RETURN':
    case 'NOTRACK':
      return { kind: name }
    case 'REJECT':
      return { kind: 'REJECT', with: rejectWith(words) }
    case 'DNAT': {
      const [addressText = '', port] = option(words, '--to-destination').split(':')
      const address = parseAddress(addressText)
      if (address === undefined && addressText !== '')
        throw new TargetError(`Bad IP address "${addressText}"`)
      return { kind: 'DNAT', address, port: port === undefined ? undefined : Number(port) }
    }
    case 'SNAT': {
      const [addressText = '', range] = option(words, '--to-source').split(':')
      const address = parseAddress(addressText)
      if (address === undefined) throw new TargetError(`Bad IP address "${addressText}"`)
      const ports = range === undefined ? undefined : portRange(range)
      return { kind: 'SNAT', address, ports, randomFully: flag(words, '--random-fully') }
    }
    case 'MASQUERADE': {
      const range = optional(words, '--to-ports')
      const ports = range === undefined ? undefined : portRange(range)
      return { kind: 'MASQUERADE', ports, randomFully: flag(words, '--random-fully') }
    }
    case 'REDIRECT': {
      const port = optional(words, '--to-ports')
      return { kind: 'REDIRECT', port: port === undefined ? undefined : Number(port) }
    }
    case 'MARK':
      return mark(words)
    case 'NFQUEUE': {
      const queue = Number(optional(words, '--queue-num') ?? 0)
      return { kind: 'NFQUEUE', queue, bypass: flag(words, '--queue-bypass') }
    }
    case 'CT':
      if (flag(words, '--notrack')) return { kind: 'NOTRACK' }
      throw new TargetError('CT: only --notrack is simulated')
    case 'LOG':
    case 'NFLOG':
    case 'TCPMSS':
    case 'TPROXY':
    case 'CONNMARK':
    case 'SET':
      throw new TargetError(`the target ${name} is not simulated`)
    default:
      return { kind: 'jump', chain: name, goes: false }
  }
}

function mark(words: Words): Target {
  const kind = words.expect('-j MARK')
  const [value = '', mask] = words.expect(kind).split('/')
  const bits = Number(value) >>> 0
  if (Number.isNaN(Number(value))) throw new TargetError(`MARK: bad value "${value}"`)
  const given = mask === undefined ? 0xffffffff : Number(mask) >>> 0
  switch (kind) {
    case '--set-xmark':
      return { kind: 'MARK', value: bits, mask: given }
    case '--set-mark':
      return { kind: 'MARK', value: bits, mask: (given | bits) >>> 0 }
    case '--or-mark':
      return { kind: 'MARK', value: bits, mask: bits }
    case '--and-mark':
      return { kind: 'MARK', value: 0, mask: ~bits >>> 0 }
    case '--xor-mark':
      return { kind: 'MARK', value: bits, mask: 0 }
    default:
      throw new TargetError(`unknown option "${kind}"`)
  }
}

function rejectWith(words: Words): RejectWith {
  const how = optional(words, '--reject-with') ?? 'icmp-port-unreachable'
  const short = how.startsWith('icmp-') || how === 'tcp-reset' ? how : `icmp-${how}`
  if (short === 'tcp-reset' || short in rejectKinds) return short as RejectWith
  throw new TargetError(`unknown reject type "${how}"`)
}

function option(words: Words, name: string): string {
  const value = optional(words, name)
  if (value === undefined) throw new TargetError(`option "${name}" must be specified`)
  return value
}

function optional(words: Words, name: string): string | undefined {
  if (words.peek() !== name) return undefined
  words.next()
  return words.expect(name)
}

function flag(words: Words, name: string): boolean {
  if (words.peek() !== name) return false
  words.next()
  return true
}

function portRange(text: string): PortRange {
  const [first = '', last = first] = text.split('-')
  return { first: Number(first), last: Number(last) }
}
