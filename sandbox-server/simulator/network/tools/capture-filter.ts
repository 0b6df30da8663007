// Filter expressions of tcpdump (pcap-filter(7)): hosts, nets, ports, protocols, and, or, not and parentheses.
import { contains, parseCidr } from '../ipv4.ts'
import { broadcastMac, type Frame, type Packet } from '../packet.ts'

export type CaptureFilter = (frame: Frame) => boolean

export class FilterSyntaxError extends Error {}

type Direction = 'src' | 'dst' | 'either'

export function parseFilter(words: readonly string[]): CaptureFilter {
  const text = words
    .join(' ')
    .replace(/([()!])/g, ' $1 ')
    .replace(/&&/g, ' and ')
    .replace(/\|\|/g, ' or ')
  const tokens = text.split(/\s+/).filter((token) => token !== '')
  if (tokens.length === 0) return () => true
  const parser = new FilterParser(tokens)
  const filter = parser.or()
  parser.end()
  return filter
}

class FilterParser {
  readonly #tokens: string[]

  constructor(tokens: readonly string[]) {
    this.#tokens = [...tokens]
  }

  or(): CaptureFilter {
    let left = this.#and()
    while (this.#accept('or')) {
      const first = left
      const second = this.#and()
      left = (frame) => first(frame) || second(frame)
    }
    return left
  }

  end(): void {
    if (this.#tokens.length > 0) throw new FilterSyntaxError('syntax error')
  }

  #and(): CaptureFilter {
    let left = this.#not()
    while (this.#accept('and')) {
      const first = left
      const second = this.#not()
      left = (frame) => first(frame) && second(frame)
    }
    return left
  }

  #not(): CaptureFilter {
    if (this.#accept('not') || this.#accept('!')) {
      const inner = this.#not()
      return (frame) => !inner(frame)
    }
    if (this.#accept('(')) {
      const inner = this.or()
      if (!this.#accept(')')) throw new FilterSyntaxError('syntax error')
      return inner
    }
    return this.#primitive()
  }

  /** `[tcp|udp|...] [src|dst] [host|net|port|portrange] value` */
  #primitive(): CaptureFilter {
    const protocol = this.#take(['tcp', 'udp', 'icmp', 'arp', 'ip', 'ip6', 'broadcast'])
    const direction: Direction = this.#accept('src') ? 'src' : this.#accept('dst') ? 'dst' : 'either'
    const kind = this.#take(['host', 'net', 'port', 'portrange'])
    const own = protocol === undefined ? () => true : ofProtocol(protocol)
    const next = this.#tokens[0]
    if (kind === undefined && direction === 'either') {
      if (protocol !== undefined) return own
      if (next === undefined || parseCidr(next) === undefined) throw new FilterSyntaxError('syntax error')
    }
    const value = this.#tokens.shift()
    if (value === undefined) throw new FilterSyntaxError('syntax error')
    const part =
      kind === 'port' || kind === 'portrange' ? portFilter(value, direction) : hostFilter(value, direction)
    return (frame) => own(frame) && part(frame)
  }

  #take(words: readonly string[]): string | undefined {
    const [next] = this.#tokens
    return next !== undefined && words.includes(next) ? this.#tokens.shift() : undefined
  }

  #accept(word: string): boolean {
    if (this.#tokens[0] !== word) return false
    this.#tokens.shift()
    return true
  }
}

function ofProtocol(protocol: string): CaptureFilter {
  if (protocol === 'arp') return (frame) => frame.payload.type === 'arp'
  if (protocol === 'ip') return (frame) => frame.payload.type === 'ipv4'
  if (protocol === 'ip6') return () => false
  if (protocol === 'broadcast') return (frame) => frame.destination === broadcastMac
  return (frame) => packetOf(frame)?.body.protocol === protocol
}

function hostFilter(value: string, direction: Direction): CaptureFilter {
  const prefix = parseCidr(value)
  if (!prefix) throw new FilterSyntaxError(`unknown host '${value}'`)
  return (frame) => {
    const [source, destination] =
      frame.payload.type === 'arp'
        ? [frame.payload.arp.senderAddress, frame.payload.arp.targetAddress]
        : [frame.payload.packet.source, frame.payload.packet.destination]
    return either(direction, contains(prefix, source), contains(prefix, destination))
  }
}

function portFilter(value: string, direction: Direction): CaptureFilter {
  const names: Record<string, number> = { domain: 53, http: 80, https: 443, ssh: 22 }
  const [firstText = '', lastText = firstText] = value.split('-')
  const first = names[firstText] ?? Number(firstText)
  const last = names[lastText] ?? Number(lastText)
  if (!Number.isInteger(first) || !Number.isInteger(last))
    throw new FilterSyntaxError(`unknown port '${value}'`)
  const inside = (port: number) => port >= first && port <= last
  return (frame) => {
    const body = packetOf(frame)?.body
    if (!body || body.protocol === 'icmp') return false
    return either(direction, inside(body.sourcePort), inside(body.destinationPort))
  }
}

function either(direction: Direction, source: boolean, destination: boolean): boolean {
  return direction === 'src' ? source : direction === 'dst' ? destination : source || destination
}

function packetOf(frame: Frame): Packet | undefined {
  return frame.payload.type === 'ipv4' ? frame.payload.packet : undefined
}
