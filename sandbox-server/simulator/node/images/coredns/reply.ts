// From what a question resolved to, the message that goes back: flags, shuffled addresses, cut to the size that the client takes.
import { encodeDns } from '../../../network/dns/codec.ts'
import type { DnsMessage, DnsRecord } from '../../../network/dns/message.ts'
import type { Process } from '../../process.ts'
import type { ServerBlock } from './corefile.ts'
import { plugin, type Resolution } from './resolve.ts'

export function makeReply(
  process: Process,
  query: DnsMessage,
  resolution: Resolution,
  block: ServerBlock | undefined,
): DnsMessage {
  const opt = query.additionals.filter((record) => record.type === 'OPT')
  const shuffles = block && plugin(block, 'loadbalance') !== undefined
  return {
    id: query.id,
    isResponse: true,
    isAuthoritative: resolution.isAuthoritative,
    isTruncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable: resolution.recursionAvailable,
    code: resolution.code,
    questions: query.questions,
    answers: shuffles ? shuffled(process, resolution.answers) : resolution.answers,
    authorities: resolution.authorities ?? [],
    additionals: [
      ...(resolution.additionals ?? []),
      ...(opt.length > 0 ? [{ name: '', ttl: 0, type: 'OPT' as const, udpSize: 1232 }] : []),
    ],
  }
}

/** Addresses in random order, after the CNAMEs (plugin/loadbalance, round_robin). */
function shuffled(process: Process, records: readonly DnsRecord[]): readonly DnsRecord[] {
  const addresses = records.filter((record) => record.type === 'A' || record.type === 'AAAA')
  if (addresses.length < 2) return records
  for (let index = addresses.length - 1; index > 0; index--) {
    const other = process.random.integer(index + 1)
    const held = addresses[index]
    const swapped = addresses[other]
    if (held && swapped) {
      addresses[index] = swapped
      addresses[other] = held
    }
  }
  return [...records.filter((record) => record.type !== 'A' && record.type !== 'AAAA'), ...addresses]
}

/** Cuts what does not fit and says so, upon which resolvers ask again over TCP. */
export function encodeWithin(message: DnsMessage, limit: number): Uint8Array {
  const whole = encodeDns(message)
  if (whole.length <= limit) return whole
  const opt = message.additionals.filter((record) => record.type === 'OPT')
  let { answers } = message
  for (;;) {
    answers = answers.slice(0, -1)
    const cut = encodeDns({ ...message, answers, authorities: [], additionals: opt, isTruncated: true })
    if (cut.length <= limit || answers.length === 0) return cut
  }
}
