// DNS messages to bytes and back (RFC 1035 4), with name compression. A file of our own, since dns-packet needs Node's Buffer.
import { formatAddress, parseAddress } from '../ipv4.ts'
import {
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  recordTypes,
  responseCodes,
  typeName,
} from './message.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class DnsFormatError extends Error {}

export function encodeDns(message: DnsMessage): Uint8Array {
  const writer = new Writer()
  writer.u16(message.id)
  writer.u16(
    (message.isResponse ? 0x8000 : 0) |
      (message.isAuthoritative ? 0x0400 : 0) |
      (message.isTruncated ? 0x0200 : 0) |
      (message.recursionDesired ? 0x0100 : 0) |
      (message.recursionAvailable ? 0x0080 : 0) |
      responseCodes.indexOf(message.code),
  )
  writer.u16(message.questions.length)
  writer.u16(message.answers.length)
  writer.u16(message.authorities.length)
  writer.u16(message.additionals.length)
  for (const question of message.questions) {
    writer.name(question.name)
    writer.u16(recordTypes[question.type])
    writer.u16(1)
  }
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    writer.name(record.name)
    writer.u16(recordTypes[record.type])
    writer.u16(record.type === 'OPT' ? record.udpSize : 1)
    writer.u32(record.type === 'OPT' ? 0 : record.ttl)
    const lengthAt = writer.length
    writer.u16(0)
    writeData(writer, record)
    writer.patchU16(lengthAt, writer.length - lengthAt - 2)
  }
  return writer.bytes()
}

/** Throws DnsFormatError. Records of unknown types are left out. */
export function decodeDns(data: Uint8Array): DnsMessage {
  const reader = new Reader(data)
  const id = reader.u16()
  const flags = reader.u16()
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const
  const questions: DnsQuestion[] = []
  for (let index = 0; index < counts[0]; index++) {
    const name = reader.name()
    const type = typeName(reader.u16())
    reader.u16()
    if (type) questions.push({ name, type })
  }
  const section = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = []
    for (let index = 0; index < count; index++) {
      const record = readRecord(reader)
      if (record) records.push(record)
    }
    return records
  }
  return {
    id,
    isResponse: (flags & 0x8000) !== 0,
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    code: responseCodes[flags & 15] ?? 'SERVFAIL',
    questions,
    answers: section(counts[1]),
    authorities: section(counts[2]),
    additionals: section(counts[3]),
  }
}

function writeData(writer: Writer, record: DnsRecord): void {
  switch (record.type) {
    case 'A':
      writer.u32(parseAddress(record.address) ?? 0)
      return
    case 'AAAA':
      for (const group of expandIpv6(record.address)) writer.u16(group)
      return
    case 'CNAME':
    case 'PTR':
    case 'NS':
      writer.name(record.target)
      return
    case 'SRV':
      for (const value of [record.priority, record.weight, record.port]) writer.u16(value)
      writer.name(record.target, false)
      return
    case 'MX':
      writer.u16(record.preference)
      writer.name(record.target)
      return
    case 'TXT':
      for (const text of record.texts) writer.text(text)
      return
    case 'SOA':
      writer.name(record.target)
      writer.name(record.mailbox)
      for (const value of [record.serial, record.refresh, record.retry, record.expire, record.minimum]) {
        writer.u32(value)
      }
      return
    case 'OPT':
      return
  }
}

