// `ip route`: show with its filters, get, and the changes of add, replace and del.
import {
  type Cidr,
  contains,
  formatAddress,
  formatCidr,
  isLoopback,
  parseAddress,
  parseCidr,
} from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import { formatRoute, type Route, type RouteType } from '../routing-table.ts'
import { describe } from '../socket-errors.ts'
import { lines, type ToolResult } from './output.ts'

export function routeCommand(namespace: Namespace, words: readonly string[], onlyIpv6: boolean): ToolResult {
  const [verb = 'show', ...rest] = words
  if (onlyIpv6) return { code: 0 }
  switch (verb) {
    case 'show':
    case 'list':
    case 's':
    case 'ls':
      return show(namespace, rest)
    case 'get':
    case 'g':
      return get(namespace, rest)
    case 'add':
    case 'replace':
    case 'append':
      return add(namespace, rest, verb === 'replace')
    case 'del':
    case 'delete':
      return remove(namespace, rest)
    default:
      return { code: 1, error: `Command "${verb}" is unknown, try "ip route help".\n` }
  }
}

/** The kernel lists by destination, then by length. */
function inOrder(routes: readonly Route[]): readonly Route[] {
  return routes.toSorted(
    (a, b) => a.destination.network - b.destination.network || a.destination.length - b.destination.length,
  )
}

function show(namespace: Namespace, words: readonly string[]): ToolResult {
  const filters: ((route: Route) => boolean)[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (
      word === 'dev' ||
      word === 'proto' ||
      word === 'via' ||
      word === 'scope' ||
      word === 'match' ||
      word === 'table'
    ) {
      const value = rest.shift() ?? ''
      if (word === 'table') {
        if (value === 'local') return { code: 0, out: lines(localTable(namespace)) }
        if (value !== 'main' && value !== 'all') return { code: 0 }
      } else filters.push(filterOf(word, value))
    } else {
      const exact =
        word === 'default'
          ? parseCidr('0.0.0.0/0')
          : parseCidr(word === 'exact' || word === 'root' ? (rest.shift() ?? '') : word)
      if (!exact) return { code: 1, error: `Error: any valid prefix is expected rather than "${word}".\n` }
      filters.push(
        ({ destination }) => destination.network === exact.network && destination.length === exact.length,
      )
    }
  }
  const chosen = inOrder(namespace.routes.list()).filter((route) => filters.every((filter) => filter(route)))
  return { code: 0, out: lines(chosen.map((route) => `${formatRoute(route)} `)) }
}

function filterOf(word: string, value: string): (route: Route) => boolean {
  switch (word) {
    case 'dev':
      return (route) => route.device?.name === value
    case 'proto':
      return (route) => route.protocol === value
    case 'via':
      return (route) => route.via !== undefined && formatAddress(route.via) === value
    case 'scope':
      return (route) => route.scope === value
    default: {
      const inside = parseCidr(value)
      return ({ destination }) => inside !== undefined && contains(destination, inside.network)
    }
  }
}

function localTable(namespace: Namespace): string[] {
  return namespace.interfaces().flatMap((device) =>
    device.addresses.flatMap((one) => {
      const source = formatAddress(one.address)
      if (device.kind === 'loopback') {
        return [
          `local ${formatCidr({ network: one.address & 0xff000000, length: 8 })} dev lo proto kernel scope host src ${source} `,
          `local ${source} dev lo proto kernel scope host src ${source} `,
        ]
      }
      const own = `local ${source} dev ${device.name} proto kernel scope host src ${source} `
      const everybody = device.broadcastAddress(one)
      const broadcast = `broadcast ${everybody} dev ${device.name} proto kernel scope link src ${source} `
      return everybody === undefined ? [own] : [own, broadcast]
    }),
  )
}

function get(namespace: Namespace, words: readonly string[]): ToolResult {
  const text = words[0] ?? ''
  const value = parseAddress(text)
  if (value === undefined)
    return { code: 1, error: `Error: any valid prefix is expected rather than "${text}".\n` }
  const way = namespace.stack.routeTo(value)
  if (typeof way === 'string') {
    const error = describe(way)
    return { code: 2, error: `RTNETLINK answers: ${error[0]?.toUpperCase()}${error.slice(1)}\n` }
  }
  const source = namespace.stack.sourceTowards(value)
  const from = typeof source === 'number' ? ` src ${formatAddress(source)}` : ''
  if (!way.route) {
    const local = isLoopback(value) ? `local ${text} dev lo src 127.0.0.1` : `local ${text} dev lo${from}`
    return { code: 0, out: `${local} uid 0 \n    cache <local> \n` }
  }
  const via = way.route.via === undefined ? '' : ` via ${formatAddress(way.route.via)}`
  return { code: 0, out: `${text}${via} dev ${way.device.name}${from} uid 0 \n    cache \n` }
}

interface Draft {
  readonly type: RouteType
  readonly destination: Cidr
  readonly options: ReadonlyMap<string, string>
  readonly onlink: boolean
}

function add(namespace: Namespace, words: readonly string[], replaces: boolean): ToolResult {
  const draft = parseRoute(words)
  if (typeof draft === 'string') return { code: 1, error: `${draft}\n` }
  const { destination, type, options, onlink } = draft
  const same = (route: Route) => formatCidr(route.destination) === formatCidr(destination)
  if (!replaces && namespace.routes.list().some(same))
    return { code: 2, error: 'RTNETLINK answers: File exists\n' }
  const via = parseAddress(options.get('via') ?? '')
  const name = options.get('dev')
  const device =
    name !== undefined
      ? namespace.interface(name)
      : via !== undefined
        ? namespace.routes.lookup(via)?.device
        : undefined
  if (name !== undefined && !device) return { code: 1, error: `Cannot find device "${name}"\n` }
  if (type === 'unicast' && !device) return { code: 2, error: 'Error: Nexthop has invalid gateway.\n' }
  namespace.routes.add({
    destination,
    type,
    device,
    via,
    onlink,
    source: parseAddress(options.get('src') ?? ''),
    protocol: options.get('proto') ?? 'boot',
    metric: Number(options.get('metric') ?? 0),
    ...(type !== 'unicast' && { scope: 'global' as const }),
  })
  return { code: 0 }
}

function remove(namespace: Namespace, words: readonly string[]): ToolResult {
  const draft = parseRoute(words)
  if (typeof draft === 'string') return { code: 1, error: `${draft}\n` }
  const { destination, options } = draft
  const removed = namespace.routes.remove(
    (route) =>
      formatCidr(route.destination) === formatCidr(destination) &&
      [...options].every(([word, value]) => filterOf(word, value)(route)),
  )
  return removed > 0 ? { code: 0 } : { code: 2, error: 'RTNETLINK answers: No such process\n' }
}

function parseRoute(words: readonly string[]): Draft | string {
  const rest = [...words]
  let type: RouteType = 'unicast'
  const first = rest[0]
  if (first === 'unreachable' || first === 'blackhole' || first === 'prohibit') {
    type = first
    rest.shift()
  }
  const text = rest.shift() ?? ''
  const destination = parseCidr(text === 'default' ? '0.0.0.0/0' : text)
  if (!destination) return `Error: any valid prefix is expected rather than "${text}".`
  const options = new Map<string, string>()
  let onlink = false
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === 'onlink') onlink = true
    else if (['via', 'dev', 'src', 'proto', 'scope', 'metric'].includes(word))
      options.set(word, rest.shift() ?? '')
    else return `Error: either "to" is duplicate, or "${word}" is a garbage.`
  }
  return { type, destination, options, onlink }
}
