// Traefik's reverse proxy: one request to one server, with what it adds and takes away on the way (pkg/proxy/httputil and
// pkg/middlewares/forwardedheaders). Errors become the answers that Traefik gives.
import type { Process } from '../../../node/process.ts'
import { lookup } from '../../dns/resolver.ts'
import { HttpClientConnection } from '../../http/client.ts'
import { type HeaderField, HttpHeaders } from '../../http/headers.ts'
import type { IncomingRequest, OutgoingResponse } from '../../http/server.ts'
import { SocketError } from '../../socket.ts'
import type { Server } from './routing-table.ts'

/** forwardingTimeouts.dialTimeout */
const dialTimeoutMs = 30_000

const hopByHop = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
const forwarded = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]

export async function proxyRequest(
  process: Process,
  request: IncomingRequest,
  server: Server,
  passHostHeader: boolean,
): Promise<OutgoingResponse> {
  const timeout = new AbortController()
  const timer = process.clock.after(dialTimeoutMs, () => timeout.abort(new Error('dial timeout')))
  const signal = AbortSignal.any([request.signal, process.signal])
  try {
    const [address] = (await lookup(process, server.address, { family: 4, signal })).addresses
    if (address === undefined) return plain(process, 502, 'Bad Gateway')
    const connection = await process.sockets.connect({
      to: { address, port: server.port },
      signal: AbortSignal.any([signal, timeout.signal]),
    })
    timer.cancel()
    const client = new HttpClientConnection(connection)
    const host = passHostHeader ? (request.headers.get('host') ?? '') : `${server.address}:${server.port}`
    const hasBody = request.headers.has('content-length') || request.headers.has('transfer-encoding')
    const response = await client.request(
      {
        method: request.method,
        target: request.target,
        headers: requestHeaders(process, request, host),
        ...(hasBody ? { body: request.body } : {}),
      },
      signal,
    )
    const answer = {
      status: response.status,
      reason: response.reason,
      headers: responseHeaders(response.headers),
    }
    if (request.method === 'HEAD' || response.status === 204 || response.status === 304) {
      connection.end()
      return answer
    }
    return {
      ...answer,
      body: closing(response.body, () => connection.end()),
    }
  } catch (error) {
    if (request.signal.aborted) return plain(process, 499, 'Client Closed Request')
    const timedOut = timeout.signal.aborted || (error instanceof SocketError && error.code === 'ETIMEDOUT')
    return timedOut ? plain(process, 504, 'Gateway Timeout') : plain(process, 502, 'Bad Gateway')
  } finally {
    timer.cancel()
  }
}

export function plain(
  process: Process,
  status: number,
  body: string,
  more: readonly HeaderField[] = [],
): OutgoingResponse {
  const date = new Date(process.clock.now()).toUTCString()
  return { status, headers: [...more, ['Date', date], ['Content-Length', `${body.length}`]], body }
}

/** http.NotFound */
export function notFound(process: Process): OutgoingResponse {
  return plain(process, 404, '404 page not found\n', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
  ])
}

function requestHeaders(process: Process, request: IncomingRequest, host: string): HttpHeaders {
  const dropped = new Set([...hopByHop, ...forwarded, 'host', ...listed(request.headers.get('connection'))])
  const headers = new HttpHeaders([['Host', host]])
  for (const [name, value] of request.headers) {
    if (!dropped.has(name.toLowerCase())) headers.append(name, value)
  }
  const asked = request.headers.get('host') ?? ''
  // Addresses that a client claims are not trusted: forwardedHeaders.insecure is off.
  headers.append('X-Forwarded-For', request.remote.address)
  headers.append('X-Forwarded-Host', asked)
  headers.append('X-Forwarded-Port', /:(\d+)$/.exec(asked)?.[1] ?? '80')
  headers.append('X-Forwarded-Proto', 'http')
  headers.append('X-Forwarded-Server', process.machine.hostname)
  headers.append('X-Real-Ip', request.remote.address)
  if (!headers.has('accept-encoding')) headers.append('Accept-Encoding', 'gzip')
  return headers
}

function responseHeaders(headers: HttpHeaders): HeaderField[] {
  const dropped = new Set([...hopByHop, ...listed(headers.get('connection'))])
  return [...headers]
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function listed(value: string | undefined): string[] {
  return (value ?? '').split(',').map((word) => word.trim().toLowerCase())
}

async function* closing(body: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } finally {
    close()
  }
}