function readRecord(reader: Reader): DnsRecord | undefined {
  const name = reader.name()
  const type = typeName(reader.u16())
  const kind = reader.u16()
  const ttl = reader.u32()
  const end = reader.u16() + reader.at
  const read = (): DnsRecord | undefined => {
    switch (type) {
      case 'A':
        return { name, ttl, type, address: formatAddress(reader.u32()) }
      case 'AAAA':
        return { name, ttl, type, address: compressIpv6(Array.from({ length: 8 }, () => reader.u16())) }
      case 'CNAME':
      case 'PTR':
      case 'NS':
        return { name, ttl, type, target: reader.name() }
      case 'SRV': {
        const [priority, weight, port] = [reader.u16(), reader.u16(), reader.u16()]
        return { name, ttl, type, priority, weight, port, target: reader.name() }
      }
      case 'MX':
        return { name, ttl, type, preference: reader.u16(), target: reader.name() }
      case 'TXT': {
        const texts: string[] = []
        while (reader.at < end) texts.push(reader.text())
        return { name, ttl, type, texts }
      }
      case 'SOA': {
        const [target, mailbox] = [reader.name(), reader.name()]
        const [serial, refresh, retry, expire, minimum] = [
          reader.u32(),
          reader.u32(),
          reader.u32(),
          reader.u32(),
          reader.u32(),
        ]
        return { name, ttl, type, target, mailbox, serial, refresh, retry, expire, minimum }
      }
      case 'OPT':
        return { name, ttl: 0, type, udpSize: kind }
      default:
        return undefined
    }
  }
  const record = read()
  reader.at = end
  return record
}

class Writer {
  #bytes: number[] = []
  readonly #names = new Map<string, number>()

  get length(): number {
    return this.#bytes.length
  }

  u16(value: number): void {
    this.#bytes.push((value >>> 8) & 255, value & 255)
  }

  u32(value: number): void {
    this.u16(value >>> 16)
    this.u16(value & 0xffff)
  }

  patchU16(at: number, value: number): void {
    this.#bytes[at] = (value >>> 8) & 255
    this.#bytes[at + 1] = value & 255
  }

  text(value: string): void {
    const data = encoder.encode(value).subarray(0, 255)
    this.#bytes.push(data.length, ...data)
  }

  name(name: string, compress = true): void {
    let rest = name.replace(/\.$/, '')
    while (rest !== '') {
      const known = compress ? this.#names.get(rest.toLowerCase()) : undefined
      if (known !== undefined) {
        this.u16(0xc000 | known)
        return
      }
      if (this.length < 0x4000) this.#names.set(rest.toLowerCase(), this.length)
      const dot = rest.indexOf('.')
      const label = encoder.encode(dot < 0 ? rest : rest.slice(0, dot))
      if (label.length === 0 || label.length > 63) throw new DnsFormatError(`bad label in ${name}`)
      this.#bytes.push(label.length, ...label)
      rest = dot < 0 ? '' : rest.slice(dot + 1)
    }
    this.#bytes.push(0)
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

class Reader {
  at = 0
  readonly #data: Uint8Array

  constructor(data: Uint8Array) {
    this.#data = data
  }

  u8(): number {
    const value = this.#data[this.at++]
    if (value === undefined) throw new DnsFormatError('the message ends too early')
    return value
  }

  u16(): number {
    return this.u8() * 256 + this.u8()
  }

  u32(): number {
    return this.u16() * 65_536 + this.u16()
  }

  text(): string {
    const length = this.u8()
    this.at += length
    return decoder.decode(this.#data.subarray(this.at - length, this.at))
  }

  name(): string {
    const labels: string[] = []
    let after: number | undefined
    for (let jumps = 0; ; ) {
      const length = this.u8()
      if (length === 0) break
      if (length >= 0xc0) {
        const target = (length & 0x3f) * 256 + this.u8()
        after ??= this.at
        this.at = target
        if (++jumps > 32) throw new DnsFormatError('a name points in circles')
        continue
      }
      this.at--
      labels.push(this.text())
    }
    if (after !== undefined) this.at = after
    return labels.join('.')
  }
}

/** Eight groups of an IPv6 address. */
export function expandIpv6(text: string): number[] {
  const [head = '', tail] = text.split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const front = groups(head)
  const back = tail === undefined ? [] : groups(tail)
  return [...front, ...new Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0), ...back].slice(
    0,
    8,
  )
}

/** RFC 5952: the longest run of zeros becomes `::`. */
function compressIpv6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':')
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map((match) => match[0])
  const longest = runs.sort((a, b) => b.length - a.length)[0]
  if (!longest) return text
  return text
    .replace(longest, ':')
    .replace(/^:(?!:)/, '::')
    .replace(/(?<!:):$/, '::')
}
