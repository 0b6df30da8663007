// The API server's proxy to Services and pods: /api/v1/namespaces/N/services/[scheme:]NAME[:port]/proxy/PATH. The request goes from the
// control plane's own network to an endpoint's address (upstream pkg/registry/core/service/storage/rest.go and core/pod/rest).
// Not proxied: nodes (the kubelet's own API is not simulated), https, upgrades.
import { ApiError, badRequest, notFound } from '../api/api-error.ts'
import type { ResourceRequest } from '../api/http/request-info.ts'
import type { Objects } from '../api/objects.ts'
import { endpointSlices, pods, services } from '../api/resources.ts'
import type { SimulatedClock } from '../clock.ts'
import { HttpClientConnection } from '../network/http/client.ts'
import type { Endpoint, Sockets } from '../network/socket.ts'
import type { Random } from '../random.ts'

export interface ApiProxyParts {
  readonly objects: Objects
  readonly clock: SimulatedClock
  readonly random: Random
  /** The control plane's. */
  readonly sockets: () => Sockets
}

const timeoutMs = 30_000
const notForwarded = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'authorization'])

export function createApiProxy(parts: ApiProxyParts) {
  return (request: Request, target: ResourceRequest): Promise<Response> | undefined => {
    if (target.type.plural === 'services')
      return forward(parts, request, target, serviceEndpoint(parts, target))
    if (target.type.plural === 'pods') return forward(parts, request, target, podEndpoint(parts, target))
    return undefined
  }
}

/** `name`, `name:port`, `scheme:name:port`. */
function splitName(name: string): { name: string; port: string } {
  const pieces = name.split(':')
  const [scheme, inner, port] = pieces.length === 3 ? pieces : ['', ...pieces]
  if (scheme === 'https') throw badRequest('https is not simulated by this proxy')
  return { name: inner ?? '', port: port ?? '' }
}

function serviceEndpoint({ objects, random }: ApiProxyParts, target: ResourceRequest): Endpoint {
  const { name, port } = splitName(target.name ?? '')
  const { namespace } = target
  const service = objects.get(services, { namespace, name })
  if (!service) throw notFound(services, name)
  const ports = service.spec?.ports ?? []
  const wanted = ports.find((each) => each.name === port || String(each.port) === port)
  const chosen = port === '' && ports.length === 1 ? ports[0] : wanted
  if (!chosen) throw unavailable(`no service port "${port}" found for service "${name}"`)
  const candidates = objects
    .list(endpointSlices, { namespace, labelSelector: `kubernetes.io/service-name=${name}` })
    .flatMap((slice) =>
      slice.endpoints
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses: [address] }) => {
          const number = slice.ports?.find((each) => (each.name ?? '') === (chosen.name ?? ''))?.port
          return address && number ? [{ address, port: number }] : []
        }),
    )
  const endpoint = candidates[random.integer(candidates.length)]
  if (!endpoint) throw unavailable(`no endpoints available for service "${name}"`)
  return endpoint
}

function podEndpoint({ objects }: ApiProxyParts, target: ResourceRequest): Endpoint {
  const { name, port } = splitName(target.name ?? '')
  const pod = objects.get(pods, { namespace: target.namespace, name })
  if (!pod) throw notFound(pods, name)
  const first = pod.spec?.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort
  const address = pod.status?.podIP
  if (!address) throw badRequest('address not allowed')
  return { address, port: port === '' ? (first ?? 80) : Number(port) }
}

function unavailable(message: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', message)
}

async function forward(
  { clock, sockets }: ApiProxyParts,
  request: Request,
  target: ResourceRequest,
  endpoint: Endpoint,
): Promise<Response> {
  const limit = new AbortController()
  const timer = clock.after(timeoutMs, () => limit.abort(new Error('i/o timeout')))
  const signal = AbortSignal.any([limit.signal, request.signal])
  try {
    const connection = await sockets().connect({ to: endpoint, signal })
    const headers: Record<string, string> = {
      Host: `${endpoint.address}:${endpoint.port}`,
      Connection: 'close',
    }
    for (const [name, value] of request.headers) if (!notForwarded.has(name)) headers[name] = value
    const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined
    const response = await new HttpClientConnection(connection).request(
      {
        method: request.method,
        target: `/${target.rest}${new URL(request.url).search}`,
        headers,
        ...(body && { body }),
      },
      signal,
    )
    return new Response(
      streamOf(response.body, () => connection.end()),
      {
        status: response.status,
        headers: Object.entries(response.headers.record()).filter(
          ([name]) => !notForwarded.has(name.toLowerCase()),
        ),
      },
    )
  } catch (error) {
    if (error instanceof ApiError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw unavailable(`error trying to reach service: dial tcp ${endpoint.address}:${endpoint.port}: ${why}`)
  } finally {
    timer.cancel()
  }
}

function streamOf(body: AsyncIterable<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next()
      if (!next.done) return controller.enqueue(next.value)
      controller.close()
      end()
    },
    cancel: end,
  })
}
