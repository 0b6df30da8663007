// conntrack(8): lists and removes the flows that the namespace tracks, in the format of conntrack-tools 1.4.
import type { Program } from '../../node/process.ts'
import { formatAddress, parseAddress } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import type { Flow, Tuple } from '../netfilter/conntrack.ts'
import { lines, type ToolResult, tool } from './output.ts'

const numbers = { tcp: 6, udp: 17, icmp: 1 } as const

export const conntrack: Program = tool((namespace, process) => {
  const argv = process.argv.slice(1)
  const command = argv.find((word) =>
    ['-L', '--dump', '-D', '--delete', '-C', '--count', '-F', '--flush', '-E'].includes(word),
  )
  if (command === undefined) return usage('you have to specify a command')
  if (command === '-E') return usage('following events (-E) is not simulated; list with -L')
  if (command === '-C' || command === '--count')
    return { code: 0, out: `${namespace.netfilter.conntrack.list().length}\n` }
  const filter = parseFilter(argv.filter((word) => word !== command))
  if (typeof filter === 'string') return usage(filter)
  if (command === '-F' || command === '--flush') {
    namespace.netfilter.conntrack.removeWhere(() => true)
    return {
      code: 0,
      error: 'conntrack v1.4.8 (conntrack-tools): connection tracking table has been emptied.\n',
    }
  }
  if (command === '-L' || command === '--dump') {
    return shown(namespace, namespace.netfilter.conntrack.list().filter(filter), 'shown')
  }
  const removed = namespace.netfilter.conntrack.removeWhere(filter)
  const result = shown(namespace, removed, 'deleted')
  return removed.length === 0 ? { ...result, code: 1 } : result
})

function shown(namespace: Namespace, flows: readonly Flow[], what: string): ToolResult {
  const now = namespace.clock.now()
  const error = `conntrack v1.4.8 (conntrack-tools): ${flows.length} flow entries have been ${what}.\n`
  return { code: 0, out: lines(flows.map((flow) => formatFlow(flow, now))), error }
}

export function formatFlow(flow: Flow, now: number): string {
  const { protocol } = flow.original
  const words = [
    `${protocol.padEnd(8)} ${numbers[protocol]} ${Math.max(0, Math.ceil((flow.expiresAt - now) / 1000))}`,
    ...(flow.tcpState ? [flow.tcpState] : []),
    tupleText(flow.original, true),
    ...(flow.seenReply ? [] : ['[UNREPLIED]']),
    tupleText(flow.reply, false),
    ...(flow.isAssured ? ['[ASSURED]'] : []),
    `mark=${flow.mark}`,
    'use=1',
  ]
  return words.join(' ')
}

function tupleText(tuple: Tuple, isOriginal: boolean): string {
  const addresses = `src=${formatAddress(tuple.source)} dst=${formatAddress(tuple.destination)}`
  if (tuple.protocol === 'icmp')
    return `${addresses} type=${isOriginal ? 8 : 0} code=0 id=${tuple.sourcePort}`
  return `${addresses} sport=${tuple.sourcePort} dport=${tuple.destinationPort}`
}

type Filter = (flow: Flow) => boolean

/** Gives the error in words where an option is not known. */
function parseFilter(argv: readonly string[]): Filter | string {
  const filters: Filter[] = []
  const words = [...argv]
  for (let flag = words.shift(); flag !== undefined; flag = words.shift()) {
    if (['-n', '--any-nat', '-j', '--src-nat', '-g', '--dst-nat'].includes(flag)) {
      const source = flag !== '-g' && flag !== '--dst-nat'
      const destination = flag !== '-n' && flag !== '--src-nat'
      filters.push((flow) => (source && flow.sourceNat) || (destination && flow.destinationNat))
      continue
    }
    const value = words.shift()
    if (value === undefined) return `option \`${flag}' requires an argument`
    const filter = valueFilter(flag, value)
    if (!filter) return `unknown option \`${flag}'`
    filters.push(filter)
  }
  return (flow) => filters.every((filter) => filter(flow))
}

function valueFilter(flag: string, value: string): Filter | undefined {
  const address = parseAddress(value.replace(/\/32$/, ''))
  const port = Number(value)
  switch (flag) {
    case '-p':
    case '--proto':
      return (flow) => flow.original.protocol === value
    case '-s':
    case '--src':
    case '--orig-src':
      return (flow) => flow.original.source === address
    case '-d':
    case '--dst':
    case '--orig-dst':
      return (flow) => flow.original.destination === address
    case '-r':
    case '--reply-src':
      return (flow) => flow.reply.source === address
    case '-q':
    case '--reply-dst':
      return (flow) => flow.reply.destination === address
    case '--sport':
    case '--orig-port-src':
      return (flow) => flow.original.sourcePort === port
    case '--dport':
    case '--orig-port-dst':
      return (flow) => flow.original.destinationPort === port
    case '--reply-port-src':
      return (flow) => flow.reply.sourcePort === port
    case '--reply-port-dst':
      return (flow) => flow.reply.destinationPort === port
    case '--state':
      return (flow) => flow.tcpState === value.toUpperCase()
    case '-f':
      return () => value === 'ipv4'
    case '-o':
      return () => true
    default:
      return undefined
  }
}

function usage(message: string): ToolResult {
  return {
    code: 2,
    error: `conntrack v1.4.8 (conntrack-tools): ${message}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`,
  }
}
