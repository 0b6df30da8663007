// Upgrades a connection to a WebSocket and hands it to the simulator's stream protocols: exec, attach, port-forward.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { chooseProtocol, openStream } from '../../simulator/api/streams/open-stream.ts'
import type { StreamSocket } from '../../simulator/api/streams/stream-socket.ts'
import type { SimulatedCluster } from '../../simulator/cluster.ts'
import { nodeHeaderCodec } from './spdy-header-codec.ts'

const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: 16 * 1024 * 1024,
})

// kubectl's tunnel is called SPDY/3.1+portforward.k8s.io, whose slash the library refuses as no token of HTTP. So it never sees the
// protocol, and the answer's header is put in here.
const chosen = new WeakMap<IncomingMessage, string>()
sockets.on('headers', (headers, request) => {
  const protocol = chosen.get(request)
  if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
})

export async function acceptStreams(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  path: string,
  cluster: Pick<SimulatedCluster, 'handle' | 'streams' | 'container'>,
): Promise<void> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  const protocol = chooseProtocol(path, offered)
  // What the URL names is looked up before the upgrade, so that a missing pod is a 404 and not a broken stream.
  const refusal = await refusalOf(path, cluster)
  if (refusal) {
    const body = await refusal.text()
    const type = refusal.headers.get('content-type') ?? 'application/json'
    const headers = `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`
    socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${headers}\r\n\r\n${body}`)
    return
  }
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || protocol === undefined) {
    // kubectl falls back from SPDY itself; a client of SPDY alone is told in words.
    const body = 'only WebSocket upgrades with a channel protocol of Kubernetes are supported'
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    return
  }
  delete request.headers['sec-websocket-protocol']
  chosen.set(request, protocol)
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    openStream({
      socket: adapt(webSocket),
      path,
      protocol,
      streams: cluster.streams,
      headerCodec: nodeHeaderCodec,
    })
  })
}

async function refusalOf(
  path: string,
  cluster: Pick<SimulatedCluster, 'handle' | 'container'>,
): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(path, 'https://localhost')
  const pod = pathname.replace(/\/(exec|attach|portforward)$/, '')
  const response = await cluster.handle(new Request(new URL(pod, 'https://localhost')))
  if (!response.ok) return response
  const [, namespace = '', name = ''] =
    /namespaces\/([^/]+)\/pods\/([^/]+)\/(?:exec|attach)$/.exec(pathname) ?? []
  const container = searchParams.get('container') ?? undefined
  if (name === '' || cluster.container({ namespace, name, container })) return undefined
  // The kubelet's own words, which are no Status: kubectl puts "unable to upgrade connection" before them.
  return new Response(`container not found (${JSON.stringify(container ?? '')})`, { status: 404 })
}

function adapt(webSocket: WebSocket): StreamSocket {
  return {
    send: (data) =>
      new Promise((resolve, reject) => webSocket.send(data, (error) => (error ? reject(error) : resolve()))),
    onMessage(listener) {
      webSocket.on('message', (data) => {
        const bytes = Array.isArray(data)
          ? Buffer.concat(data)
          : data instanceof ArrayBuffer
            ? Buffer.from(data)
            : data
        listener(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      })
    },
    onClose(listener) {
      webSocket.on('close', listener)
      webSocket.on('error', listener)
    },
    close: () => webSocket.close(1000),
  }
}
