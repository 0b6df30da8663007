// Rules of iptables as values: what a packet must look like, and what becomes of it (iptables(8), iptables-extensions(8)).
import type { Cidr } from '../ipv4.ts'
import type { Protocol } from '../packet.ts'
import type { FlowState } from './conntrack.ts'

/** A condition that `!` may turn around. */
export interface Negatable<T> {
  readonly value: T
  readonly inverted: boolean
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

export type TrackedState = FlowState | 'SNAT' | 'DNAT'

export type MatchModule =
  | { readonly module: 'comment'; readonly text: string }
  | {
      readonly module: 'tcp' | 'udp'
      readonly sourcePorts?: Negatable<PortRange>
      readonly destinationPorts?: Negatable<PortRange>
      /** --syn */
      readonly syn?: Negatable<true>
    }
  | { readonly module: 'icmp'; readonly type: Negatable<{ readonly type: number; readonly code?: number }> }
  | {
      readonly module: 'multiport'
      readonly side: 'sports' | 'dports'
      readonly ports: Negatable<readonly PortRange[]>
    }
  | { readonly module: 'mark'; readonly mark: Negatable<{ readonly value: number; readonly mask: number }> }
  | { readonly module: 'conntrack'; readonly states: Negatable<readonly TrackedState[]> }
  | { readonly module: 'state'; readonly states: Negatable<readonly TrackedState[]> }
  | {
      readonly module: 'addrtype'
      readonly source?: Negatable<AddressType>
      readonly destination?: Negatable<AddressType>
    }
  /** In units of 2^-31, as the kernel keeps it. */
  | { readonly module: 'statistic'; readonly probability: number }
  | {
      readonly module: 'recent'
      readonly action: 'set' | 'rcheck' | 'update' | 'remove'
      readonly inverted: boolean
      readonly seconds?: number
      readonly reap: boolean
      readonly name: string
      readonly mask: number
      readonly side: 'rsource' | 'rdest'
    }
  | { readonly module: 'nfacct'; readonly name: string }

export type AddressType = 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST'

export const rejectKinds = {
  'icmp-net-unreachable': 'net-unreachable',
  'icmp-host-unreachable': 'host-unreachable',
  'icmp-proto-unreachable': 'protocol-unreachable',
  'icmp-port-unreachable': 'port-unreachable',
  'icmp-net-prohibited': 'net-prohibited',
  'icmp-host-prohibited': 'host-prohibited',
  'icmp-admin-prohibited': 'admin-prohibited',
} as const

export type RejectWith = keyof typeof rejectKinds | 'tcp-reset'

export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'NOTRACK' }
  | { readonly kind: 'RETURN' }
  /** `goes`: -g instead of -j. */
  | { readonly kind: 'jump'; readonly chain: string; readonly goes: boolean }
  | { readonly kind: 'REJECT'; readonly with: RejectWith }
  | { readonly kind: 'DNAT'; readonly address: number | undefined; readonly port: number | undefined }
  | {
      readonly kind: 'SNAT'
      readonly address: number
      readonly ports: PortRange | undefined
      readonly randomFully: boolean
    }
  | { readonly kind: 'MASQUERADE'; readonly ports: PortRange | undefined; readonly randomFully: boolean }
  | { readonly kind: 'REDIRECT'; readonly port: number | undefined }
  /** mark = (mark & ~mask) ^ value */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number }
  | { readonly kind: 'NFQUEUE'; readonly queue: number; readonly bypass: boolean }

export interface Rule {
  readonly source: Negatable<Cidr> | undefined
  readonly destination: Negatable<Cidr> | undefined
  /** With a final `+`: every name that begins so. */
  readonly input: Negatable<string> | undefined
  readonly output: Negatable<string> | undefined
  readonly protocol: Negatable<Protocol> | undefined
  readonly modules: readonly MatchModule[]
  /** Undefined: the rule counts and nothing else. */
  readonly target: Target | undefined
  packets: number
  bytes: number
}

export interface Chain {
  readonly name: string
  /** Of built-in chains. */
  policy: 'ACCEPT' | 'DROP' | undefined
  rules: Rule[]
  packets: number
  bytes: number
}

export const builtInChains = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const
export type TableName = keyof typeof builtInChains

export class Table {
  readonly name: TableName
  readonly chains = new Map<string, Chain>()

  constructor(name: TableName) {
    this.name = name
    for (const chain of builtInChains[name]) this.chains.set(chain, makeChain(chain, 'ACCEPT'))
  }

  get isEmpty(): boolean {
    for (const chain of this.chains.values()) {
      if (chain.policy === undefined || chain.policy === 'DROP' || chain.rules.length > 0) return false
    }
    return true
  }

  isBuiltIn(chain: string): boolean {
    return (builtInChains[this.name] as readonly string[]).includes(chain)
  }
}

export function makeChain(name: string, policy?: 'ACCEPT' | 'DROP'): Chain {
  return { name, policy, rules: [], packets: 0, bytes: 0 }
}
