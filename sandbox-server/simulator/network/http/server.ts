// An HTTP/1.1 server over Sockets: what agnhost, nginx and Traefik of the simulated cluster listen with (RFC 9112).
import type { Endpoint, Sockets, TcpConnection } from '../socket.ts'
import { bodyBytes, concat, type HttpBody, writeChunked } from './body.ts'
import { type HeaderField, HttpHeaders } from './headers.ts'
import { HttpReader, HttpSyntaxError } from './reader.ts'
import { statusTexts } from './status-texts.ts'

export interface IncomingRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  /** Path without the query, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly version: string
  readonly headers: HttpHeaders
  /** Throws HttpSyntaxError 413 above the server's limit. */
  readonly body: AsyncIterable<Uint8Array>
  readonly remote: Endpoint
  readonly local: Endpoint
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal
}

export interface OutgoingResponse {
  readonly status: number
  readonly reason?: string
  readonly headers?: Iterable<HeaderField> | Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** After a 101: the connection is the program's, with what the client had sent already. */
  readonly upgraded?: (connection: TcpConnection, head: Uint8Array) => void
}

export type HttpHandler = (request: IncomingRequest) => OutgoingResponse | Promise<OutgoingResponse>

export interface HttpServerOptions {
  readonly port: number
  readonly address?: string
  /** Bytes of a request's body; 10 MiB where left out. */
  readonly maxBodyBytes?: number
}

export interface HttpServer {
  readonly local: Endpoint
  /** Stops listening; connections end after the request that they are at. */
  close(): void
}

const encoder = new TextEncoder()
const defaultMaxBodyBytes = 10 * 1024 * 1024

/** Throws SocketError EADDRINUSE. An error that the handler throws becomes a 500 with an empty body. */
export function serveHttp(sockets: Sockets, options: HttpServerOptions, handler: HttpHandler): HttpServer {
  const closing = new AbortController()
  const where = { port: options.port, ...(options.address !== undefined && { address: options.address }) }
  const listener = sockets.listen(where, (connection) => {
    const serving = new ServerConnection(
      connection,
      handler,
      options.maxBodyBytes ?? defaultMaxBodyBytes,
      closing.signal,
    )
    // A connection that breaks is the client's matter: the server has nobody to tell.
    serving.run().catch(() => connection.reset())
  })
  return {
    local: listener.local,
    close: () => {
      listener.close()
      closing.abort(new Error('the server closes'))
    },
  }
}

/** One connection: requests one after another. */
class ServerConnection {
  readonly #connection: TcpConnection
  readonly #reader: HttpReader
  readonly #handler: HttpHandler
  readonly #maxBodyBytes: number
  readonly #closing: AbortSignal

  constructor(connection: TcpConnection, handler: HttpHandler, maxBodyBytes: number, closing: AbortSignal) {
    this.#connection = connection
    this.#reader = new HttpReader(connection)
    this.#handler = handler
    this.#maxBodyBytes = maxBodyBytes
    this.#closing = closing
  }

