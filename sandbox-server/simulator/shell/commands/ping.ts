// ping(8), as iputils in Debian 12 has it.
import { lookup } from '../../network/dns/resolver.ts'
import { SocketError } from '../../network/socket.ts'
import type { Process, Program } from '../../node/process.ts'
import { Signalled } from '../../node/process.ts'
import type { Command } from './command.ts'

interface PingOptions {
  host: string | undefined
  count: number
  intervalMs: number
  waitMs: number
  deadlineMs: number | undefined
  bytes: number
  ttl: number | undefined
  dontFragment: boolean
  quiet: boolean
  numeric: boolean
}

class PingUsageError extends Error {}

export const ping: Program = async (process) => {
  let options: PingOptions
  try {
    options = parse(process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof PingUsageError)) throw error
    await process.stderr.write(`${error.message}\n`)
    return 2
  }
  const { host } = options
  if (host === undefined) {
    await process.stderr.write('ping: usage error: Destination address required\n')
    return 1
  }
  const { addresses, code } = await lookup(process, host, { family: 4, signal: process.signal })
  const address = addresses[0]
  if (address === undefined) {
    const why =
      code === 'NXDOMAIN' || code === 'NOERROR'
        ? 'Name or service not known'
        : 'Temporary failure in name resolution'
    await process.stderr.write(`ping: ${host}: ${why}\n`)
    return 2
  }
  return run(process, options, host, address)
}

async function run(process: Process, options: PingOptions, host: string, address: string): Promise<number> {
  const { clock, stdout } = process
  await stdout.write(`PING ${host} (${address}) ${options.bytes}(${options.bytes + 28}) bytes of data.\n`)
  const interrupt = new AbortController()
  process.onSignal('SIGINT', () => interrupt.abort(new Signalled('SIGINT')))
  const startedAt = clock.now()
  const round: Round = { times: [], errors: 0, lastEventAt: startedAt, failure: undefined }
  const stop = new AbortController()
  const ended = AbortSignal.any([process.signal, interrupt.signal, stop.signal])
  const deadline =
    options.deadlineMs === undefined ? Number.POSITIVE_INFINITY : startedAt + options.deadlineMs
  const waiting = new Set<Promise<void>>()
  let sent = 0
  // Packets leave at their interval, whether those before were answered or not.
  while (sent < options.count && clock.now() < deadline && !ended.aborted && round.failure === undefined) {
    sent++
    round.lastEventAt = clock.now()
    const reply = pingOnce(process, options, host, address, sent, deadline, ended, round).finally(() =>
      waiting.delete(reply),
    )
    waiting.add(reply)
    if (sent >= options.count) break
    const pause = Math.min(options.intervalMs, Math.max(0, deadline - clock.now()))
    await clock.sleep(pause, ended).catch(() => undefined)
  }
  if (!ended.aborted) await Promise.all(waiting)
  stop.abort()
  if (process.signal.aborted) throw process.signal.reason
  if (round.failure !== undefined) {
    await process.stderr.write(round.failure)
    return 2
  }
  await stdout.write(statistics(host, sent, round.times, round.errors, round.lastEventAt - startedAt))
  // iputils: 0 with a reply (and with -w and -c: with all of them), 1 without.
  const enough =
    options.deadlineMs !== undefined && options.count !== Number.POSITIVE_INFINITY ? options.count : 1
  return round.times.length >= enough ? 0 : 1
}

interface Round {
  readonly times: number[]
  errors: number
  /** When the last packet left or came. */
  lastEventAt: number
  /** What ends the program. */
  failure: string | undefined
}

async function pingOnce(
  process: Process,
  options: PingOptions,
  host: string,
  address: string,
  sequence: number,
  deadline: number,
  ended: AbortSignal,
  round: Round,
): Promise<void> {
  const { clock, stdout, stderr } = process
  const sentAt = clock.now()
  const wait = new AbortController()
  const timer = clock.after(Math.min(options.waitMs, deadline - sentAt), () => wait.abort())
  try {
    const reply = await process.sockets.ping({
      to: address,
      bytes: options.bytes,
      sequence,
      ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
      ...(options.dontFragment ? { dontFragment: true } : {}),
      signal: AbortSignal.any([ended, wait.signal]),
    })
    const time = clock.now() - sentAt
    round.lastEventAt = clock.now()
    if (reply.type === 'echo') round.times.push(time)
    else round.errors++
    if (options.quiet) return
    await stdout.write(
      reply.type === 'echo'
        ? `${reply.bytes + 8} bytes from ${name(options, host, reply.from)}: icmp_seq=${sequence} ttl=${reply.ttl} time=${shownTime(time)} ms\n`
        : `From ${reply.from} icmp_seq=${sequence} ${errorText(reply.type, reply.mtu)}\n`,
    )
  } catch (error) {
    if (ended.aborted || wait.signal.aborted) return
    if (!(error instanceof SocketError)) throw error
    if (error.code === 'EMSGSIZE') {
      round.errors++
      await stdout.write(
        `ping: local error: message too long, mtu=${/mtu[= ](\d+)/.exec(error.message)?.[1] ?? '1500'}\n`,
      )
    } else if (error.code === 'ENETUNREACH') round.failure = 'ping: connect: Network is unreachable\n'
    else if (error.code === 'EHOSTUNREACH') round.failure = 'ping: connect: No route to host\n'
    else await stderr.write('ping: sendmsg: Operation not permitted\n')
  } finally {
    timer.cancel()
  }
}

