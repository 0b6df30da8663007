// One GET request to an address, as probes and checks send it.
import type { Sockets, TraceSink } from '../socket.ts'
import { readText } from './body.ts'
import { HttpClientConnection } from './client.ts'

export interface HttpGet {
  readonly address: string
  readonly port: number
  readonly path: string
  /** Host is `address:port` where it is left out. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly trace?: TraceSink
  /** Bytes of the body that are kept; 64 KiB where left out. */
  readonly maxBodyBytes?: number
}

export interface HttpAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Throws SocketError, HttpTruncated, or the signal's reason. */
export async function httpGet(sockets: Sockets, get: HttpGet): Promise<HttpAnswer> {
  const connection = await sockets.connect({
    to: { address: get.address, port: get.port },
    signal: get.signal,
    ...(get.trace && { trace: get.trace }),
  })
  try {
    const hasHost = Object.keys(get.headers ?? {}).some((name) => name.toLowerCase() === 'host')
    const host = get.port === 80 ? get.address : `${get.address}:${get.port}`
    const headers = { ...(hasHost ? {} : { Host: host }), ...get.headers, Connection: 'close' }
    const request = { method: 'GET', target: get.path, headers }
    const response = await new HttpClientConnection(connection).request(request, get.signal)
    const body = await readText(response.body, get.maxBodyBytes ?? 65_536)
    const { status, reason } = response
    return { status, reason, headers: response.headers.record(), body }
  } finally {
    connection.end()
  }
}
