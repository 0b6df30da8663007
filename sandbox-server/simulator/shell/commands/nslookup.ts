// nslookup(1), as bind 9.18 has it, without its interactive mode.
import {
  absolute,
  type DnsMessage,
  formatRecordData,
  type RecordType,
  recordTypes,
} from '../../network/dns/message.ts'
import { DnsTimeout, queryDns } from '../../network/dns/query.ts'
import { candidates, readResolvConf } from '../../network/dns/resolv-conf.ts'
import { lookup } from '../../network/dns/resolver.ts'
import { SocketError } from '../../network/socket.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { reverseName } from './dig/options.ts'

interface Options {
  readonly type: RecordType | undefined
  readonly port: number
  readonly timeoutSeconds: number
  readonly tries: number
  readonly search: boolean
  readonly tcp: boolean
}

export const nslookup: Program = async (process) => {
  const words = process.argv.slice(1)
  const positional = words.filter((word) => !word.startsWith('-'))
  const options = parse(words)
  const [name, server] = positional
  if (name === undefined) {
    await process.stderr.write('nslookup: the interactive mode is not simulated; give a name\n')
    return 1
  }
  const conf = readResolvConf(process.files)
  let servers = conf.nameservers
  if (server !== undefined) {
    const { addresses } = await lookup(process, server, { signal: process.signal, family: 4 })
    if (addresses.length === 0) {
      await process.stdout.write(`nslookup: couldn't get address for '${server}': not found\n`)
      return 1
    }
    servers = [addresses[0] ?? '']
  }
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name)
  const names = isAddress
    ? [reverseName(name)]
    : options.search
      ? candidates(name, conf)
      : [name.replace(/\.$/, '')]
  const types: RecordType[] = isAddress ? ['PTR'] : options.type ? [options.type] : ['A', 'AAAA']
  return resolve(process, options, servers, server, names, types)
}

async function resolve(
  process: Process,
  options: Options,
  servers: readonly string[],
  serverName: string | undefined,
  names: readonly string[],
  types: readonly RecordType[],
): Promise<number> {
  const { stdout } = process
  for (const [index, name] of names.entries()) {
    const messages: DnsMessage[] = []
    let used = servers[0] ?? ''
    for (const type of types) {
      const answer = await ask(process, options, servers, name, type)
      if (!answer) {
        await stdout.write(';; no servers could be reached\n\n')
        return 1
      }
      used = answer.server
      messages.push(answer.message)
      // The AAAA question follows only where the name exists (nslookup.c: after a successful A).
      if (answer.message.code !== 'NOERROR') break
    }
    const [first] = messages
    if (first?.code === 'NXDOMAIN' && index < names.length - 1) continue
    if (!types.includes('PTR') || serverName !== undefined)
      await stdout.write(`Server:\t\t${serverName ?? used}\nAddress:\t${used}#${options.port}\n\n`)
    if (first?.code !== 'NOERROR') {
      await stdout.write(`** server can't find ${name}: ${first?.code ?? 'SERVFAIL'}\n\n`)
      return 1
    }
    return printAnswers(process, name, types, messages)
  }
  return 1
}

async function printAnswers(
  process: Process,
  name: string,
  types: readonly RecordType[],
  messages: readonly DnsMessage[],
): Promise<number> {
  const { stdout } = process
  let text = ''
  for (const message of messages) {
    if (message.answers.length === 0) continue
    const authoritative = message.isAuthoritative || types.includes('PTR')
    if (!authoritative && text === '') text += 'Non-authoritative answer:\n'
    for (const record of message.answers) {
      if (record.type === 'A' || record.type === 'AAAA')
        text += `Name:\t${record.name}\nAddress: ${record.address}\n`
      else if (record.type === 'CNAME')
        text += `${record.name}\tcanonical name = ${absolute(record.target)}\n`
      else if (record.type === 'PTR') text += `${record.name}\tname = ${absolute(record.target)}\n`
      else if (record.type === 'SRV') text += `${record.name}\tservice = ${formatRecordData(record)}\n`
      else if (record.type === 'MX') text += `${record.name}\tmail exchanger = ${formatRecordData(record)}\n`
      else if (record.type === 'NS') text += `${record.name}\tnameserver = ${absolute(record.target)}\n`
      else if (record.type === 'TXT') text += `${record.name}\ttext = ${formatRecordData(record)}\n`
    }
  }
  if (text === '') text = `*** Can't find ${name}: No answer\n`
  await stdout.write(`${text}\n`)
  return 0
}

async function ask(
  process: Process,
  options: Options,
  servers: readonly string[],
  name: string,
  type: RecordType,
): Promise<{ message: DnsMessage; server: string } | undefined> {
  for (let attempt = 0; attempt < options.tries; attempt++)
    for (const server of servers)
      try {
        const [message] = await queryDns(process, [{ name, type }], {
          server,
          port: options.port,
          timeoutMs: options.timeoutSeconds * 1000,
          overTcp: options.tcp,
          signal: process.signal,
        })
        if (message) return { message, server }
      } catch (error) {
        if (process.signal.aborted) throw process.signal.reason
        const why =
          error instanceof DnsTimeout
            ? 'timed out'
            : error instanceof SocketError
              ? socketWords(error)
              : undefined
        if (why === undefined) throw error
        await process.stdout.write(`;; communications error to ${server}#${options.port}: ${why}\n`)
      }
  return undefined
}

function socketWords(error: SocketError): string {
  if (error.code === 'ECONNREFUSED') return 'connection refused'
  if (error.code === 'EHOSTUNREACH') return 'host unreachable'
  return error.code === 'ENETUNREACH' ? 'network unreachable' : 'timed out'
}

function parse(words: readonly string[]): Options {
  const value = (pattern: RegExp) =>
    words.map((word) => pattern.exec(word)?.[1]).find((found) => found !== undefined)
  const type = value(/^-(?:type|querytype|query|q|ty)=(\w+)$/)?.toUpperCase()
  return {
    type: type !== undefined && type in recordTypes ? (type as RecordType) : undefined,
    port: Number(value(/^-port=(\d+)$/) ?? 53),
    timeoutSeconds: Number(value(/^-timeout=(\d+)$/) ?? 5),
    tries: Number(value(/^-retry=(\d+)$/) ?? 2) + 1,
    search: !words.includes('-nosearch'),
    tcp: words.includes('-vc'),
  }
}

export const nslookupCommand: Command = {
  name: 'nslookup',
  summary: 'look up a name in DNS',
  group: 'network',
  usage: 'nslookup [-type=TYPE] NAME [SERVER]',
  flags: {
    '-type=': 'record type',
    '-timeout=': 'seconds to wait',
    '-nosearch': 'no search list',
    '-vc': 'over TCP',
  },
  program: nslookup,
}
