// The socket API of a namespace: what programs call, checked and turned into calls of TCP, UDP and ICMP.
import { formatAddress, parseAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import {
  type Endpoint,
  type PingReply,
  SocketError,
  type Sockets,
  type TcpConnection,
  type TcpListener,
  type TraceSink,
  type UdpSocket,
} from './socket.ts'
import { describe } from './socket-errors.ts'
import { Trace } from './trace.ts'

export class NamespaceSockets implements Sockets {
  readonly #namespace: Namespace

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  listen(
    options: { port: number; address?: string },
    accept: (connection: TcpConnection) => void,
  ): TcpListener {
    return this.#namespace.tcp.listen(this.#bindable(options.address), options.port, accept)
  }

  async connect(options: {
    to: Endpoint
    from?: string
    signal?: AbortSignal
    trace?: TraceSink
  }): Promise<TcpConnection> {
    options.signal?.throwIfAborted()
    const destination = numeric(options.to.address)
    const to = { address: destination === 0 ? 0x7f000001 : destination, port: options.to.port }
    const trace = Trace.to(options.trace)
    const source = options.from
      ? this.#bindable(options.from)
      : this.#namespace.stack.sourceTowards(to.address)
    if (typeof source === 'string') {
      trace?.hop(this.#namespace.name, 'drop', `no route to ${formatAddress(to.address)}`)
      throw new SocketError(source, `connect: ${describe(source)}`)
    }
    const socket = this.#namespace.tcp.connect(source, to, trace)
    const aborted = () => socket.reset()
    options.signal?.addEventListener('abort', aborted, { once: true })
    try {
      await socket.established()
    } catch (error) {
      options.signal?.throwIfAborted()
      throw error
    } finally {
      options.signal?.removeEventListener('abort', aborted)
    }
    return socket
  }

  bindUdp(
    options: { port?: number; address?: string; connectedTo?: Endpoint; trace?: TraceSink } = {},
  ): UdpSocket {
    const peer = options.connectedTo
    const connectedTo = peer && { address: numeric(peer.address), port: peer.port }
    let address = this.#bindable(options.address)
    if (connectedTo && address === 0) {
      const source = this.#namespace.stack.sourceTowards(connectedTo.address)
      if (typeof source === 'string') throw new SocketError(source, `connect: ${describe(source)}`)
      address = source
    }
    return this.#namespace.udp.bind({
      address,
      port: options.port ?? 0,
      connectedTo,
      trace: Trace.to(options.trace),
    })
  }

  ping(options: {
    to: string
    bytes: number
    sequence: number
    ttl?: number
    dontFragment?: boolean
    signal: AbortSignal
    trace?: TraceSink
  }): Promise<PingReply> {
    return this.#namespace.icmp.echo({
      to: numeric(options.to),
      bytes: options.bytes,
      sequence: options.sequence,
      ttl: options.ttl ?? 64,
      dontFragment: options.dontFragment ?? false,
      signal: options.signal,
      trace: Trace.to(options.trace),
    })
  }

  #bindable(text: string | undefined): number {
    if (text === undefined || text === '' || text === '0.0.0.0' || text === '::') return 0
    const value = parseAddress(text)
    if (value === undefined || !this.#namespace.ownsAddress(value)) {
      throw new SocketError('EADDRNOTAVAIL', `bind ${text}: cannot assign requested address`)
    }
    return value
  }
}

function numeric(text: string): number {
  const value = parseAddress(text)
  // The simulated network speaks IPv4 alone: any other address has no route.
  if (value === undefined) throw new SocketError('ENETUNREACH', `connect ${text}: network is unreachable`)
  return value
}
