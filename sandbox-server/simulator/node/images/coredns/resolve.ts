// One question through the plugins of a server block, in CoreDNS' fixed order: hosts, kubernetes, forward.

import type { DnsMessage, DnsQuestion, DnsRecord } from '../../../network/dns/message.ts'
import { queryDns } from '../../../network/dns/query.ts'
import { readResolvConf } from '../../../network/dns/resolv-conf.ts'
import type { Process } from '../../process.ts'
import type { Directive, ServerBlock } from './corefile.ts'
import { type Answer, answerKubernetes, type KubernetesOptions } from './kubernetes.ts'

export interface Resolution extends Answer {
  readonly isAuthoritative: boolean
  readonly recursionAvailable: boolean
  /** What the errors plugin logs. */
  readonly error?: string | undefined
}

/** How long forward waits for an upstream before it asks the next; then SERVFAIL. */
const forwardTimeoutMs = 2000

export async function resolveQuestion(
  process: Process,
  block: ServerBlock,
  question: DnsQuestion,
): Promise<Resolution> {
  const hosts = plugin(block, 'hosts')
  const listed = hosts && answerHosts(hosts, question)
  if (listed) return { ...listed, isAuthoritative: true, recursionAvailable: false }
  const kubernetes = plugin(block, 'kubernetes')
  if (kubernetes && process.objects) {
    const answer = answerKubernetes(kubernetesOptions(process, kubernetes), question, process.clock.now())
    if (answer) return await followed(process, block, question, answer)
  }
  const forward = plugin(block, 'forward')
  const [from = '', ...upstreams] = forward?.args ?? []
  const zone = from.replace(/\.$/, '')
  if (!forward || !(zone === '' || question.name === zone || question.name.endsWith(`.${zone}`))) {
    return { code: 'REFUSED', answers: [], isAuthoritative: false, recursionAvailable: false }
  }
  return await forwarded(process, upstreams, question)
}

export function plugin(block: ServerBlock, name: string): Directive | undefined {
  return block.plugins.find((directive) => directive.name === name)
}

function kubernetesOptions(process: Process, directive: Directive): KubernetesOptions {
  const option = (name: string) => directive.block.find((one) => one.name === name)
  const pods = option('pods')?.args[0]
  const falls = option('fallthrough')
  const { objects } = process
  if (!objects) throw new Error('the kubernetes plugin needs a service account')
  return {
    objects,
    zones: directive.args.map((zone) => zone.replace(/\.$/, '').toLowerCase()),
    ttl: Number(option('ttl')?.args[0] ?? 5),
    pods: pods === 'insecure' || pods === 'verified' ? pods : 'disabled',
    fallthrough: falls
      ? falls.args.length > 0
        ? falls.args.map((zone) => zone.replace(/\.$/, ''))
        : ['']
      : [],
  }
}

/** ExternalName: the CNAME, and what its target resolves to. */
async function followed(
  process: Process,
  block: ServerBlock,
  question: DnsQuestion,
  answer: Answer,
): Promise<Resolution> {
  const own = { ...answer, isAuthoritative: true, recursionAvailable: false }
  if (answer.follow === undefined || (question.type !== 'A' && question.type !== 'AAAA')) return own
  const rest = await resolveQuestion(process, block, { name: answer.follow, type: question.type })
  return { ...own, answers: [...answer.answers, ...rest.answers] }
}

async function forwarded(
  process: Process,
  upstreams: readonly string[],
  question: DnsQuestion,
): Promise<Resolution> {
  const servers = upstreams.flatMap((upstream) =>
    upstream.startsWith('/')
      ? readResolvConf(process.files).nameservers
      : [upstream.replace(/^dns:\/\//, '')],
  )
  let error = 'no next plugin found'
  for (const server of servers) {
    const [address = '', port] = server.split(':')
    try {
      const [reply] = await queryDns(process, [question], {
        server: address,
        ...(port === undefined ? {} : { port: Number(port) }),
        timeoutMs: forwardTimeoutMs,
        recursionDesired: true,
        signal: process.signal,
      })
      if (reply) return passedOn(reply)
    } catch (cause) {
      if (process.signal.aborted) throw cause
      const text = cause instanceof Error ? cause.message : String(cause)
      error = `read udp ${address}:${port ?? 53}: ${/no answer/.test(text) ? 'i/o timeout' : text}`
    }
  }
  return { code: 'SERVFAIL', answers: [], isAuthoritative: false, recursionAvailable: true, error }
}

function passedOn(reply: DnsMessage): Resolution {
  const { code, answers, authorities, isAuthoritative, recursionAvailable } = reply
  return { code, answers, authorities, isAuthoritative, recursionAvailable }
}

/** The hosts plugin with lines in its block: `10.0.0.1 name...`, ttl, fallthrough. */
function answerHosts({ block }: Directive, { name, type }: DnsQuestion): Answer | undefined {
  const ttl = Number(block.find((line) => line.name === 'ttl')?.args[0] ?? 3600)
  const lines = block.filter((line) => /^\d+\.\d+\.\d+\.\d+$/.test(line.name))
  const hits = lines.filter((line) => line.args.some((host) => host.toLowerCase() === name.toLowerCase()))
  if (hits.length === 0) return undefined
  const answers: DnsRecord[] =
    type === 'A' ? hits.map((line) => ({ name, ttl, type: 'A', address: line.name })) : []
  return { code: 'NOERROR', answers }
}
