// A simulated cluster behind the API gateway: the simulator answers, this file only carries bytes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorResponse } from '../../simulator/api/http/respond.ts'
import type { SimulatedCluster } from '../../simulator/cluster.ts'
import type { ApiEntry } from '../api-gateway/api-gateway.ts'
import { acceptStreams } from './serve-streams.ts'

export function serveCluster(cluster: Pick<SimulatedCluster, 'handle' | 'streams' | 'container'>): ApiEntry {
  return {
    async answer(request, response, path) {
      const abort = new AbortController()
      response.on('close', () => abort.abort())
      let result: Response
      try {
        result = await cluster.handle(toRequest(request, path, abort.signal))
      } catch (error) {
        result = errorResponse(error)
      }
      await send(result, response)
    },
    upgrade: (request, socket, head, path) => acceptStreams(request, socket, head, path, cluster),
  }
}

function toRequest(request: IncomingMessage, path: string, signal: AbortSignal): Request {
  const method = request.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(path, `https://${request.headers.host ?? 'localhost'}`), {
    method,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  } as RequestInit)
}

async function send(result: Response, response: ServerResponse): Promise<void> {
  response.statusCode = result.status
  for (const [name, value] of result.headers) {
    if (name !== 'warning') response.setHeader(name, value)
  }
  const warnings = result.headers.get('warning')
  // Each warning in a header of its own, as kubectl expects them.
  if (warnings) response.setHeader('Warning', warnings.split(/, (?=299 - ")/))
  if (!result.body) return void response.end()
  response.flushHeaders()
  try {
    await pipeline(Readable.fromWeb(result.body as never), response)
  } catch {
    // The client has gone, or the stream broke after its headers: closing the connection is all that can be said.
    response.destroy()
  }
}
