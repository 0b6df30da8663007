// An HTTP/1.1 client over one TCP connection: what curl, probes and proxies of the simulated cluster speak (RFC 9112).
import type { TcpConnection } from '../socket.ts'
import { bodyBytes, concat, type HttpBody, writeChunked } from './body.ts'
import { type HeaderField, HttpHeaders } from './headers.ts'
import { HttpReader, HttpTruncated } from './reader.ts'

export interface HttpRequest {
  readonly method: string
  /** Path and query, or `*`, or an absolute URL for a proxy. */
  readonly target: string
  /** Sent as they are, in order; Content-Length or Transfer-Encoding are added. The caller gives Host. */
  readonly headers: Iterable<HeaderField> | Readonly<Record<string, string>>
  readonly body?: HttpBody
  readonly version?: '1.0' | '1.1'
}

export interface HttpResponse {
  readonly version: string
  readonly status: number
  readonly reason: string
  readonly headers: HttpHeaders
  /** Must be read to its end before the connection can take the next request. Throws HttpTruncated. */
  readonly body: AsyncIterable<Uint8Array>
  /** Informational responses that came first. */
  readonly informational: readonly { readonly status: number; readonly reason: string }[]
}

const encoder = new TextEncoder()

export class HttpClientConnection {
  readonly connection: TcpConnection
  readonly #reader: HttpReader
  #reusable = true

  constructor(connection: TcpConnection) {
    this.connection = connection
    this.#reader = new HttpReader(connection)
  }

  /** Whether another request may follow, once the last response's body was read. */
  get isReusable(): boolean {
    return this.#reusable
  }

  /** The stream behind a 101 response. */
  takeOver(): { readonly connection: TcpConnection; readonly head: Uint8Array } {
    this.#reusable = false
    return { connection: this.connection, head: this.#reader.rest() }
  }

  async request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const sending = this.#send(request)
    // A server may answer before it has taken the whole body: a failure to send matters only where no answer comes.
    sending.catch(() => undefined)
    const response = await this.#receive(request, signal)
    if (request.body === undefined) await sending
    return response
  }

  close(): void {
    this.#reusable = false
    this.connection.end()
  }

  async #send(request: HttpRequest): Promise<void> {
    const headers = new HttpHeaders(request.headers)
    const whole = bodyBytes(request.body)
    if (whole === undefined) headers.set('Transfer-Encoding', 'chunked')
    else if (request.body !== undefined) headers.set('Content-Length', `${whole.length}`)
    const lines = [`${request.method} ${request.target} HTTP/${request.version ?? '1.1'}`]
    for (const [name, value] of headers) lines.push(`${name}: ${value}`)
    const head = encoder.encode(`${lines.join('\r\n')}\r\n\r\n`)
    await this.connection.write(whole && whole.length > 0 ? concat([head, whole]) : head)
    if (whole === undefined) await writeChunked(this.connection, request.body as AsyncIterable<Uint8Array>)
  }

  async #receive(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const informational: { status: number; reason: string }[] = []
    for (;;) {
      const head = await this.#reader.head(signal)
      if (!head) throw new HttpTruncated('the server closed the connection without an answer')
      const [, version = '', statusText = '', reason = ''] =
        /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/.exec(head.start) ?? []
      const status = Number(statusText)
      if (version === '') throw new HttpTruncated(`not an HTTP response: ${head.start.slice(0, 80)}`)
      if (status >= 100 && status < 200 && status !== 101) {
        informational.push({ status, reason })
        continue
      }
      const { headers } = head
      const body = this.#body(request.method, status, version, headers, signal)
      return { version, status, reason, headers, body, informational }
    }
  }

  #body(
    method: string,
    status: number,
    version: string,
    headers: HttpHeaders,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Uint8Array> {
    const keeps =
      version === '1.1' ? !headers.lists('connection', 'close') : headers.lists('connection', 'keep-alive')
    if (!keeps) this.#reusable = false
    if (method === 'HEAD' || status === 101 || status === 204 || status === 304)
      return this.#reader.counted(0)
    if (headers.lists('transfer-encoding', 'chunked')) return this.#reader.chunked(signal)
    const length = headers.get('content-length')
    if (length !== undefined) return this.#reader.counted(Number(length), signal)
    this.#reusable = false
    return this.#reader.untilEnd(signal)
  }
}
