// dig's command line: servers, names, types, +options; several queries on one line. Source: bind 9.18, bin/dig/dig.c.
import { type RecordType, recordTypes } from '../../../network/dns/message.ts'

export interface DigQuery {
  server: string | undefined
  port: number
  name: string
  type: RecordType
  short: boolean
  search: boolean
  showSearch: boolean
  tcp: boolean
  recurse: boolean
  command: boolean
  comments: boolean
  question: boolean
  answer: boolean
  authority: boolean
  additional: boolean
  stats: boolean
  ttl: boolean
  /** The class column. */
  class: boolean
  edns: boolean
  identify: boolean
  timeoutSeconds: number
  tries: number
  ndots: number | undefined
  bufferSize: number
  family: 4 | 6 | undefined
  source: string | undefined
}

export class DigUsageError extends Error {}

const defaults = (): DigQuery => ({
  server: undefined,
  port: 53,
  name: '.',
  type: 'NS',
  short: false,
  search: false,
  showSearch: false,
  tcp: false,
  recurse: true,
  command: true,
  comments: true,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  stats: true,
  ttl: true,
  class: true,
  edns: true,
  identify: false,
  timeoutSeconds: 5,
  tries: 3,
  ndots: undefined,
  bufferSize: 1232,
  family: undefined,
  source: undefined,
})

/** Options before the first name hold for all queries. */
export function parseDig(words: readonly string[]): DigQuery[] {
  let shared = defaults()
  let current: DigQuery | undefined
  let typed = false
  const queries: DigQuery[] = []
  const query = () => current ?? shared
  const begin = (name: string, type: RecordType = 'A'): void => {
    current = { ...shared, name, type: typed && !current ? shared.type : type }
    queries.push(current)
  }
  const setType = (type: RecordType): void => {
    query().type = type
    if (!current) typed = true
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const value = (attached: string): string => {
      if (attached !== '') return attached
      const next = words[++index]
      if (next === undefined) throw new DigUsageError(`Invalid option: ${word}`)
      return next
    }
    if (word.startsWith('@')) query().server = word.slice(1)
    else if (word.startsWith('+')) plusOption(query(), word.slice(1))
    else if (word.startsWith('-') && word.length > 1) {
      const letter = word.slice(1, 2)
      const attached = word.slice(2)
      if (letter === '4' || letter === '6') query().family = letter === '4' ? 4 : 6
      else if (letter === 'x') begin(reverseName(value(attached)), 'PTR')
      else if (letter === 'p') query().port = Number(value(attached))
      else if (letter === 'b') query().source = value(attached)
      else if (letter === 'q') begin(value(attached))
      else if (letter === 't') setType(typeOf(value(attached)) ?? 'A')
      else if (letter === 'c') value(attached)
      else if (letter !== 'u' && letter !== 'r' && letter !== 'm')
        throw new DigUsageError(`Invalid option: ${word}`)
    } else {
      const type = typeOf(word)
      // A word that names a type is one, unless a name is still missing after it (dig.c: dashless arguments).
      if (type && (current || words.length > index + 1)) setType(type)
      else if (word.toUpperCase() !== 'IN') begin(word)
    }
    if (!current) shared = { ...shared }
  }
  return queries.length > 0 ? queries : [shared]
}

function typeOf(word: string): RecordType | undefined {
  const upper = word.toUpperCase()
  return upper in recordTypes && upper !== 'OPT' ? (upper as RecordType) : undefined
}

function plusOption(query: DigQuery, text: string): void {
  const [head = '', value = ''] = text.split('=')
  const on = !head.startsWith('no')
  const name = on ? head : head.slice(2)
  const set = (
    ...keys: ('command' | 'comments' | 'question' | 'answer' | 'authority' | 'additional' | 'stats')[]
  ) => {
    for (const key of keys) query[key] = on
  }
  const is = (full: string, least: number) => name.length >= least && full.startsWith(name)
  if (name === 'all') set('comments', 'question', 'answer', 'authority', 'additional', 'stats')
  else if (is('short', 2)) query.short = on
  else if (is('search', 3)) query.search = on
  else if (is('showsearch', 5)) query.search = query.showSearch = on
  else if (is('defname', 3)) query.search = on
  else if (name === 'tcp' || name === 'vc') query.tcp = on
  else if (is('recurse', 3)) query.recurse = on
  else if (is('cmd', 2)) set('command')
  else if (is('comments', 3)) set('comments')
  else if (is('question', 1)) set('question')
  else if (is('answer', 2)) set('answer')
  else if (is('authority', 2)) set('authority')
  else if (is('additional', 3)) set('additional')
  else if (is('stats', 2)) set('stats')
  else if (is('ttlid', 4) || name === 'ttl') query.ttl = on
  else if (is('class', 2)) query.class = on
  else if (is('edns', 2)) query.edns = on
  else if (is('identify', 3)) query.identify = on
  else if (is('timeout', 2) || name === 'time') query.timeoutSeconds = Math.max(1, Number(value) || 1)
  else if (name === 'tries') query.tries = Math.max(1, Number(value) || 1)
  else if (name === 'retry') query.tries = Math.max(1, Number(value) || 0) + 1
  else if (is('ndots', 2)) query.ndots = Number(value)
  else if (is('bufsize', 1)) query.bufferSize = Number(value) || 512
  else if (!accepted.some((known) => known.startsWith(name)))
    throw new DigUsageError(`Invalid option: +${text}`)
}

const accepted = [
  'adflag',
  'cdflag',
  'cookie',
  'dnssec',
  'multiline',
  'onesoa',
  'trace',
  'qr',
  'nssearch',
  'crypto',
  'idnin',
  'idnout',
  'rrcomments',
  'ignore',
  'fail',
  'aaonly',
  'split',
  'expire',
  'keepopen',
]

export function reverseName(address: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  if (!address.includes(':')) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const middle = address.includes('::')
    ? Array.from({ length: 8 - left.length - right.length }, () => '0')
    : []
  const digits = [...left, ...middle, ...right].map((part) => part.padStart(4, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}
