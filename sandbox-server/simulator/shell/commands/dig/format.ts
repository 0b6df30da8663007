// A DNS answer as dig prints it. Source: bind 9.18, bin/dig/dig.c (printmessage, received), lib/dns/masterdump.c.
import { absolute, type DnsMessage, type DnsRecord, formatRecordData } from '../../../network/dns/message.ts'
import type { DigQuery } from './options.ts'

export interface AnswerFacts {
  readonly server: string
  /** As it was given after @. */
  readonly serverName: string
  readonly port: number
  readonly tcp: boolean
  readonly milliseconds: number
  readonly when: number
  readonly bytes: number
}

export function formatAnswer(query: DigQuery, message: DnsMessage, facts: AnswerFacts): string {
  if (query.short) return shortAnswer(query, message, facts)
  let text = ''
  const records = message.additionals.filter((record) => record.type !== 'OPT')
  const opt = message.additionals.find((record) => record.type === 'OPT')
  if (query.comments) {
    if (/\.local\.?$/i.test(query.name))
      text +=
        ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n'
    text += ';; Got answer:\n'
    text += `;; ->>HEADER<<- opcode: QUERY, status: ${message.code}, id: ${message.id}\n`
    const flags = [
      message.isResponse ? ' qr' : '',
      message.isAuthoritative ? ' aa' : '',
      message.isTruncated ? ' tc' : '',
      message.recursionDesired ? ' rd' : '',
      message.recursionAvailable ? ' ra' : '',
    ].join('')
    text += `;; flags:${flags}; QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authorities.length}, ADDITIONAL: ${message.additionals.length}\n`
    if (message.recursionDesired && !message.recursionAvailable)
      text += ';; WARNING: recursion requested but not available\n'
    text += '\n'
    if (opt?.type === 'OPT' && query.additional)
      text += `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${opt.udpSize}\n`
  }
  if (query.question && message.questions.length > 0) {
    if (query.comments) text += ';; QUESTION SECTION:\n'
    for (const { name, type } of message.questions)
      text += `;${pad(absolute(name), 31)}${query.class ? 'IN\t' : ''}${type}\n`
    if (query.comments) text += '\n'
  }
  const section = (title: string, list: readonly DnsRecord[], shown: boolean): void => {
    if (!shown || list.length === 0) return
    if (query.comments) text += `;; ${title} SECTION:\n`
    for (const record of list) text += recordLine(query, record)
    if (query.comments) text += '\n'
  }
  section('ANSWER', message.answers, query.answer)
  section('AUTHORITY', message.authorities, query.authority)
  section('ADDITIONAL', records, query.additional)
  if (query.stats)
    text += `;; Query time: ${facts.milliseconds} msec\n;; SERVER: ${facts.server}#${facts.port}(${facts.serverName}) (${facts.tcp ? 'TCP' : 'UDP'})\n;; WHEN: ${when(facts.when)}\n;; MSG SIZE  rcvd: ${facts.bytes}\n\n`
  return text
}

function shortAnswer(query: DigQuery, message: DnsMessage, facts: AnswerFacts): string {
  return message.answers
    .map((record) => {
      const from = query.identify ? ` from server ${facts.server} in ${facts.milliseconds} ms.` : ''
      return `${formatRecordData(record)}${from}\n`
    })
    .join('')
}

/** Name, TTL, class, type and data in the columns of master files. */
function recordLine(query: DigQuery, record: DnsRecord): string {
  let line = pad(absolute(record.name), 24)
  if (query.ttl) line = toColumn(line, 24) + String(record.ttl)
  if (query.class) line = `${toColumn(line, query.ttl ? 32 : 24)}IN`
  line = toColumn(line, query.ttl ? 40 : 32) + record.type
  return `${toColumn(line, query.ttl ? 48 : 40)}${formatRecordData(record)}\n`
}

/** Tabs up to a column of eight-blank tab stops; a blank where the text is past it. */
function toColumn(text: string, column: number): string {
  const width = displayed(text)
  if (width >= column) return /\s$/.test(text) ? text : `${text} `
  return text + '\t'.repeat(Math.ceil((column - width) / 8))
}

function pad(text: string, column: number): string {
  return toColumn(text, column)
}

function displayed(text: string): number {
  let width = 0
  for (const char of text) width = char === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1
  return width
}

/** `Tue Nov 24 16:44:00 UTC 2026` */
export function when(time: number): string {
  const date = new Date(time)
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock} UTC ${date.getUTCFullYear()}`
}
