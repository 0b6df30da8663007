// The Kubernetes API of one cluster over HTTPS, as whoever the client certificate names.
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, fetch } from 'undici'
import { AppError } from '../../../contract/errors.ts'

export interface ApiAddress {
  readonly url: string
  /** PEM, as are the two that follow. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

export interface KubernetesClient {
  /**
   * The URL's host is ignored. Never rejects for an HTTP error; rejects with the signal's reason at an abort, with AppError
   * PROVIDER_FAILED where the API server cannot be reached.
   */
  kubernetes(request: Request): Promise<Response>
  /** Closes all connections, watches too. */
  dispose(): Promise<void>
}

/** An API server whose node restarts is back after about 7 s. */
const retryForMs = 12_000
const retryEveryMs = 250

export function createKubernetesClient(
  api: ApiAddress,
  options: { readonly retryForMs?: number } = {},
): KubernetesClient {
  const { hostname, port } = new URL(api.url)
  // No limit of connections: a watch holds one for as long as it lasts, and a tenth watch must not wait for the first to end.
  // A watch may be silent for as long as nothing changes; the API server itself ends requests that hang after a minute.
  const agent = new Agent({
    connect: { ca: api.authority, cert: api.certificate, key: api.key, timeout: 5_000 },
    bodyTimeout: 0,
    headersTimeout: 90_000,
    keepAliveTimeout: 30_000,
  })

  async function attempt(request: Request, body: ArrayBuffer | undefined): Promise<Response> {
    const url = new URL(request.url)
    url.protocol = 'https:'
    url.hostname = hostname
    url.port = port
    const headers = new Headers(request.headers)
    // Over the machine's own network compression only costs time, and fetch would keep the header of what it unpacked.
    headers.set('accept-encoding', 'identity')
    const response = await fetch(url, {
      method: request.method,
      headers: [...headers],
      signal: request.signal,
      redirect: 'manual',
      dispatcher: agent,
      ...(body === undefined ? {} : { body }),
    })
    const { status, statusText } = response
    return new Response(response.body as ReadableStream<Uint8Array> | null, {
      status,
      statusText,
      headers: [...response.headers],
    })
  }

  return {
    async kubernetes(request) {
      // Read whole, so that it can be sent again.
      const body = request.body === null ? undefined : await request.arrayBuffer()
      const until = performance.now() + (options.retryForMs ?? retryForMs)
      for (;;) {
        try {
          return await attempt(request, body)
        } catch (error) {
          request.signal.throwIfAborted()
          if (!mayRepeat(request, error) || performance.now() >= until) throw unreachable(api.url, error)
        }
        await sleep(retryEveryMs, undefined, { signal: request.signal }).catch(() =>
          request.signal.throwIfAborted(),
        )
      }
    },
    dispose: () => agent.destroy(),
  }
}

/** Never sent, or broken on the way where a second time has no other effect than the first. */
function mayRepeat(request: Request, error: unknown): boolean {
  const { code, message } = reasonOf(error)
  if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT') return true
  // The engine's port forwarding accepts before the API server does, and closes during the handshake.
  if (message.includes('before secure TLS connection')) return true
  const isBroken = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code)
  return isBroken && isIdempotent(request)
}

function isIdempotent({ method, headers }: Request): boolean {
  if (method === 'PATCH') return headers.get('content-type')?.includes('apply-patch') ?? false
  return ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method)
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
function reasonOf(error: unknown): { code: string; message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return { code, message: cause instanceof Error ? cause.message : String(cause) }
}

function unreachable(url: string, cause: unknown): AppError {
  const { code, message } = reasonOf(cause)
  return new AppError(
    'PROVIDER_FAILED',
    `The cluster's API server at ${url} does not answer: ${message || code}.`,
    {
      hint: 'Restart the cluster; if that does not help, look whether its containers run.',
      cause,
    },
  )
}
