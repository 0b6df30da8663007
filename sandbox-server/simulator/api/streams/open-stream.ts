// Which stream protocol a request is about, and the start of it.
// Source: apimachinery/pkg/util/remotecommand/constants.go, client-go/tools/portforward/tunneling_dialer.go.
import type { PodStreams } from '../../node/process.ts'
import { serveChannels } from './exec-channels.ts'
import { servePortForwardChannels } from './port-forward-channels.ts'
import { type HeaderCodec, servePortForwardSpdy } from './spdy.ts'
import type { StreamSocket } from './stream-socket.ts'

const tunnel = 'SPDY/3.1+portforward.k8s.io'
const execProtocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
]
const forwardProtocols = [tunnel, 'v5.channel.k8s.io', 'v4.channel.k8s.io']

export interface StreamOptions {
  readonly socket: StreamSocket
  /** Path and query of the request. */
  readonly path: string
  readonly protocol: string
  readonly streams: PodStreams
  readonly headerCodec: () => HeaderCodec
}

function partsOf(path: string) {
  const url = new URL(path, 'https://localhost')
  const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/(exec|attach|portforward)$/.exec(
    url.pathname,
  )
  if (!match) return undefined
  const [, namespace = '', pod = '', kind = ''] = match
  return {
    namespace: decodeURIComponent(namespace),
    pod: decodeURIComponent(pod),
    kind,
    query: url.searchParams,
  }
}

/** The server's choice among the protocols that a client offers, undefined where there is none. */
export function chooseProtocol(path: string, offered: readonly string[]): string | undefined {
  const parts = partsOf(path)
  if (!parts) return undefined
  return (parts.kind === 'portforward' ? forwardProtocols : execProtocols).find((one) =>
    offered.includes(one),
  )
}

export function openStream(options: StreamOptions): void {
  const parts = partsOf(options.path)
  if (!parts) {
    options.socket.close()
    return
  }
  const target = { namespace: parts.namespace, pod: parts.pod }
  if (parts.kind !== 'portforward') {
    serveChannels({ ...options, ...target, query: parts.query, isAttach: parts.kind === 'attach' })
  } else if (options.protocol === tunnel) servePortForwardSpdy({ ...options, ...target })
  else {
    const ports = parts.query
      .getAll('ports')
      .flatMap((text) => text.split(','))
      .map(Number)
    servePortForwardChannels({ ...options, ...target, ports })
  }
}
