// nc(1), as OpenBSD's netcat in Debian 12 has it.
import { lookup } from '../../network/dns/resolver.ts'
import { SocketError, type TcpConnection } from '../../network/socket.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { socketText } from './curl/connections.ts'
import { type NcOptions, ncUsage, parseNc } from './nc/options.ts'

export const nc: Program = async (process) => {
  const options = parseNc(process.argv.slice(1))
  if (typeof options === 'string') {
    await process.stderr.write(options)
    return 1
  }
  const [first, second] = options.positional
  if (options.listen) {
    const port = Number(options.localPort ?? second ?? first)
    if (!(port > 0)) return usageError(process)
    return options.udp ? listenUdp(process, port) : listen(process, options, port, second ? first : undefined)
  }
  if (first === undefined || second === undefined) return usageError(process)
  const { addresses, code } = await lookup(process, first, { family: 4, signal: process.signal })
  const [address] = addresses
  if (address === undefined) {
    const why =
      code === 'TIMEOUT' || code === 'SERVFAIL'
        ? 'Temporary failure in name resolution'
        : 'Name or service not known'
    await process.stderr.write(`nc: getaddrinfo for host "${first}" port ${second}: ${why}\n`)
    return 1
  }
  let exitCode = 1
  for (const port of portsOf(second)) {
    const code = options.udp
      ? await connectUdp(process, options, first, address, port)
      : await connectTcp(process, options, first, address, port)
    if (code === 0) exitCode = 0
  }
  return exitCode
}

async function usageError(process: Process): Promise<number> {
  await process.stderr.write(ncUsage)
  return 1
}

function portsOf(text: string): number[] {
  const [from = 0, to = from] = text.split('-').map(Number)
  return Array.from({ length: Math.max(0, Math.min(to - from + 1, 65_536)) }, (_, index) => from + index)
}

const services: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  443: 'https',
  8080: 'http-alt',
}

async function connectTcp(
  process: Process,
  options: NcOptions,
  host: string,
  address: string,
  port: number,
): Promise<number> {
  const { clock, stderr } = process
  const timeout = new AbortController()
  const timer =
    options.timeoutMs === undefined ? undefined : clock.after(options.timeoutMs, () => timeout.abort())
  const shown = `${host}${host === address ? '' : ` (${address})`}`
  try {
    const connection = await process.sockets.connect({
      to: { address, port },
      ...(options.source ? { from: options.source } : {}),
      signal: AbortSignal.any([process.signal, timeout.signal]),
    })
    timer?.cancel()
    if (options.verbose)
      await stderr.write(
        `Connection to ${shown} ${port} port [tcp/${options.numeric ? '*' : (services[port] ?? '*')}] succeeded!\n`,
      )
    if (options.scan) connection.end()
    else await relay(process, options, connection)
    return 0
  } catch (error) {
    if (process.signal.aborted) throw process.signal.reason
    const why = timeout.signal.aborted
      ? 'timed out: Operation now in progress'
      : error instanceof SocketError
        ? `failed: ${socketText(error)}`
        : undefined
    if (why === undefined) throw error
    if (options.verbose) await stderr.write(`nc: connect to ${shown} port ${port} (tcp) ${why}\n`)
    return 1
  } finally {
    timer?.cancel()
  }
}

/** Copies both ways until the peer closes. */
async function relay(process: Process, options: NcOptions, connection: TcpConnection): Promise<void> {
  const { stdin, stdout, clock, signal } = process
  const done = new AbortController()
  const ended = AbortSignal.any([signal, done.signal])
  const up = async () => {
    if (options.noStdin) return
    try {
      for (let data = await stdin.read(ended); data; data = await stdin.read(ended))
        await connection.write(data)
    } catch (error) {
      if (done.signal.aborted) return
      if (error instanceof SocketError) return
      throw error
    }
    if (options.closeOnEof) connection.end()
    if (options.quitAfterMs !== undefined) {
      if (options.quitAfterMs === 0) connection.end()
      clock.after(options.quitAfterMs, () => done.abort())
    }
  }
  const idle = (): (() => void) => {
    if (options.timeoutMs === undefined) return () => undefined
    const timer = clock.after(options.timeoutMs, () => done.abort())
    return () => timer.cancel()
  }
  const sending = up()
  sending.catch(() => undefined)
  try {
    for (;;) {
      const stopTimer = idle()
      const data = await connection.read(ended).finally(stopTimer)
      if (!data) break
      await stdout.write(data)
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!done.signal.aborted && !(error instanceof SocketError)) throw error
  } finally {
    done.abort()
    connection.end()
  }
}

