// Real traffic from a vantage point's own network namespace: a name is resolved and a connection made as a program there would.
import type { Hop, ProbeResult, Target } from '../../contract/cluster.ts'
import { AppError } from '../../contract/errors.ts'
import type { Clock } from '../../simulator/clock.ts'
import type { RunningMachine } from '../../simulator/cluster.ts'
import { lookup } from '../../simulator/network/dns/resolver.ts'
import { httpGet } from '../../simulator/network/http/get.ts'
import { HttpTruncated } from '../../simulator/network/http/reader.ts'
import { SocketError, type Sockets, type TraceSink } from '../../simulator/network/socket.ts'

const bodyBytes = 64 * 1024

class TimedOut extends Error {}

export async function probeFrom(
  machine: RunningMachine,
  target: Target,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const startedAt = clock.now()
  const hops: Hop[] = []
  const trace: TraceSink = { hop: (hop) => hops.push(hop) }
  const timeout = new AbortController()
  const timer = clock.after(target.timeoutMs, () => timeout.abort(new TimedOut('no answer in time')))
  const limited = AbortSignal.any([signal, timeout.signal])
  let address: string | undefined
  let connected = false
  const end = (rest: Partial<ProbeResult> & Pick<ProbeResult, 'outcome'>): ProbeResult => ({
    durationMs: clock.now() - startedAt,
    hops,
    ...(address === undefined ? {} : { address }),
    ...rest,
  })
  try {
    const process = machine.process({ signal: limited })
    const found = await lookup(process, target.host, { signal: limited, trace })
    address = found.addresses[0]
    if (address === undefined) {
      const asked = found.queries.length === 0 ? '' : ` Asked for ${found.queries.join(', ')}.`
      const detail = `${target.host}: ${found.code}.${asked}`
      return end({ outcome: 'no-name', detail })
    }
    // The name's packets are not the request's: its way is what the hops tell.
    hops.length = 0
    const { sockets } = process
    return end(await ask(sockets, target, address, limited, trace, () => (connected = true)))
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.signal.aborted) {
      const name = address === undefined
      return end({
        outcome: 'timeout',
        detail: name ? `${target.host}: no answer from the name server` : 'no answer in time',
      })
    }
    return end(failure(error, connected))
  } finally {
    timer.cancel()
  }
}

async function ask(
  sockets: Sockets,
  target: Target,
  address: string,
  signal: AbortSignal,
  trace: TraceSink,
  onConnect: () => void,
): Promise<Omit<ProbeResult, 'durationMs' | 'hops'>> {
  const to = { address, port: target.port }
  switch (target.protocol) {
    case 'http': {
      const host = target.port === 80 ? target.host : `${target.host}:${target.port}`
      const hasHost = Object.keys(target.headers).some((name) => name.toLowerCase() === 'host')
      const headers = hasHost ? target.headers : { Host: host, ...target.headers }
      const answer = await httpGet(sockets, {
        ...to,
        path: target.path,
        headers,
        signal,
        trace,
        maxBodyBytes: bodyBytes,
      })
      const { status, body } = answer
      return { outcome: 'answered', status, body, headers: { ...answer.headers } }
    }
    case 'tcp': {
      const connection = await sockets.connect({ to, signal, trace })
      onConnect()
      connection.end()
      return { outcome: 'answered' }
    }
    case 'udp': {
      const socket = sockets.bindUdp({ connectedTo: to, trace })
      try {
        // agnhost netexec answers `hostname`, `clientip` and `echo TEXT` over UDP as it does over HTTP.
        socket.send(new TextEncoder().encode(target.path.replace(/^\//, '') || 'hostname'), to)
        const { data } = await socket.receive(signal)
        return { outcome: 'answered', body: new TextDecoder().decode(data.subarray(0, bodyBytes)) }
      } finally {
        socket.close()
      }
    }
    case 'https':
      throw new AppError('BAD_REQUEST', 'TLS is not simulated.', {
        hint: 'Ask over http, or do this lesson on a kind cluster.',
      })
    default:
      return target.protocol satisfies never
  }
}

function failure(error: unknown, connected: boolean): Pick<ProbeResult, 'outcome' | 'detail'> {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof HttpTruncated) return { outcome: 'broken', detail }
  if (!(error instanceof SocketError)) throw error
  switch (error.code) {
    case 'ECONNREFUSED':
      return { outcome: 'refused', detail }
    case 'ETIMEDOUT':
      return { outcome: connected ? 'broken' : 'timeout', detail }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EACCES':
    case 'EPERM':
      return { outcome: 'unreachable', detail }
    default:
      return { outcome: 'broken', detail }
  }
}
