// port-forward as kubectl does it: SPDY/3.1 frames tunnelled in a WebSocket, an error and a data stream a connection.
// Source: the SPDY Protocol, Draft 3.1; kubelet's cri-streaming/portforward/httpstream.go; KEP-4006.
import type { TcpConnection } from '../../network/socket.ts'
import type { PodStreams } from '../../node/process.ts'
import type { StreamSocket } from './stream-socket.ts'

/** zlib with the SPDY dictionary, one stream a direction. Injected: browsers have no zlib with dictionaries, and need none. */
export interface HeaderCodec {
  compress(block: Uint8Array): Promise<Uint8Array>
  decompress(block: Uint8Array): Promise<Uint8Array>
  close(): void
}

export interface SpdyOptions {
  readonly socket: StreamSocket
  readonly streams: PodStreams
  readonly namespace: string
  readonly pod: string
  readonly headerCodec: () => HeaderCodec
}

const frame = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 }
const fin = 1
const headerLength = 8
const maxData = 32 * 1024

/** The two streams of one forwarded connection, by its requestid. */
interface Forward {
  readonly port: number
  error?: number
  data?: number
  connection?: Promise<TcpConnection>
}

export function servePortForwardSpdy(options: SpdyOptions): void {
  const session = new SpdySession(options)
  // Frames are handled strictly in turn: header blocks share one decompressor.
  let turn = Promise.resolve()
  options.socket.onMessage((message) => {
    turn = turn.then(() => session.receive(message)).catch(() => options.socket.close())
  })
  options.socket.onClose(() => session.close())
}

class SpdySession {
  readonly #options: SpdyOptions
  readonly #codec: HeaderCodec
  readonly #abort = new AbortController()
  readonly #forwards = new Map<string, Forward>()
  readonly #byStream = new Map<number, Forward>()
  #buffer: Uint8Array = new Uint8Array()

  constructor(options: SpdyOptions) {
    this.#options = options
    this.#codec = options.headerCodec()
  }

  close(): void {
    this.#abort.abort(new Error('the client has gone'))
    for (const forward of this.#forwards.values())
      forward.connection?.then((open) => open.reset()).catch(() => undefined)
    this.#codec.close()
  }

  async receive(message: Uint8Array): Promise<void> {
    const joined = new Uint8Array(this.#buffer.length + message.length)
    joined.set(this.#buffer)
    joined.set(message, this.#buffer.length)
    let rest = joined
    while (rest.length >= headerLength) {
      const view = new DataView(rest.buffer, rest.byteOffset, rest.length)
      const length = view.getUint32(4) & 0xffffff
      if (rest.length < headerLength + length) break
      const body = rest.subarray(headerLength, headerLength + length)
      const flags = view.getUint8(4)
      if (view.getUint16(0) & 0x8000) await this.#control(view.getUint16(2), flags, body)
      else await this.#data(view.getUint32(0), flags, body)
      rest = rest.subarray(headerLength + length)
    }
    this.#buffer = rest.slice()
  }

  async #control(type: number, flags: number, body: Uint8Array): Promise<void> {
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    if (type === frame.ping) return this.#sendControl(frame.ping, 0, body)
    if (type === frame.synStream) {
      const id = view.getUint32(0) & 0x7fffffff
      const headers = parseHeaders(await this.#codec.decompress(body.subarray(10)))
      const reply = new Uint8Array(4)
      new DataView(reply.buffer).setUint32(0, id)
      const block = await this.#codec.compress(new Uint8Array(4))
      await this.#sendControl(frame.synReply, 0, concat(reply, block))
      await this.#opened(id, headers, (flags & fin) !== 0)
    } else if (type === frame.rstStream) {
      const forward = this.#byStream.get(view.getUint32(0) & 0x7fffffff)
      forward?.connection?.then((open) => open.reset()).catch(() => undefined)
    } else if (type === frame.goAway) this.#options.socket.close()
  }

  async #opened(id: number, headers: ReadonlyMap<string, string>, ended: boolean): Promise<void> {
    const request = headers.get('requestid') ?? String(id)
    const forward = this.#forwards.get(request) ?? { port: Number(headers.get('port') ?? 0) }
    this.#forwards.set(request, forward)
    this.#byStream.set(id, forward)
    if (headers.get('streamtype') === 'error') forward.error = id
    else {
      forward.data = id
      void this.#forward(request, forward)
      if (ended) forward.connection?.then((open) => open.end()).catch(() => undefined)
    }
  }

  /** Carries what the pod sends; the error stream ends with the connection, with the reason where it failed. */
  async #forward(request: string, forward: Forward): Promise<void> {
    const { streams, namespace, pod } = this.#options
    const signal = this.#abort.signal
    forward.connection = streams.portForward({ namespace, pod, port: forward.port, signal })
    let why = ''
    try {
      const connection = await forward.connection
      for (let data = await connection.read(signal); data; data = await connection.read(signal)) {
        for (let at = 0; at < data.length; at += maxData)
          await this.#sendData(forward.data, data.subarray(at, at + maxData))
      }
    } catch (error) {
      if (signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      why = `error forwarding port ${forward.port} to pod ${pod}, uid : ${reason}`
    }
    if (why !== '') await this.#sendData(forward.error, new TextEncoder().encode(why))
    await this.#sendData(forward.data, new Uint8Array(), fin)
    await this.#sendData(forward.error, new Uint8Array(), fin)
    this.#forwards.delete(request)
  }

  async #data(id: number, flags: number, body: Uint8Array): Promise<void> {
    const forward = this.#byStream.get(id)
    if (!forward || forward.data !== id) return
    try {
      const connection = await forward.connection
      if (body.length > 0) await connection?.write(body.slice())
      if (flags & fin) connection?.end()
    } catch {
      // The connection failed; its reader says so on the error stream.
    }
  }

  #sendControl(type: number, flags: number, body: Uint8Array): Promise<void> {
    const header = new Uint8Array(headerLength)
    const view = new DataView(header.buffer)
    view.setUint16(0, 0x8003)
    view.setUint16(2, type)
    view.setUint32(4, (flags << 24) | body.length)
    return this.#options.socket.send(concat(header, body))
  }

  async #sendData(id: number | undefined, data: Uint8Array, flags = 0): Promise<void> {
    if (id === undefined) return
    const header = new Uint8Array(headerLength)
    const view = new DataView(header.buffer)
    view.setUint32(0, id)
    view.setUint32(4, (flags << 24) | data.length)
    try {
      await this.#options.socket.send(concat(header, data))
    } catch {
      this.#abort.abort(new Error('the client has gone'))
    }
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

function parseHeaders(block: Uint8Array): Map<string, string> {
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const decoder = new TextDecoder()
  let at = 4
  const text = () => {
    const length = view.getUint32(at)
    const value = decoder.decode(block.subarray(at + 4, at + 4 + length))
    at += 4 + length
    return value
  }
  const headers = new Map<string, string>()
  for (let count = view.getUint32(0); count > 0; count--) headers.set(text().toLowerCase(), text())
  return headers
}
