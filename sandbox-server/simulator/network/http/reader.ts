// Reads lines and counted bytes from a TCP connection, and HTTP bodies in their three framings (RFC 9112 6).
import type { TcpConnection } from '../socket.ts'
import { HttpHeaders } from './headers.ts'

/** What the peer sent is no HTTP, or more than allowed. `status` is what a server answers. */
export class HttpSyntaxError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The connection ended where more was promised. */
export class HttpTruncated extends Error {}

const maxHeadBytes = 65_536
const decoder = new TextDecoder('latin1')

export class HttpReader {
  readonly connection: TcpConnection
  #buffer = new Uint8Array(0)
  #ended = false

  constructor(connection: TcpConnection) {
    this.connection = connection
  }

  /** What was read from the connection and not used, for whoever takes it over. */
  rest(): Uint8Array {
    return this.#take(this.#buffer.length)
  }

  /** Start line and fields; undefined where the peer closed between messages. */
  async head(signal?: AbortSignal): Promise<{ start: string; headers: HttpHeaders } | undefined> {
    let start = await this.#line(signal)
    // RFC 9112 2.2: empty lines before a request line are skipped.
    if (start === '') start = await this.#line(signal)
    if (start === undefined) return undefined
    const headers = new HttpHeaders()
    let bytes = start.length
    for (;;) {
      const line = await this.#line(signal)
      if (line === undefined) throw new HttpTruncated('the connection ended within the header')
      if (line === '') return { start, headers }
      bytes += line.length
      if (bytes > maxHeadBytes) throw new HttpSyntaxError(431, 'Request Header Fields Too Large')
      const colon = line.indexOf(':')
      if (colon < 1 || /\s/.test(line.slice(0, colon))) throw new HttpSyntaxError(400, 'Bad Request')
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
    }
  }

  /** A body of known length. */
  async *counted(length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0; ) {
      if (this.#buffer.length === 0 && !(await this.#fill(signal))) {
        throw new HttpTruncated(`the connection ended with ${left} bytes remaining`)
      }
      const data = this.#take(Math.min(left, this.#buffer.length))
      left -= data.length
      yield data
    }
  }

  async *chunked(signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const line = await this.#line(signal)
      const size = Number.parseInt(line ?? '', 16)
      if (!(size >= 0)) throw new HttpTruncated('the connection ended within a chunked body')
      if (size === 0) {
        while (await this.#line(signal));
        return
      }
      yield* this.counted(size, signal)
      await this.#line(signal)
    }
  }

  async *untilEnd(signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (this.#buffer.length === 0 && !(await this.#fill(signal))) return
      yield this.#take(this.#buffer.length)
    }
  }

  async #line(signal: AbortSignal | undefined): Promise<string | undefined> {
    for (let from = 0; ; ) {
      const end = this.#buffer.indexOf(10, from)
      if (end >= 0) {
        const line = decoder.decode(this.#take(end + 1))
        return line.replace(/\r?\n$/, '')
      }
      from = this.#buffer.length
      if (from > maxHeadBytes) throw new HttpSyntaxError(431, 'Request Header Fields Too Large')
      if (!(await this.#fill(signal))) {
        if (from > 0) throw new HttpTruncated('the connection ended within a line')
        return undefined
      }
    }
  }

  #take(length: number): Uint8Array {
    const data = this.#buffer.subarray(0, length)
    this.#buffer = this.#buffer.subarray(length)
    return data
  }

  async #fill(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#ended) return false
    const data = await this.connection.read(signal)
    if (!data) {
      this.#ended = true
      return false
    }
    if (this.#buffer.length === 0) {
      this.#buffer = data as Uint8Array<ArrayBuffer>
    } else {
      const joined = new Uint8Array(this.#buffer.length + data.length)
      joined.set(this.#buffer)
      joined.set(data, this.#buffer.length)
      this.#buffer = joined
    }
    return true
  }
}
