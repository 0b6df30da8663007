// `agnhost connect`: one connection, and an error that test cases can tell apart. Source: test/images/agnhost/connect/connect.go.
import { lookup } from '../../../network/dns/resolver.ts'
import { SocketError } from '../../../network/socket.ts'
import type { Process } from '../../process.ts'
import { goProgram, parseDuration, parseFlags, splitHostPort } from '../go-program.ts'
import { goSocketError } from './go-socket-error.ts'

export const connect = (args: readonly string[]) =>
  goProgram(async ({ process }) => {
    const defaults = { timeout: '0s', protocol: 'tcp', 'udp-data': 'hostname', 'sctp-data': 'hostname' }
    const { flags, rest } = parseFlags(args, defaults)
    const fail = async (text: string) => {
      await process.stderr.write(`${text}\n`)
      return 1
    }
    const [destination] = rest
    if (destination === undefined || rest.length > 1) {
      return await fail(`Error: accepts 1 arg(s), received ${rest.length}`)
    }
    const timeoutMs = parseDuration(flags.timeout ?? '') ?? 0
    const where = splitHostPort(destination)
    if ('error' in where) return await fail(`UNKNOWN: ${where.error}`)
    const [address] = (await lookup(process, where.host, { family: 4, signal: process.signal })).addresses
    if (address === undefined) return await fail(`DNS: lookup ${where.host}: no such host`)
    const to = { address, port: Number(where.port) }
    if (flags.protocol === 'udp') return await overUdp(process, to, flags['udp-data'] ?? '', timeoutMs, fail)
    if (flags.protocol === 'sctp') return await fail('OTHER: SCTP is not simulated')
    if (flags.protocol !== 'tcp' && flags.protocol !== '') return await fail('Unsupported protocol')
    return await overTcp(process, to, timeoutMs, fail)
  })

type Fail = (text: string) => Promise<number>
interface To {
  readonly address: string
  readonly port: number
}

async function overTcp(process: Process, to: To, timeoutMs: number, fail: Fail): Promise<number> {
  const limit = deadline(process, timeoutMs)
  try {
    const connection = await process.sockets.connect({ to, signal: limit.signal })
    connection.end()
    return 0
  } catch (error) {
    if (limit.isOver() || (error instanceof SocketError && error.code === 'ETIMEDOUT'))
      return await fail('TIMEOUT')
    if (error instanceof SocketError && error.code === 'ECONNREFUSED') return await fail('REFUSED')
    return await fail(`OTHER: ${goSocketError(error, 'tcp', to, false)}`)
  } finally {
    limit.dispose()
  }
}

async function overUdp(
  process: Process,
  to: To,
  data: string,
  timeoutMs: number,
  fail: Fail,
): Promise<number> {
  const limit = deadline(process, timeoutMs)
  const socket = process.sockets.bindUdp({ connectedTo: to })
  const local = `udp ${socket.local.address}:${socket.local.port}->${to.address}:${to.port}`
  try {
    socket.send(new TextEncoder().encode(`${data}\n`), to)
    const answer = await socket.receive(limit.signal)
    if (answer.data.length > 0) return 0
    return await fail(
      'OTHER: No data received from the server. Cannot guarantee the server received the request.',
    )
  } catch (error) {
    if (limit.isOver()) return await fail(`TIMEOUT: read ${local}: i/o timeout`)
    if (error instanceof SocketError && error.code === 'ECONNREFUSED') {
      return await fail(`REFUSED: read ${local}: read: connection refused`)
    }
    return await fail(`UNKNOWN: ${goSocketError(error, 'udp', to, false)}`)
  } finally {
    socket.close()
    limit.dispose()
  }
}

/** No limit where `ms` is 0. */
function deadline(process: Process, ms: number) {
  const controller = new AbortController()
  const timer = ms > 0 ? process.clock.after(ms, () => controller.abort(new Error('i/o timeout'))) : undefined
  return {
    signal: AbortSignal.any([controller.signal, process.signal]),
    isOver: () => controller.signal.aborted,
    dispose: () => timer?.cancel(),
  }
}
