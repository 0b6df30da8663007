// DNS messages as values, and the names of their numbers (RFC 1035, RFC 2782, RFC 6891).

export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  ANY: 255,
} as const
export type RecordType = keyof typeof recordTypes

export const responseCodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const
export type ResponseCode = (typeof responseCodes)[number]

export interface DnsQuestion {
  /** Without the final dot; the root is the empty text. */
  readonly name: string
  readonly type: RecordType
}

export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'PTR' | 'NS'; readonly target: string }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | { readonly type: 'MX'; readonly preference: number; readonly target: string }
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | {
      readonly type: 'SOA'
      readonly target: string
      readonly mailbox: string
      readonly serial: number
      readonly refresh: number
      readonly retry: number
      readonly expire: number
      readonly minimum: number
    }
  /** The TTL field of an OPT record is not kept. */
  | { readonly type: 'OPT'; readonly udpSize: number }

export type DnsRecord = RecordData & { readonly name: string; readonly ttl: number }

export interface DnsMessage {
  readonly id: number
  readonly isResponse: boolean
  readonly isAuthoritative: boolean
  readonly isTruncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly code: ResponseCode
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

export function typeName(value: number): RecordType | undefined {
  for (const [name, known] of Object.entries(recordTypes)) if (known === value) return name as RecordType
  return undefined
}

/** The record's data as dig(1) prints it. */
export function formatRecordData(record: RecordData): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return absolute(record.target)
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${absolute(record.target)}`
    case 'MX':
      return `${record.preference} ${absolute(record.target)}`
    case 'TXT':
      return record.texts.map((text) => `"${text}"`).join(' ')
    case 'SOA': {
      const { serial, refresh, retry, expire, minimum } = record
      const names = `${absolute(record.target)} ${absolute(record.mailbox)}`
      return `${names} ${serial} ${refresh} ${retry} ${expire} ${minimum}`
    }
    case 'OPT':
      return `udp: ${record.udpSize}`
  }
}

/** With its final dot. */
export function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}
