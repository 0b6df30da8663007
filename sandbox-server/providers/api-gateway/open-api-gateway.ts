// Opens the gateway: HTTPS on one port for the API servers of all clusters. What a cluster answers is its provider's business.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { AppError } from '../../contract/errors.ts'
import type { ApiGateway } from './api-gateway.ts'
import { makeServerCertificate } from './certificates.ts'
import { Entries } from './entries.ts'
import { keptAuthority, type Secrets } from './kept-authority.ts'
import { gatewayKubeconfig } from './kubeconfig.ts'
import { type AddressOptions, publicAddress } from './public-address.ts'

export interface ApiGatewayOptions extends Omit<AddressOptions, 'host'> {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0, for any free one. */
  readonly port?: number
  /** Whether any free port will do where that one is taken. */
  readonly orAnyPort?: boolean
  /** Tokens and certificates that outlive the process; new ones at every start where left out. */
  readonly secrets?: Secrets
  /** Serves the first cluster without a path before it. */
  readonly atRoot?: boolean
}

/** Throws AppError PROVIDER_FAILED where the port is taken. */
export async function openApiGateway(options: ApiGatewayOptions = {}): Promise<ApiGateway> {
  const host = options.host ?? '127.0.0.1'
  const address = publicAddress({ ...options, host })
  const authority = await keptAuthority(options.secrets)
  const { certificate, key } = await makeServerCertificate(authority, address.names)
  const secret = options.secrets?.secret('api-secret') ?? randomBytes(32)
  const entries = new Entries(Buffer.from(secret).toString('hex'), options.atRoot ?? false)
  const server = createServer({ key, cert: certificate })
  server.on('request', (request, response) => void answer(request, response, entries))
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head, entries))
  // A watch lasts for as long as it is watched.
  server.requestTimeout = 0
  const url = address.url(await listen(server, host, options))
  return {
    register(id, given, namespace) {
      const { entry, prefix } = entries.add(id, given)
      const { token } = entry
      const contents = { server: url + prefix, authority: authority.certificate, token, namespace }
      return {
        kubeconfig: async () => gatewayKubeconfig(contents),
        close: () => entries.remove(id, entry),
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        entries.clear()
        server.closeAllConnections()
      }),
  }
}

/** Gives the port. */
async function listen(server: Server, host: string, options: ApiGatewayOptions): Promise<number> {
  const port = options.port ?? 0
  try {
    return await listenOn(server, port, host)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
    if (options.orAnyPort) return await listenOn(server, 0, host)
    throw new AppError('PROVIDER_FAILED', `Port ${port}, where kubectl would reach clusters, is in use.`, {
      hint: `Choose another one: --api-port ${port + 1} (0 for any free one).`,
      cause,
    })
  }
}

function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, entries: Entries): Promise<void> {
  const located = entries.admit(request)
  if (!located) {
    request.resume()
    response.writeHead(401, { 'content-type': 'application/json' }).end(unauthorized)
    return
  }
  const { entry, path } = located
  entry.sockets.add(request.socket)
  response.on('close', () => entry.sockets.delete(request.socket))
  await entry.answer(request, response, path)
}

async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  entries: Entries,
): Promise<void> {
  const located = entries.admit(request)
  // A client that goes away is no news for the server; whoever reads or writes learns of it by the stream's end.
  socket.on('error', () => {})
  if (!located) {
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const { entry, path } = located
  entry.sockets.add(socket)
  socket.on('close', () => entry.sockets.delete(socket))
  await entry.upgrade(request, socket, head, path)
}

/** In the API server's own words: apimachinery/pkg/api/errors/errors.go, NewUnauthorized. */
const unauthorized = `${JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
})}\n`
