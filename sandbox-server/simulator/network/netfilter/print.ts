// Rules as iptables-save prints them: canonical order, and every default that the real tool writes out.
import { formatAddress, formatCidr } from '../ipv4.ts'
import type { Netfilter } from './netfilter.ts'
import type { MatchModule, Negatable, PortRange, Rule, Table, Target } from './rule.ts'

export function formatRule(chain: string, rule: Rule): string {
  return ['-A', chain, ...ruleWords(rule)].join(' ')
}

export function ruleWords(rule: Rule): string[] {
  const words: string[] = []
  const add = <T>(flag: string, part: Negatable<T> | undefined, text: (value: T) => string) => {
    if (part) words.push(...(part.inverted ? ['!'] : []), flag, text(part.value))
  }
  add('-s', rule.source, formatCidr)
  add('-d', rule.destination, formatCidr)
  add('-i', rule.input, String)
  add('-o', rule.output, String)
  add('-p', rule.protocol, String)
  for (const module of rule.modules) words.push('-m', module.module, ...moduleWords(module))
  if (rule.target) words.push(...targetWords(rule.target))
  return words
}

function moduleWords(module: MatchModule): string[] {
  switch (module.module) {
    case 'comment':
      return ['--comment', quote(module.text)]
    case 'tcp':
    case 'udp':
      return [
        ...negatable('--sport', module.sourcePorts, rangeText),
        ...negatable('--dport', module.destinationPorts, rangeText),
        ...(module.syn
          ? [...(module.syn.inverted ? ['!'] : []), '--tcp-flags', 'FIN,SYN,RST,ACK', 'SYN']
          : []),
      ]
    case 'icmp':
      return negatable(
        '--icmp-type',
        module.type,
        ({ type, code }) => `${type}${code === undefined ? '' : `/${code}`}`,
      )
    case 'multiport':
      return negatable(`--${module.side}`, module.ports, (ports) => ports.map(rangeText).join(','))
    case 'mark':
      return negatable('--mark', module.mark, ({ value, mask }) => markText(value, mask))
    case 'conntrack':
      return negatable('--ctstate', module.states, (states) => states.join(','))
    case 'state':
      return negatable('--state', module.states, (states) => states.join(','))
    case 'addrtype':
      return [
        ...negatable('--src-type', module.source, String),
        ...negatable('--dst-type', module.destination, String),
      ]
    case 'statistic':
      return ['--mode', 'random', '--probability', (module.probability / 2 ** 31).toFixed(11)]
    case 'recent': {
      const words = [...(module.inverted ? ['!'] : []), `--${module.action}`]
      if (module.seconds !== undefined) words.push('--seconds', `${module.seconds}`)
      if (module.reap) words.push('--reap')
      return [...words, '--name', module.name, '--mask', formatAddress(module.mask), `--${module.side}`]
    }
    case 'nfacct':
      // The real tool prints two spaces.
      return ['--nfacct-name', '', module.name]
  }
}

function targetWords(target: Target): string[] {
  switch (target.kind) {
    case 'jump':
      return [target.goes ? '-g' : '-j', target.chain]
    case 'REJECT':
      return ['-j', 'REJECT', '--reject-with', target.with]
    case 'DNAT': {
      const address = target.address === undefined ? '' : formatAddress(target.address)
      return [
        '-j',
        'DNAT',
        '--to-destination',
        target.port === undefined ? address : `${address}:${target.port}`,
      ]
    }
    case 'SNAT': {
      const ports = target.ports ? `:${target.ports.first}-${target.ports.last}` : ''
      const words = ['-j', 'SNAT', '--to-source', `${formatAddress(target.address)}${ports}`]
      return target.randomFully ? [...words, '--random-fully'] : words
    }
    case 'MASQUERADE': {
      const words = ['-j', 'MASQUERADE']
      if (target.ports) words.push('--to-ports', `${target.ports.first}-${target.ports.last}`)
      return target.randomFully ? [...words, '--random-fully'] : words
    }
    case 'REDIRECT':
      return ['-j', 'REDIRECT', ...(target.port === undefined ? [] : ['--to-ports', `${target.port}`])]
    case 'MARK':
      return ['-j', 'MARK', '--set-xmark', `${hex(target.value)}/${hex(target.mask)}`]
    case 'NFQUEUE':
      return ['-j', 'NFQUEUE', '--queue-num', `${target.queue}`, ...(target.bypass ? ['--queue-bypass'] : [])]
    case 'NOTRACK':
      return ['-j', 'CT', '--notrack']
    default:
      return ['-j', target.kind]
  }
}

/** A whole table between `*name` and `COMMIT`. */
export function formatTable(table: Table, options: { readonly counters: boolean }): string[] {
  const lines = [`*${table.name}`]
  const chains = [...table.chains.values()]
  const own = chains
    .filter((chain) => !table.isBuiltIn(chain.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const ordered = [...chains.filter((chain) => table.isBuiltIn(chain.name)), ...own]
  for (const chain of ordered) {
    const counts = options.counters ? `[${chain.packets}:${chain.bytes}]` : '[0:0]'
    lines.push(`:${chain.name} ${chain.policy ?? '-'} ${counts}`)
  }
  for (const chain of ordered) {
    for (const rule of chain.rules) {
      const counts = options.counters ? `[${rule.packets}:${rule.bytes}] ` : ''
      lines.push(`${counts}${formatRule(chain.name, rule)}`)
    }
  }
  lines.push('COMMIT')
  return lines
}

/** What `iptables-save` prints; `now` as date(1) would write it. */
export function saveNetfilter(
  netfilter: Netfilter,
  options: { readonly table?: string | undefined; readonly counters: boolean; readonly now: string },
): string {
  const lines: string[] = []
  for (const table of netfilter.tables()) {
    if (options.table !== undefined && table.name !== options.table) continue
    lines.push(`# Generated by iptables-save v1.8.11 (nf_tables) on ${options.now}`)
    lines.push(...formatTable(table, options), `# Completed on ${options.now}`)
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function negatable<T>(flag: string, part: Negatable<T> | undefined, text: (value: T) => string): string[] {
  return part ? [...(part.inverted ? ['!'] : []), flag, text(part.value)] : []
}

function rangeText(range: PortRange): string {
  return range.first === range.last ? `${range.first}` : `${range.first}:${range.last}`
}

function markText(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`
}

function quote(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `"${text.replace(/(["\\'])/g, '\\$1')}"`
}
