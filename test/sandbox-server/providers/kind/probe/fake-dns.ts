// A DNS server for the fake relay: records by `NAME TYPE`.

import type { Duplex } from 'node:stream'
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet'

export interface Zone {
  /** Answers by `NAME TYPE`, or an RCODE; a name that has neither does not exist. */
  readonly records: Readonly<Record<string, readonly Answer[] | number>>
  /** Answers over UDP are empty and truncated. */
  readonly truncated?: boolean
}

const names = (zone: Zone) => new Set(Object.keys(zone.records).map((key) => key.split(' ')[0]))

function answer(zone: Zone, query: Packet): Packet {
  const [question] = query.questions ?? []
  const found = zone.records[`${question?.name} ${question?.type}`]
  const exists = names(zone).has(question?.name)
  const code = typeof found === 'number' ? found : found || exists ? 0 : 3
  return {
    type: 'response',
    id: query.id,
    flags: code,
    questions: query.questions,
    answers: typeof found === 'object' ? [...found] : [],
  }
}

export function dnsOverUdp(zone: Zone, asked: string[] = []) {
  return (data: Buffer): Buffer[] => {
    const query = decode(data)
    asked.push(...(query.questions ?? []).map(({ name, type }) => `${name} ${type}`))
    const whole = answer(zone, query)
    const cut = { ...whole, flags: TRUNCATED_RESPONSE, answers: [] }
    // A stranger's datagram and an answer to another question come first.
    return [
      Buffer.from('nonsense'),
      encode({ ...whole, id: ((query.id ?? 0) + 9) % 65_536 }),
      encode(zone.truncated ? cut : whole),
    ]
  }
}

export function dnsOverTcp(zone: Zone) {
  return (server: Duplex): void => {
    server.once('data', (data: Buffer) => {
      const message = encode(answer(zone, decode(data.subarray(2))))
      const length = Buffer.alloc(2)
      length.writeUInt16BE(message.length)
      // In two parts, as a network may deliver it.
      server.write(Buffer.concat([length, message.subarray(0, 5)]))
      server.write(message.subarray(5))
    })
  }
}
