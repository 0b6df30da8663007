// Names as the C library at a vantage point resolves them: /etc/hosts, the search list, A and AAAA at once, repetition and the
// next server (getaddrinfo(3) and res_nsend of glibc).
import { isIP } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Answer, DecodedPacket } from 'dns-packet'
import type { DnsAnswer, DnsQuestion } from '../../../contract/cluster.ts'
import type { ProbePlace } from './probe-place.ts'
import { type DnsQuery, DnsTimeout, queryDns } from './query-dns.ts'
import { RelayError } from './relay-error.ts'
import { addressesInHosts, candidates, parseResolvConf, type ResolvConf } from './resolv-conf.ts'

export interface Lookup {
  /** NOERROR, NXDOMAIN, SERVFAIL, REFUSED or TIMEOUT. NOERROR without addresses: the name exists, none of its records fits. */
  readonly code: string
  /** IPv4 first: the order of RFC 6724 is not computed. */
  readonly addresses: readonly string[]
  /** Every name and type that was asked, in order: `web.demo.svc.cluster.local A`. Repetitions are not counted. */
  readonly queries: readonly string[]
}

/** getaddrinfo: from a name to addresses. Rejects where the vantage point cannot be asked from, or with the signal's reason. */
export async function lookUp(place: ProbePlace, name: string, signal: AbortSignal): Promise<Lookup> {
  if (isIP(name) !== 0) return { code: 'NOERROR', addresses: [name], queries: [] }
  const [hosts, conf] = await Promise.all([
    place.relay.readFile('/etc/hosts', place, signal),
    resolvConfAt(place, signal),
  ])
  const known = addressesInHosts(hosts ?? '', name)
  if (known.length > 0) return { code: 'NOERROR', addresses: known, queries: [] }
  const queries: string[] = []
  let worst = 'NXDOMAIN'
  for (const candidate of candidates(name, conf).filter(isName)) {
    queries.push(`${candidate} A`, `${candidate} AAAA`)
    const questions = [
      { name: candidate, type: 'A' },
      { name: candidate, type: 'AAAA' },
    ] as const
    const answers = await ask(place, questions, conf, signal)
    if (typeof answers === 'string') return { code: answers, addresses: [], queries }
    const addresses = answers.flatMap((answer) => recordsOf(answer, ['A', 'AAAA']).map(formatData))
    if (addresses.length > 0) return { code: 'NOERROR', addresses, queries }
    worst = worseOf(worst, answers[0] ? codeOf(answers[0]) : 'SERVFAIL')
  }
  return { code: worst, addresses: [], queries }
}

/** One question, with the search list or without, as `dig [+search]` asks it. Rejects as `lookUp` does. */
export async function resolveAt(
  place: ProbePlace,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const conf = await resolvConfAt(place, signal)
  const startedAt = performance.now()
  const { type } = question
  const names = question.search ? candidates(question.name, conf) : [question.name.replace(/\.$/, '')]
  const queries: string[] = []
  let code = 'NXDOMAIN'
  let answers: string[] = []
  for (const name of names.filter(isName)) {
    queries.push(`${name} ${type}`)
    const got = await ask(place, [{ name, type }], conf, signal)
    const answer = typeof got === 'string' ? undefined : got[0]
    code = typeof got === 'string' ? got : answer ? codeOf(answer) : 'SERVFAIL'
    answers = answer ? recordsOf(answer, [type]).map(formatData) : []
    const isKnown = answer !== undefined && recordsOf(answer, [type, 'CNAME']).length > 0
    if (isKnown || code === 'TIMEOUT') break
  }
  return { code, answers, queries, durationMs: Math.round(performance.now() - startedAt) }
}

async function resolvConfAt(place: ProbePlace, signal: AbortSignal): Promise<ResolvConf> {
  return parseResolvConf((await place.relay.readFile('/etc/resolv.conf', place, signal)) ?? '')
}

/** Every server in turn, as often as resolv.conf says. Gives a response code where none answered the questions. */
async function ask(
  place: ProbePlace,
  questions: readonly DnsQuery[],
  conf: ResolvConf,
  signal: AbortSignal,
): Promise<readonly DecodedPacket[] | 'TIMEOUT' | 'SERVFAIL' | 'REFUSED'> {
  const { timeoutMs } = conf
  let failure: 'TIMEOUT' | 'SERVFAIL' | 'REFUSED' = 'TIMEOUT'
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const server of conf.nameservers) {
      try {
        const answers = await queryDns(place, questions, { server, timeoutMs, signal })
        const codes = answers.map(codeOf)
        if (!codes.includes('SERVFAIL') && !codes.includes('REFUSED')) return answers
        failure = codes.includes('REFUSED') ? 'REFUSED' : 'SERVFAIL'
      } catch (error) {
        signal.throwIfAborted()
        const isSocket = error instanceof RelayError && !error.code.startsWith('NO_')
        if (!isSocket && !(error instanceof DnsTimeout)) throw error
        failure = 'TIMEOUT'
      }
    }
  }
  return failure
}

/** RFC 1035, 4.1.1. */
const responseCodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

function codeOf(packet: DecodedPacket): string {
  const number = (packet.flags ?? 0) & 15
  return responseCodes[number] ?? `RCODE${number}`
}

function recordsOf(packet: DecodedPacket, types: readonly string[]): Answer[] {
  return (packet.answers ?? []).filter((record) => types.includes(record.type))
}

/** The record's data as dig(1) prints it. */
function formatData(record: Answer): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.data
    case 'CNAME':
    case 'PTR':
      return absolute(record.data)
    case 'SRV': {
      const { priority, weight, port, target } = record.data
      return `${priority ?? 0} ${weight ?? 0} ${port} ${absolute(target)}`
    }
    default:
      return record.type
  }
}

function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}

/** What a DNS message can carry (RFC 1035, 2.3.4): labels of 1 to 63 bytes, 253 in all. */
function isName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => label.length > 0 && label.length <= 63)
}

function worseOf(a: string, b: string): string {
  const order = ['NXDOMAIN', 'NOERROR', 'REFUSED', 'SERVFAIL']
  return order.indexOf(b) > order.indexOf(a) ? b : a
}
