// The table that `iptables -L` prints of a chain, with -n, -v and --line-numbers.

import type { Cidr } from '../ipv4.ts'
import { formatCidr } from '../ipv4.ts'
import { ruleWords } from '../netfilter/print.ts'
import type { Chain, Negatable, Rule, Table, Target } from '../netfilter/rule.ts'

export interface ListOptions {
  readonly numeric: boolean
  readonly verbose: boolean
  readonly lineNumbers: boolean
}

export function listChain(table: Table, chain: Chain, options: ListOptions): string {
  const { packets, bytes } = chain
  const references = [...table.chains.values()]
    .flatMap((other) => other.rules)
    .filter((rule) => rule.target?.kind === 'jump' && rule.target.chain === chain.name).length
  const counted = options.verbose ? ` ${short(packets)} packets, ${short(bytes)} bytes` : ''
  const about = chain.policy ? `policy ${chain.policy}${counted}` : `${references} references`
  const number = options.lineNumbers ? 'num  ' : ''
  const head = options.verbose
    ? `${number} pkts bytes target     prot opt in     out     source               destination         `
    : `${number}target     prot opt source               destination         `
  const rows = chain.rules.map((rule, index) => {
    const start = options.lineNumbers ? `${index + 1}`.padEnd(5) : ''
    return start + (options.verbose ? verboseRow(rule, options) : shortRow(rule, options))
  })
  return `${[`Chain ${chain.name} (${about})`, head, ...rows].join('\n')}\n`
}

function shortRow(rule: Rule, options: ListOptions): string {
  const cells = [
    targetName(rule.target).padEnd(10),
    protocolText(rule, options).padEnd(4),
    '--',
    ` ${side(rule.source, options).padEnd(20)}`,
    side(rule.destination, options).padEnd(20),
  ]
  return `${cells.join(' ')}${extras(rule)}`
}

function verboseRow(rule: Rule, options: ListOptions): string {
  const cells = [
    short(rule.packets).padStart(5),
    short(rule.bytes).padStart(5),
    targetName(rule.target).padEnd(10),
    protocolText(rule, options).padEnd(4),
    '--',
    ` ${named(rule.input).padEnd(6)}`,
    named(rule.output).padEnd(7),
    side(rule.source, options).padEnd(20),
    side(rule.destination, options).padEnd(20),
  ]
  return `${cells.join(' ')}${extras(rule)}`
}

/** Modules and target options, close to the tool's own words. */
function extras(rule: Rule): string {
  const words: string[] = []
  for (const module of rule.modules) {
    if (module.module === 'comment') words.push(`/* ${module.text} */`)
    else if (module.module === 'tcp' || module.module === 'udp') {
      const { destinationPorts, sourcePorts } = module
      const port = (name: string, range: typeof destinationPorts) => {
        if (!range) return
        const { first, last } = range.value
        const text = first === last ? `${name}:${first}` : `${name}s:${first}:${last}`
        words.push(module.module, `${range.inverted ? '!' : ''}${text}`)
      }
      if (!destinationPorts && !sourcePorts) words.push(module.module)
      port('spt', sourcePorts)
      port('dpt', destinationPorts)
    } else {
      words.push(...ruleWords({ ...bare, modules: [module] }).slice(1))
    }
  }
  if (rule.target && rule.target.kind !== 'jump') {
    const own = ruleWords({ ...bare, target: rule.target }).slice(2)
    if (rule.target.kind === 'DNAT') words.push(`to:${own[1]}`)
    else if (rule.target.kind === 'REJECT') words.push(`reject-with ${own[1]}`)
    else words.push(...own)
  }
  return words.length === 0 ? '' : ` ${words.join(' ')}`
}

const bare: Rule = {
  source: undefined,
  destination: undefined,
  input: undefined,
  output: undefined,
  protocol: undefined,
  modules: [],
  target: undefined,
  packets: 0,
  bytes: 0,
}

function targetName(target: Target | undefined): string {
  if (!target) return ''
  return target.kind === 'jump' ? target.chain : target.kind
}

function protocolText(rule: Rule, options: ListOptions): string {
  const numbers = { tcp: '6', udp: '17', icmp: '1' }
  if (!rule.protocol) return options.numeric ? '0' : 'all'
  const text = options.numeric ? numbers[rule.protocol.value] : rule.protocol.value
  return rule.protocol.inverted ? `!${text}` : text
}

function side(part: Negatable<Cidr> | undefined, options: ListOptions): string {
  if (!part) return options.numeric ? '0.0.0.0/0' : 'anywhere'
  const text = formatCidr(part.value).replace(/\/32$/, '')
  return part.inverted ? `!${text}` : text
}

function named(part: Negatable<string> | undefined): string {
  return part ? `${part.inverted ? '!' : ''}${part.value}` : '*'
}

/** 12345 as 12345, above that as 123K, 45M. */
function short(value: number): string {
  if (value < 100_000) return `${value}`
  const thousands = Math.round(value / 1000)
  if (thousands < 10_000) return `${thousands}K`
  const millions = Math.round(thousands / 1000)
  return millions < 10_000 ? `${millions}M` : `${Math.round(millions / 1000)}G`
}
