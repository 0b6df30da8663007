// The stub resolver of a machine's C library: /etc/hosts, the search list, A and AAAA at once, repetition and the next server
// (getaddrinfo(3) and res_nsend of glibc).
import type { DnsAnswer } from '../../../contract/cluster.ts'
import { parseAddress } from '../ipv4.ts'
import { SocketError, type TraceSink } from '../socket.ts'
import { type DnsMessage, type DnsQuestion, formatRecordData, type RecordType } from './message.ts'
import { type DnsClient, DnsTimeout, queryDns } from './query.ts'
import { candidates, lookUpHosts, type ReadableFiles, readResolvConf } from './resolv-conf.ts'

/** A process, or what a resolver needs of one. */
export interface ResolverHost extends DnsClient {
  readonly files: ReadableFiles
}

export interface LookupOptions {
  readonly family?: 4 | 6
  readonly signal?: AbortSignal
  readonly trace?: TraceSink
}

export interface Lookup {
  /** NOERROR, NXDOMAIN, SERVFAIL, REFUSED or TIMEOUT. NOERROR without addresses: the name exists, none of its records fits. */
  readonly code: string
  readonly addresses: readonly string[]
  /** Every name and type that was asked, in order: `web.demo.svc.cluster.local A`. Repetitions are not counted. */
  readonly queries: readonly string[]
}

/** getaddrinfo: from a name to addresses. Never rejects but with the signal's reason. */
export async function lookup(host: ResolverHost, name: string, options: LookupOptions = {}): Promise<Lookup> {
  if (parseAddress(name) !== undefined || name.includes(':'))
    return { code: 'NOERROR', addresses: [name], queries: [] }
  const fits = (address: string) =>
    options.family === undefined || address.includes(':') === (options.family === 6)
  const known = lookUpHosts(host.files, name).filter(fits)
  if (known.length > 0) return { code: 'NOERROR', addresses: known, queries: [] }
  const types: RecordType[] = options.family === 4 ? ['A'] : options.family === 6 ? ['AAAA'] : ['A', 'AAAA']
  const queries: string[] = []
  let worst = 'NXDOMAIN'
  for (const candidate of candidates(name, readResolvConf(host.files))) {
    queries.push(...types.map((type) => `${candidate} ${type}`))
    const answers = await ask(
      host,
      types.map((type) => ({ name: candidate, type })),
      options,
    )
    if (typeof answers === 'string') return { code: answers, addresses: [], queries }
    const addresses = answers.flatMap((answer) =>
      answer.answers.flatMap((record) =>
        record.type === 'A' || record.type === 'AAAA' ? [record.address] : [],
      ),
    )
    if (addresses.length > 0) return { code: 'NOERROR', addresses, queries }
    worst = worseOf(worst, answers[0]?.code ?? 'SERVFAIL')
  }
  return { code: worst, addresses: [], queries }
}

/** One question, with the search list or without, as `dig [+search]` asks it. */
export async function resolve(
  host: ResolverHost,
  question: { readonly name: string; readonly type: RecordType; readonly search: boolean },
  options: { readonly signal?: AbortSignal; readonly trace?: TraceSink } = {},
): Promise<DnsAnswer> {
  const startedAt = host.clock.now()
  const conf = readResolvConf(host.files)
  const names = question.search ? candidates(question.name, conf) : [question.name.replace(/\.$/, '')]
  const queries: string[] = []
  let code = 'NXDOMAIN'
  let answers: string[] = []
  for (const name of names) {
    queries.push(`${name} ${question.type}`)
    const got = await ask(host, [{ name, type: question.type }], options)
    const answer = typeof got === 'string' ? undefined : got[0]
    code = typeof got === 'string' ? got : (answer?.code ?? 'SERVFAIL')
    const wanted =
      answer?.answers.filter((record) => record.type === question.type || record.type === 'CNAME') ?? []
    answers = wanted.filter((record) => record.type === question.type).map(formatRecordData)
    if (wanted.length > 0 || code === 'TIMEOUT') break
  }
  return { code, answers, queries, durationMs: host.clock.now() - startedAt }
}

/** Every server in turn, as often as resolv.conf says. Gives a response code where none answered the questions. */
async function ask(
  host: ResolverHost,
  questions: readonly DnsQuestion[],
  options: { readonly signal?: AbortSignal; readonly trace?: TraceSink },
): Promise<readonly DnsMessage[] | 'TIMEOUT' | 'SERVFAIL' | 'REFUSED'> {
  const conf = readResolvConf(host.files)
  let failure: 'TIMEOUT' | 'SERVFAIL' | 'REFUSED' = 'TIMEOUT'
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const server of conf.nameservers) {
      try {
        const answers = await queryDns(host, questions, { server, timeoutMs: conf.timeoutMs, ...options })
        const refusal = answers.find((answer) => answer.code === 'SERVFAIL' || answer.code === 'REFUSED')
        if (!refusal) return answers
        failure = refusal.code === 'REFUSED' ? 'REFUSED' : 'SERVFAIL'
      } catch (error) {
        options.signal?.throwIfAborted()
        if (!(error instanceof SocketError) && !(error instanceof DnsTimeout)) throw error
        failure = 'TIMEOUT'
      }
    }
  }
  return failure
}

function worseOf(a: string, b: string): string {
  const order = ['NXDOMAIN', 'NOERROR', 'REFUSED', 'SERVFAIL']
  return order.indexOf(b) > order.indexOf(a) ? b : a
}