async function listen(
  process: Process,
  options: NcOptions,
  port: number,
  address: string | undefined,
): Promise<number> {
  const { stderr, signal } = process
  let accept: ((connection: TcpConnection) => void) | undefined
  const waiting: TcpConnection[] = []
  let listener: { close(): void }
  try {
    listener = process.sockets.listen({ port, ...(address ? { address } : {}) }, (connection) => {
      if (accept) accept(connection)
      else waiting.push(connection)
    })
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    await stderr.write(`nc: ${socketText(error)}\n`)
    return 1
  }
  if (options.verbose) await stderr.write(`Listening on ${address ?? '0.0.0.0'} ${port}\n`)
  try {
    do {
      const connection =
        waiting.shift() ??
        (await new Promise<TcpConnection>((resolve, reject) => {
          accept = resolve
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }))
      accept = undefined
      if (options.verbose)
        await stderr.write(`Connection received on ${connection.remote.address} ${connection.remote.port}\n`)
      if (!options.keepListening) listener.close()
      await relay(process, options, connection)
    } while (options.keepListening)
    return 0
  } finally {
    listener.close()
  }
}

async function connectUdp(
  process: Process,
  options: NcOptions,
  host: string,
  address: string,
  port: number,
): Promise<number> {
  const { stdin, stdout, stderr, clock, signal } = process
  const peer = { address, port }
  const socket = process.sockets.bindUdp({ connectedTo: peer })
  const quit = new AbortController()
  const ended = AbortSignal.any([signal, quit.signal])
  try {
    if (options.scan || options.verbose) {
      // As netcat's udptest: a few datagrams, and no ICMP error within the time means success.
      const timer = clock.after(options.timeoutMs ?? 1000, () => quit.abort())
      if (options.scan) {
        socket.send(new TextEncoder().encode('X'), peer)
        const refused = await socket.receive(ended).then(
          () => false,
          (error: unknown) => error instanceof SocketError,
        )
        timer.cancel()
        if (signal.aborted) throw signal.reason
        if (refused) return 1
        const service = services[port] ?? '*'
        if (options.verbose)
          await stderr.write(
            `Connection to ${host}${host === address ? '' : ` (${address})`} ${port} port [udp/${service}] succeeded!\n`,
          )
        return 0
      }
      timer.cancel()
    }
    const receive = async () => {
      for (;;) {
        const timer =
          options.timeoutMs === undefined ? undefined : clock.after(options.timeoutMs, () => quit.abort())
        const { data } = await socket.receive(ended).finally(() => timer?.cancel())
        await stdout.write(data)
      }
    }
    const receiving = receive().catch((error: unknown) => {
      if (!ended.aborted && !(error instanceof SocketError)) throw error
      return error instanceof SocketError ? 1 : 0
    })
    for (let data = await stdin.read(ended); data; data = await stdin.read(ended)) socket.send(data, peer)
    if (options.quitAfterMs !== undefined) clock.after(options.quitAfterMs, () => quit.abort())
    const code = await receiving
    if (signal.aborted) throw signal.reason
    return code
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (quit.signal.aborted) return 0
    if (error instanceof SocketError) return 1
    throw error
  } finally {
    socket.close()
  }
}

async function listenUdp(process: Process, port: number): Promise<number> {
  const socket = process.sockets.bindUdp({ port })
  try {
    for (;;) await process.stdout.write((await socket.receive(process.signal)).data)
  } finally {
    socket.close()
  }
}

export const ncCommand: Command = {
  name: 'nc',
  summary: 'open TCP and UDP connections, or listen',
  group: 'network',
  usage: 'nc [-zvu] [-w SECONDS] HOST PORT, or nc -l [-k] PORT',
  flags: {
    '-z': 'only see whether the port answers',
    '-v': 'tell what happens',
    '-u': 'UDP',
    '-l': 'listen',
    '-k': 'go on listening',
    '-w': 'seconds to wait',
    '-q': 'seconds to wait after the end of input',
    '-N': 'close after the end of input',
    '-n': 'addresses only',
  },
  program: nc,
}
