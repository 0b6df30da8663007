// host(1), as bind 9.18 has it, for plain lookups.
import {
  absolute,
  type DnsRecord,
  formatRecordData,
  type RecordType,
  recordTypes,
} from '../../network/dns/message.ts'
import { DnsTimeout, queryDns } from '../../network/dns/query.ts'
import { candidates, readResolvConf } from '../../network/dns/resolv-conf.ts'
import { SocketError } from '../../network/socket.ts'
import type { Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { reverseName } from './dig/options.ts'

export const host: Program = async (process) => {
  const { stdout, stderr } = process
  const words = process.argv.slice(1)
  let type: RecordType | undefined
  let timeoutMs = 5000
  const positional: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '-t') {
      const wanted = (words[++index] ?? '').toUpperCase()
      if (!(wanted in recordTypes)) {
        await stderr.write(`host: invalid type: ${wanted.toLowerCase()}\n`)
        return 2
      }
      type = wanted as RecordType
    } else if (word === '-W') timeoutMs = Number(words[++index] ?? 5) * 1000
    else if (!word.startsWith('-')) positional.push(word)
  }
  const [name, server] = positional
  if (name === undefined) {
    await stderr.write('Usage: host [-t type] [-W time] hostname [server]\n')
    return 1
  }
  const conf = readResolvConf(process.files)
  const servers = server === undefined ? conf.nameservers : [server]
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name)
  const names = isAddress ? [reverseName(name)] : candidates(name, conf)
  const types: RecordType[] = isAddress ? ['PTR'] : type ? [type] : ['A', 'AAAA', 'MX']
  if (server !== undefined)
    await stdout.write(`Using domain server:\nName: ${server}\nAddress: ${server}#53\nAliases: \n\n`)
  for (const [index, candidate] of names.entries()) {
    let code = 'TIMEOUT'
    const records: DnsRecord[] = []
    for (const wanted of types) {
      for (const address of servers)
        try {
          const [message] = await queryDns(process, [{ name: candidate, type: wanted }], {
            server: address,
            timeoutMs,
            signal: process.signal,
          })
          code = message?.code ?? code
          records.push(...(message?.answers ?? []))
          break
        } catch (error) {
          if (process.signal.aborted) throw process.signal.reason
          if (!(error instanceof DnsTimeout) && !(error instanceof SocketError)) throw error
        }
      if (code !== 'NOERROR') break
    }
    if (code === 'TIMEOUT') {
      await stdout.write(';; connection timed out; no servers could be reached\n')
      return 1
    }
    if (code === 'NXDOMAIN' && index < names.length - 1) continue
    if (code !== 'NOERROR') {
      await stdout.write(
        `Host ${isAddress ? `${candidate}.` : name} not found: 3(${code})\n`.replace(
          '3(SERVFAIL)',
          '2(SERVFAIL)',
        ),
      )
      return 1
    }
    const lines = [...new Set(records.map(recordText))]
    await stdout.write(lines.length > 0 ? lines.join('') : `${candidate} has no ${type ?? 'A'} record\n`)
    return 0
  }
  return 1
}

function recordText(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
      return `${record.name} has address ${record.address}\n`
    case 'AAAA':
      return `${record.name} has IPv6 address ${record.address}\n`
    case 'CNAME':
      return `${record.name} is an alias for ${absolute(record.target)}\n`
    case 'PTR':
      return `${record.name} domain name pointer ${absolute(record.target)}\n`
    case 'MX':
      return `${record.name} mail is handled by ${formatRecordData(record)}\n`
    case 'SRV':
      return `${record.name} has SRV record ${formatRecordData(record)}\n`
    default:
      return `${record.name} ${record.type} ${formatRecordData(record)}\n`
  }
}

export const hostCommand: Command = {
  name: 'host',
  summary: 'look up a name in DNS',
  group: 'network',
  usage: 'host [-t TYPE] NAME [SERVER]',
  flags: { '-t': 'record type', '-W': 'seconds to wait' },
  program: host,
}
