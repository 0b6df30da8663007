// dig(1), as bind 9.18 in Debian 12 has it.
import { encodeDns } from '../../network/dns/codec.ts'
import type { DnsMessage } from '../../network/dns/message.ts'
import { DnsTimeout, queryDns } from '../../network/dns/query.ts'
import { candidates, readResolvConf } from '../../network/dns/resolv-conf.ts'
import { lookup } from '../../network/dns/resolver.ts'
import { SocketError } from '../../network/socket.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { formatAnswer } from './dig/format.ts'
import { type DigQuery, DigUsageError, parseDig } from './dig/options.ts'

const version = '9.18.33-1~deb12u2-Debian'

export const dig: Program = async (process) => {
  const words = process.argv.slice(1)
  if (words.includes('-v')) {
    await process.stderr.write(`DiG ${version}\n`)
    return 0
  }
  let queries: DigQuery[]
  try {
    queries = parseDig(words)
  } catch (error) {
    if (!(error instanceof DigUsageError)) throw error
    await process.stderr.write(`${error.message}\n${usage}`)
    return 1
  }
  let exitCode = 0
  for (const [index, query] of queries.entries()) {
    const code = await runQuery(process, query, index === 0, words)
    exitCode = Math.max(exitCode, code)
  }
  return exitCode
}

async function runQuery(
  process: Process,
  query: DigQuery,
  first: boolean,
  words: readonly string[],
): Promise<number> {
  const { stdout, stderr } = process
  const conf = readResolvConf(process.files)
  let servers = [...conf.nameservers]
  if (query.server !== undefined) {
    const { addresses } = await lookup(process, query.server, {
      signal: process.signal,
      family: query.family ?? 4,
    })
    if (addresses.length === 0) {
      await stderr.write(`dig: couldn't get address for '${query.server}': not found\n`)
      return 10
    }
    servers = [addresses[0] ?? '']
  }
  const bare = query.name.replace(/\.$/, '')
  const names = query.search
    ? candidates(query.name, { search: conf.search, ndots: query.ndots ?? conf.ndots })
    : [bare]
  // Printed with the first answer, after what went wrong before it.
  let greeting =
    first && query.command && query.comments && !query.short
      ? `\n; <<>> DiG ${version} <<>> ${words.join(' ')}\n${query.server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`
      : ''
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1
    const answer = await ask(process, query, name, servers)
    if (answer === undefined) {
      await stdout.write(`${greeting};; no servers could be reached\n`)
      return 9
    }
    const found = answer.message.code === 'NOERROR' && (answer.message.answers.length > 0 || !query.search)
    // While a search goes on, names that do not exist are passed over (dighost.c: next_origin on NXDOMAIN).
    const passed = !last && (answer.message.code === 'NXDOMAIN' || !found)
    if (passed && !query.showSearch) continue
    await stdout.write(
      greeting +
        formatAnswer(query, answer.message, {
          server: answer.server,
          serverName: query.server ?? answer.server,
          port: query.port,
          tcp: answer.tcp,
          milliseconds: answer.milliseconds,
          when: process.clock.now(),
          bytes: encodeDns(answer.message).length,
        }),
    )
    greeting = ''
    if (!passed) return 0
  }
  return 0
}

interface Answered {
  readonly message: DnsMessage
  readonly server: string
  readonly tcp: boolean
  readonly milliseconds: number
}

async function ask(
  process: Process,
  query: DigQuery,
  name: string,
  servers: readonly string[],
): Promise<Answered | undefined> {
  const { clock, signal, stdout } = process
  for (let attempt = 0; attempt < query.tries; attempt++)
    for (const server of servers) {
      const startedAt = clock.now()
      try {
        const [message] = await queryDns(process, [{ name, type: query.type }], {
          server,
          port: query.port,
          timeoutMs: query.timeoutSeconds * 1000,
          recursionDesired: query.recurse,
          overTcp: query.tcp,
          signal,
          ...(query.edns ? { udpSize: query.bufferSize } : {}),
        })
        if (message) return { message, server, tcp: query.tcp, milliseconds: clock.now() - startedAt }
      } catch (error) {
        if (signal.aborted) throw signal.reason
        const where = `${server}#${query.port}`
        if (error instanceof DnsTimeout) {
          await stdout.write(`;; communications error to ${where}: timed out\n`)
        } else if (error instanceof SocketError) {
          const texts: Readonly<Record<string, string>> = {
            ECONNREFUSED: 'connection refused',
            EHOSTUNREACH: 'host unreachable',
            ENETUNREACH: 'network unreachable',
            ECONNRESET: 'end of file',
            ETIMEDOUT: 'timed out',
          }
          await stdout.write(`;; communications error to ${where}: ${texts[error.code] ?? 'failure'}\n`)
        } else throw error
      }
    }
  return undefined
}

const usage = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`

export const digCommand: Command = {
  name: 'dig',
  summary: 'ask a DNS server',
  group: 'network',
  usage: 'dig [@SERVER] [NAME] [TYPE] [+OPTION]...',
  details: `Types: A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, ANY. -x ADDRESS asks for the name of an address.
+search completes the name by the search list of /etc/resolv.conf, +short prints the answers only, +noall +answer the answer
section only, +tcp asks over TCP.`,
  flags: {
    '-x': 'name of an address',
    '-p': 'port of the server',
    '-t': 'record type',
    '+short': 'answers only',
    '+search': 'use the search list',
    '+noall': 'no section',
    '+answer': 'the answer section',
    '+tcp': 'over TCP',
    '+norecurse': 'do not ask for recursion',
  },
  program: dig,
}
