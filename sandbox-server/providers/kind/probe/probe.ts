// Real traffic from a vantage point's own network namespace: a name is resolved and a connection made as a program there would.
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProbeResult, Target } from '../../../contract/cluster.ts'
import { AppError } from '../../../contract/errors.ts'
import type { ProbePlace } from './probe-place.ts'
import { RelayError, relayStarved } from './relay-error.ts'
import { requestHttp } from './request-http.ts'
import { lookUp } from './resolver.ts'
import { startTls } from './start-tls.ts'

type Answer = Omit<ProbeResult, 'durationMs' | 'hops'>

/** How far a probe came. */
interface Progress {
  address?: string
  isConnected: boolean
  certificate?: ProbeResult['certificate']
}

class TimedOut extends Error {}

/** Times that a deadline is put off by what the relay has lost. */
const maxRounds = 4

/**
 * No hops: what the kernel did with a packet is not to be seen from its sender. Rejects where the vantage point cannot be asked
 * from (RelayError NO_CONTAINER, AppError), or with the signal's reason.
 */
export async function probeFrom(
  place: ProbePlace,
  target: Target,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const startedAt = performance.now()
  const progress: Progress = { isConnected: false }
  const ended = new AbortController()
  const deadline = expire(place, target.timeoutMs, ended.signal)
  const answer = await ask(place, target, AbortSignal.any([signal, deadline]), progress).catch(
    (error: unknown): Answer => {
      signal.throwIfAborted()
      if (error instanceof TimedOut) return timedOut(target, progress)
      return failure(error, progress)
    },
  )
  ended.abort()
  const { address, certificate } = progress
  return {
    durationMs: Math.round(performance.now() - startedAt),
    hops: [],
    ...(address === undefined ? {} : { address }),
    ...(certificate === undefined ? {} : { certificate }),
    ...answer,
  }
}

/**
 * Aborts after `timeoutMs` in which the relay could run: with TimedOut, or with AppError where it could not. An answer that lies in
 * the relay or in our own queue was in time.
 */
function expire({ relay }: ProbePlace, timeoutMs: number, ended: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const wait = async () => {
    let waited = await relay.settle()
    let due = timeoutMs
    for (let round = 0; round < maxRounds; round++) {
      await sleep(due, undefined, { signal: ended })
      const now = await relay.settle()
      due = now - waited
      waited = now
      if (due < timeoutMs / 10) throw new TimedOut('no answer in time')
    }
    throw relayStarved(relay.container)
  }
  wait().catch((error: unknown) => {
    if (!ended.aborted) controller.abort(error)
  })
  return controller.signal
}

async function ask(
  place: ProbePlace,
  target: Target,
  signal: AbortSignal,
  progress: Progress,
): Promise<Answer> {
  const found = await lookUp(place, target.host, signal)
  const [address] = found.addresses
  if (address === undefined) {
    const asked = found.queries.length === 0 ? '' : ` Asked for ${found.queries.join(', ')}.`
    return { outcome: 'no-name', detail: `${target.host}: ${found.code}.${asked}` }
  }
  progress.address = address
  const to = { address, port: target.port, containerId: place.containerId }
  if (target.protocol === 'udp') return askOverUdp(place, to, target, signal)
  const connection = await place.relay.connect(to, signal)
  progress.isConnected = true
  switch (target.protocol) {
    case 'tcp':
      connection.destroy()
      return { outcome: 'answered' }
    case 'http':
      return { outcome: 'answered', ...(await requestHttp(connection, target, signal)) }
    case 'https': {
      const { stream, certificate } = await startTls(connection, target, signal)
      progress.certificate = certificate
      return { outcome: 'answered', ...(await requestHttp(stream, target, signal)) }
    }
    default:
      return target.protocol satisfies never
  }
}

async function askOverUdp(
  place: ProbePlace,
  to: { readonly address: string; readonly port: number },
  target: Target,
  signal: AbortSignal,
): Promise<Answer> {
  const socket = await place.relay.openDatagrams(to, signal)
  try {
    // agnhost netexec answers `hostname`, `clientip` and `echo TEXT` over UDP as it does over HTTP.
    socket.send(new TextEncoder().encode(target.path.replace(/^\//, '') || 'hostname'))
    return { outcome: 'answered', body: (await socket.next(signal)).toString() }
  } finally {
    socket.close()
  }
}

function timedOut(target: Target, { address, isConnected }: Progress): Answer {
  if (address === undefined)
    return { outcome: 'timeout', detail: `${target.host}: no answer from the name server` }
  const what = isConnected ? 'the connection was made, then no answer in time' : 'no answer in time'
  return { outcome: 'timeout', detail: what }
}

function failure(error: unknown, { isConnected }: Progress): Answer {
  if (error instanceof AppError || !(error instanceof Error)) throw error
  const detail = error.message
  if (isConnected) return { outcome: 'broken', detail }
  if (!(error instanceof RelayError)) throw error
  switch (error.code) {
    case 'ECONNREFUSED':
      return { outcome: 'refused', detail }
    case 'ETIMEDOUT':
      return { outcome: 'timeout', detail }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'EPERM':
    case 'EINVAL':
      return { outcome: 'unreachable', detail }
    case 'ECONNRESET':
    case 'EPIPE':
      return { outcome: 'broken', detail }
    case 'NO_CONTAINER':
      throw error
    default:
      throw new AppError('PROVIDER_FAILED', `No probe can be sent: ${detail}.`, {
        hint: 'Send fewer at the same time, or reset the cluster.',
        cause: error,
      })
  }
}
