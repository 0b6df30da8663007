// A kind cluster behind the API gateway: requests go on to its API server with the learner's own certificate, bytes both ways.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, type RequestOptions, request as send } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ApiEntry } from '../../api-gateway/api-gateway.ts'
import type { ApiAddress } from './kubernetes-client.ts'
import { requestHeaders, responseHeaders } from './proxy-headers.ts'

/** What the API server sees is the learner: `api` holds their certificate, not an administrator's. */
export function proxyEntry(api: ApiAddress): ApiEntry {
  const { hostname, port, host } = new URL(api.url)
  const credentials = { ca: api.authority, cert: api.certificate, key: api.key }
  const agent = new Agent({ ...credentials, keepAlive: true, maxFreeSockets: 4 })
  const options = (request: IncomingMessage, path: string): RequestOptions => ({
    agent,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    method: request.method,
    path,
    headers: requestHeaders(request.rawHeaders, host),
  })
  return {
    answer: (request, response, path) => forward(request, response, options(request, path)),
    async upgrade(request, socket, head, path) {
      const wanted = options(request, path)
      const headers = { ...wanted.headers, connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' }
      // A connection of its own: after the upgrade it is no HTTP any more.
      await forwardUpgrade(socket, head, { ...wanted, ...credentials, headers, agent: false })
    },
  }
}

function forward(request: IncomingMessage, response: ServerResponse, options: RequestOptions): Promise<void> {
  return new Promise((resolve) => {
    const upstream = send(options)
    response.on('close', () => {
      upstream.destroy()
      resolve()
    })
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer.rawHeaders))
      // A watch is known to be open before its first event.
      response.flushHeaders()
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    upstream.on('error', (error) => {
      if (response.headersSent) return void response.destroy()
      const body = unavailable(error)
      response.writeHead(503, { 'content-type': 'application/json' }).end(body)
    })
    request.on('error', () => upstream.destroy())
    request.pipe(upstream)
  })
}

function forwardUpgrade(socket: Duplex, head: Buffer, options: RequestOptions): Promise<void> {
  return new Promise((resolve) => {
    const upstream = send(options)
    socket.on('error', () => upstream.destroy())
    socket.on('close', () => {
      upstream.destroy()
      resolve()
    })
    upstream.on('upgrade', (answer, stream, first) => {
      socket.write(statusAndHeaders(answer, answer.rawHeaders))
      socket.write(first)
      stream.write(head)
      join(socket, stream)
    })
    upstream.on('response', (answer) => {
      // Refused. The connection ends with it, so that nothing follows on it that the gateway has not seen.
      socket.write(statusAndHeaders(answer, [...responseHeaders(answer.rawHeaders), 'Connection', 'close']))
      answer.on('error', () => socket.destroy())
      answer.pipe(socket)
    })
    upstream.on('error', (error) => {
      const body = unavailable(error)
      const length = Buffer.byteLength(body)
      const headers = `Content-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close`
      socket.end(`HTTP/1.1 503 Service Unavailable\r\n${headers}\r\n\r\n${body}`)
    })
    upstream.end()
  })
}

/** Each ends, and breaks, with the other. */
function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}

function statusAndHeaders({ statusCode, statusMessage }: IncomingMessage, raw: readonly string[]): string {
  const lines = raw.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${raw[index + 1]}`]))
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** In the form in which kubectl shows what an API server says. */
function unavailable(error: Error): string {
  const message = `the cluster's API server does not answer: ${error.message}`
  const reason = 'ServiceUnavailable'
  return `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: 503 })}\n`
}