function name(options: PingOptions, host: string, from: string): string {
  return options.numeric || host === from ? from : `${host} (${from})`
}

/** 0.045, 1.23, 12.3, 123 */
function shownTime(milliseconds: number): string {
  // A simulated hop takes no measurable time; what the host would see is some tens of microseconds.
  const time = Math.max(milliseconds, 0.05)
  return time >= 100
    ? time.toFixed(0)
    : time >= 10
      ? time.toFixed(1)
      : time >= 1
        ? time.toFixed(2)
        : time.toFixed(3)
}

function errorText(type: string, mtu: number | undefined): string {
  switch (type) {
    case 'net-unreachable':
      return 'Destination Net Unreachable'
    case 'host-unreachable':
      return 'Destination Host Unreachable'
    case 'port-unreachable':
      return 'Destination Port Unreachable'
    case 'admin-prohibited':
      return 'Packet filtered'
    case 'ttl-exceeded':
      return 'Time to live exceeded'
    case 'frag-needed':
      return `Frag needed and DF set (mtu = ${mtu ?? 0})`
    default:
      return type
  }
}

function statistics(
  host: string,
  sent: number,
  times: readonly number[],
  errors: number,
  elapsed: number,
): string {
  const loss = sent === 0 ? 0 : ((sent - times.length) / sent) * 100
  const lossText = Number.isInteger(loss) ? String(loss) : String(Number(loss.toPrecision(6)))
  let text = `\n--- ${host} ping statistics ---\n`
  text += `${sent} packets transmitted, ${times.length} received${errors > 0 ? `, +${errors} errors` : ''}, ${lossText}% packet loss, time ${Math.round(elapsed)}ms\n`
  if (times.length > 0) {
    const values = times.map((time) => Math.max(time, 0.05))
    const average = values.reduce((sum, time) => sum + time, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, time) => sum + (time - average) ** 2, 0) / values.length)
    text += `rtt min/avg/max/mdev = ${[Math.min(...values), average, Math.max(...values), deviation].map((value) => value.toFixed(3)).join('/')} ms\n`
  }
  return times.length === 0 ? `${text}\n` : text
}

function parse(words: readonly string[]): PingOptions {
  const options: PingOptions = {
    host: undefined,
    count: Number.POSITIVE_INFINITY,
    intervalMs: 1000,
    waitMs: 10_000,
    deadlineMs: undefined,
    bytes: 56,
    ttl: undefined,
    dontFragment: false,
    quiet: false,
    numeric: false,
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('-') || word === '-') {
      options.host = word
      continue
    }
    for (let rest = word.slice(1); rest !== ''; ) {
      const letter = rest.slice(0, 1)
      rest = rest.slice(1)
      if ('nqOvDb46'.includes(letter)) {
        if (letter === 'q') options.quiet = true
        if (letter === 'n') options.numeric = true
        continue
      }
      if (!'cWwistMIpQ'.includes(letter))
        throw new PingUsageError(`ping: invalid option -- '${letter}'\n\n${usage}`)
      const value = rest !== '' ? rest : words[++index]
      rest = ''
      if (value === undefined)
        throw new PingUsageError(`ping: option requires an argument -- '${letter}'\n\n${usage}`)
      const number = Number(value)
      if (letter === 'M') {
        if (!['do', 'dont', 'want'].includes(value))
          throw new PingUsageError(`ping: invalid -M argument: ${value}`)
        options.dontFragment = value === 'do'
      } else if (letter !== 'I' && !(number >= 0))
        throw new PingUsageError(`ping: invalid argument: '${value}'`)
      else if (letter === 'c') {
        if (number < 1)
          throw new PingUsageError(
            `ping: invalid argument: '${value}': out of range: 1 <= value <= 9223372036854775807`,
          )
        options.count = number
      } else if (letter === 'W') options.waitMs = number * 1000
      else if (letter === 'w') options.deadlineMs = number * 1000
      else if (letter === 'i') options.intervalMs = Math.max(number * 1000, 2)
      else if (letter === 's') options.bytes = number
      else if (letter === 't') options.ttl = number
    }
  }
  return options
}

const usage = 'Usage\n  ping [options] <destination>\n'

export const pingCommand: Command = {
  name: 'ping',
  summary: 'send ICMP echo requests',
  group: 'network',
  usage: 'ping [-c COUNT] [-i INTERVAL] [-W TIMEOUT] [-w DEADLINE] [-s SIZE] [-M do] HOST',
  flags: {
    '-c': 'number of packets',
    '-i': 'seconds between packets',
    '-W': 'seconds to wait for a reply',
    '-w': 'seconds until ping ends',
    '-s': 'bytes of data',
    '-t': 'time to live',
    '-M': 'do: never fragment',
    '-q': 'statistics only',
    '-n': 'addresses only',
  },
  program: ping,
}