  async run(): Promise<void> {
    try {
      while (await this.#one());
    } catch (error) {
      if (!(error instanceof HttpSyntaxError)) throw error
      const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }
      await this.#write('1.1', false, {
        status: error.status,
        headers,
        body: `${error.status} ${error.message}`,
      })
    }
    this.#connection.end()
  }

  /** Serves one request; gives whether another may follow. */
  async #one(): Promise<boolean> {
    const head = await this.#nextHead()
    if (!head) return false
    const [, method = '', target = '', version = ''] =
      /^([!-~]+) ([!-~]+) HTTP\/(1\.[01])$/.exec(head.start) ?? []
    if (version === '') throw new HttpSyntaxError(400, 'Bad Request')
    const { headers } = head
    if (version === '1.1' && !headers.has('host'))
      throw new HttpSyntaxError(400, 'Bad Request: missing required Host header')
    const gone = new AbortController()
    const body = this.#body(headers)
    const at = target.indexOf('?')
    const request: IncomingRequest = {
      method,
      target,
      path: at < 0 ? target : target.slice(0, at),
      query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)),
      version,
      headers,
      body,
      remote: this.#connection.remote,
      local: this.#connection.local,
      signal: AbortSignal.any([gone.signal, this.#closing]),
    }
    const keeps =
      (version === '1.1'
        ? !headers.lists('connection', 'close')
        : headers.lists('connection', 'keep-alive')) && !this.#closing.aborted
    let response: OutgoingResponse
    try {
      response = await this.#handler(request)
    } catch (error) {
      if (error instanceof HttpSyntaxError) throw error
      response = { status: 500 }
    }
    try {
      const open = await this.#write(version, keeps, response, method)
      if (response.upgraded) {
        response.upgraded(this.#connection, this.#reader.rest())
        return await new Promise(() => undefined)
      }
      return open && (await this.#discard(body))
    } catch (error) {
      gone.abort(error)
      throw error
    }
  }

  /** Reads what the handler left of the request; gives false where that is too much to be worth it. */
  async #discard(body: AsyncIterable<Uint8Array>): Promise<boolean> {
    try {
      for await (const _unread of body);
      return true
    } catch (error) {
      if (error instanceof HttpSyntaxError) return false
      throw error
    }
  }

  async #nextHead(): Promise<{ start: string; headers: HttpHeaders } | undefined> {
    try {
      return await this.#reader.head(this.#closing)
    } catch (error) {
      if (this.#closing.aborted) return undefined
      throw error
    }
  }

  async *#body(headers: HttpHeaders): AsyncGenerator<Uint8Array, void> {
    const length = Number(headers.get('content-length') ?? 0)
    const chunked = headers.lists('transfer-encoding', 'chunked')
    if (!chunked && !(length > 0)) return
    if (length > this.#maxBodyBytes) throw new HttpSyntaxError(413, 'Request Entity Too Large')
    if (headers.lists('expect', '100-continue'))
      await this.#connection.write(encoder.encode('HTTP/1.1 100 Continue\r\n\r\n'))
    let total = 0
    for await (const data of chunked ? this.#reader.chunked() : this.#reader.counted(length)) {
      total += data.length
      if (total > this.#maxBodyBytes) throw new HttpSyntaxError(413, 'Request Entity Too Large')
      yield data
    }
  }

  /** Gives whether the connection stays open. */
  async #write(
    version: string,
    keeps: boolean,
    response: OutgoingResponse,
    method = 'GET',
  ): Promise<boolean> {
    const headers = new HttpHeaders(response.headers ?? [])
    const whole = bodyBytes(response.body)
    const bodiless = response.status < 200 || response.status === 204 || response.status === 304
    let open = keeps && !headers.lists('connection', 'close')
    const streams = whole === undefined
    if (streams && version === '1.0' && !headers.has('content-length')) open = false
    // A proxy passes a body on whose length it knows; then there is no need for chunks.
    const chunked = streams && version !== '1.0' && !headers.has('content-length')
    if (chunked) headers.set('Transfer-Encoding', 'chunked')
    else if (!streams && !bodiless && !headers.has('content-length'))
      headers.append('Content-Length', `${whole.length}`)
    if (!open && version === '1.1') headers.set('Connection', 'close')
    const reason = response.reason ?? statusTexts[response.status] ?? ''
    const lines = [`HTTP/1.1 ${response.status} ${reason}`.trimEnd()]
    for (const [name, value] of headers) lines.push(`${name}: ${value}`)
    const head = encoder.encode(`${lines.join('\r\n')}\r\n\r\n`)
    const silent = method === 'HEAD' || bodiless
    await this.#connection.write(!silent && whole && whole.length > 0 ? concat([head, whole]) : head)
    if (silent || !streams) return open || response.upgraded !== undefined
    const stream = response.body as AsyncIterable<Uint8Array>
    if (chunked) await writeChunked(this.#connection, stream)
    else for await (const data of stream) await this.#connection.write(data)
    return open
  }
}
