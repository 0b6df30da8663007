// traceroute(8) and tracepath(8): the way of a packet, hop by hop, by growing times to live.
import { lookup } from '../../network/dns/resolver.ts'
import { type PingReply, SocketError } from '../../network/socket.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'

interface Probe {
  readonly reply: PingReply | undefined
  readonly milliseconds: number
}

async function probe(
  process: Process,
  to: string,
  ttl: number,
  sequence: number,
  bytes: number,
  waitMs: number,
): Promise<Probe> {
  const { clock, signal } = process
  const wait = new AbortController()
  const timer = clock.after(waitMs, () => wait.abort())
  const startedAt = clock.now()
  try {
    const reply = await process.sockets.ping({
      to,
      bytes,
      sequence,
      ttl,
      signal: AbortSignal.any([signal, wait.signal]),
    })
    return { reply, milliseconds: clock.now() - startedAt }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (wait.signal.aborted || error instanceof SocketError) return { reply: undefined, milliseconds: 0 }
    throw error
  } finally {
    timer.cancel()
  }
}

const shownTime = (milliseconds: number) => `${Math.max(milliseconds, 0.05).toFixed(3)} ms`

const marks: Readonly<Record<string, string>> = {
  'net-unreachable': ' !N',
  'host-unreachable': ' !H',
  'port-unreachable': '',
  'admin-prohibited': ' !X',
  'frag-needed': ' !F',
}

interface Options {
  host: string | undefined
  maxHops: number
  queries: number
  waitMs: number
  bytes: number
}

function parse(words: readonly string[], defaults: Omit<Options, 'host'>): Options {
  const options: Options = { host: undefined, ...defaults }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('-')) {
      options.host ??= word
      continue
    }
    const value = () => Number(word.length > 2 ? word.slice(2) : words[++index])
    if (word.startsWith('-m')) options.maxHops = value()
    else if (word.startsWith('-q')) options.queries = value()
    else if (word.startsWith('-w')) options.waitMs = value() * 1000
    else if (word.startsWith('-p') || word.startsWith('-f') || word.startsWith('-l')) value()
  }
  return options
}

async function addressOf(process: Process, host: string): Promise<string | undefined> {
  const { addresses } = await lookup(process, host, { family: 4, signal: process.signal })
  return addresses[0]
}

export const traceroute: Program = async (process) => {
  const options = parse(process.argv.slice(1), { maxHops: 30, queries: 3, waitMs: 5000, bytes: 32 })
  const { stdout, stderr } = process
  const { host } = options
  if (host === undefined) {
    await stderr.write('Usage: traceroute [-nI] [-m max_ttl] [-q nqueries] [-w wait] host\n')
    return 2
  }
  const address = await addressOf(process, host)
  if (address === undefined) {
    await stderr.write(
      `${host}: Name or service not known\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc 1)\n`,
    )
    return 2
  }
  await stdout.write(`traceroute to ${host} (${address}), ${options.maxHops} hops max, 60 byte packets\n`)
  let sequence = 0
  for (let ttl = 1; ttl <= options.maxHops; ttl++) {
    await stdout.write(String(ttl).padStart(2))
    let from = ''
    let last: PingReply | undefined
    for (let count = 0; count < options.queries; count++) {
      const { reply, milliseconds } = await probe(
        process,
        address,
        ttl,
        ++sequence,
        options.bytes,
        options.waitMs,
      )
      if (!reply) {
        await stdout.write(' *')
        continue
      }
      const shown = reply.from === from ? '' : ` ${reply.from} (${reply.from})`
      await stdout.write(
        `${from === '' ? '  ' : shown === '' ? ' ' : '  '}${shown.trimStart()}${shown === '' ? ' ' : '  '}${shownTime(milliseconds)}${marks[reply.type] ?? ''}`,
      )
      from = reply.from
      last = reply
    }
    await stdout.write('\n')
    if (last && last.type !== 'ttl-exceeded') return 0
  }
  return 0
}

export const tracepath: Program = async (process) => {
  const options = parse(process.argv.slice(1), { maxHops: 30, queries: 1, waitMs: 1000, bytes: 1472 })
  const { stdout, stderr } = process
  const { host } = options
  if (host === undefined) {
    await stderr.write('Usage\n  tracepath [options] <destination>\n')
    return 1
  }
  const address = await addressOf(process, host)
  if (address === undefined) {
    await stderr.write(`tracepath: ${host}: Name or service not known\n`)
    return 1
  }
  await stdout.write(` 1?: [LOCALHOST]                      pmtu 1500\n`)
  for (let ttl = 1; ttl <= options.maxHops; ttl++) {
    const { reply, milliseconds } = await probe(process, address, ttl, ttl, options.bytes, options.waitMs)
    const label = `${String(ttl).padStart(2)}:  `
    if (!reply) {
      await stdout.write(`${label}no reply\n`)
      continue
    }
    const reached = reply.type === 'echo' || reply.type === 'port-unreachable'
    const mark = reached ? ' reached' : reply.type === 'ttl-exceeded' ? '' : (marks[reply.type] ?? '')
    const time = `${Math.max(milliseconds, 0.05).toFixed(3)}ms`
    await stdout.write(`${label}${reply.from.padEnd(53)} ${time.padStart(7)}${mark}\n`)
    if (reached) {
      await stdout.write(`     Resume: pmtu 1500 hops ${ttl} back ${ttl} \n`)
      return 0
    }
    if (reply.type !== 'ttl-exceeded') return 1
  }
  await stdout.write('     Too many hops: pmtu 1500\n     Resume: pmtu 1500 \n')
  return 1
}

export const tracerouteCommand: Command = {
  name: 'traceroute',
  summary: 'show the way of packets to a host',
  group: 'network',
  usage: 'traceroute [-n] [-m MAX] [-q QUERIES] [-w SECONDS] HOST',
  flags: { '-n': 'addresses only', '-m': 'most hops', '-q': 'probes a hop', '-w': 'seconds to wait' },
  program: traceroute,
}

export const tracepathCommand: Command = {
  name: 'tracepath',
  summary: 'show the way of packets and their largest size',
  group: 'network',
  usage: 'tracepath [-n] [-m MAX] HOST',
  program: tracepath,
}
