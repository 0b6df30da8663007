// Serves simulated clusters to real Kubernetes clients: HTTPS on one port, a cluster a path prefix (or one at the root), a bearer
// token a cluster. The simulator answers; this file only carries bytes.

import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { unauthorized } from '../../simulator/api/api-error.ts'
import { errorResponse } from '../../simulator/api/http/respond.ts'
import type { SimulatedCluster } from '../../simulator/cluster.ts'
import type { ApiServer, ServedCluster } from './api-server.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { acceptStreams } from './serve-streams.ts'

export interface ServeApiOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default 0, a free one. */
  readonly port?: number | undefined
  /** Name or address that clients use, where it is not `host`. */
  readonly publicHost?: string | undefined
  /** Port that clients use, where a proxy or a container maps it. */
  readonly publicPort?: number | undefined
  /** Secret from which tokens are made; the same secret makes yesterday's kubeconfig work. Default: random. */
  readonly secret?: string | undefined
  /** Those of an earlier start, so that yesterday's kubeconfig trusts this server. Default: new ones. */
  readonly certificates?: Certificates | undefined
  /** Serves the first cluster at the server's root beside its own prefix. */
  readonly atRoot?: boolean | undefined
}

interface Entry {
  readonly cluster: Pick<SimulatedCluster, 'handle' | 'streams' | 'container'>
  readonly token: string
}

/** Listens, then gives the server. */
export async function serveApi(options: ServeApiOptions = {}): Promise<ApiServer & { readonly url: string }> {
  const host = options.host ?? '127.0.0.1'
  const names = [...new Set([options.publicHost ?? host, host, 'localhost', '127.0.0.1'])]
  const certificates = options.certificates ?? (await makeCertificates(names))
  const secret = options.secret ?? randomBytes(32).toString('hex')
  const clusters = new Map<string, Entry>()
  const server = createServer({ key: certificates.serverKey, cert: certificates.serverCertificate })
  const find = (path: string) => locate(path, clusters, options.atRoot ?? false)
  server.on('request', (request, response) => void answer(request, response, find))
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head, find))
  server.requestTimeout = 0
  await listen(server, options.port ?? 0, host)
  const address = server.address()
  const port = options.publicPort ?? (typeof address === 'object' && address ? address.port : 0)
  const url = `https://${(options.publicHost ?? host).includes(':') ? `[${options.publicHost ?? host}]` : (options.publicHost ?? host)}:${port}`
  return {
    url,
    serve(id, cluster, namespace): ServedCluster {
      const token = tokenOf(secret, id)
      clusters.set(id, { cluster, token })
      const isRoot = options.atRoot && clusters.size === 1
      const location = isRoot ? url : `${url}/clusters/${id}`
      return {
        kubeconfig: async () => kubeconfig(location, certificates.authority, token, namespace),
        close: () => clusters.delete(id),
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

type Located = { readonly entry: Entry; readonly path: string } | undefined
type Locate = (path: string) => Located

function locate(path: string, clusters: ReadonlyMap<string, Entry>, atRoot: boolean): Located {
  const match = /^\/clusters\/([^/?]+)(\/.*|\?.*|)$/.exec(path)
  const named = match?.[1] === undefined ? undefined : clusters.get(match[1])
  if (named) return { entry: named, path: match?.[2] || '/' }
  const [first] = clusters.values()
  return atRoot && first ? { entry: first, path } : undefined
}

function isAllowed(request: IncomingMessage, entry: Entry): boolean {
  return request.headers.authorization === `Bearer ${entry.token}`
}

async function answer(request: IncomingMessage, response: ServerResponse, find: Locate): Promise<void> {
  const located = find(request.url ?? '/')
  const abort = new AbortController()
  response.on('close', () => abort.abort())
  let result: Response
  if (!located || !isAllowed(request, located.entry)) {
    result = errorResponse(unauthorized())
    request.resume()
  } else {
    try {
      result = await located.entry.cluster.handle(toRequest(request, located.path, abort.signal))
    } catch (error) {
      result = errorResponse(error)
    }
  }
  await send(result, response)
}

export function toRequest(request: IncomingMessage, path: string, signal: AbortSignal): Request {
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

async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, find: Locate): Promise<void> {
  const located = find(request.url ?? '/')
  if (!located || !isAllowed(request, located.entry)) {
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  await acceptStreams(request, socket, head, located.path, located.entry.cluster)
}

/** The same id and secret give the same token. */
function tokenOf(secret: string, id: string): string {
  return createHmac('sha256', secret).update(id).digest('base64url')
}

function kubeconfig(server: string, authority: string, token: string, namespace: string): string {
  const name = 'fairlead'
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [
        {
          name,
          cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
        },
      ],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      preferences: {},
    },
    null,
    2,
  )}\n`
}
