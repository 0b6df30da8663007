// What a process can do with the network namespace that it runs in: the seam between the data plane and applications.
// Every byte goes out as packets and meets the namespace's routes and netfilter rules. Modelled on the BSD socket API.

/** Names as errno(3) has them. */
export type SocketErrorCode =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EACCES'
  | 'EMSGSIZE'
  | 'EPERM'
  | 'EPIPE'

export class SocketError extends Error {
  readonly code: SocketErrorCode
  constructor(code: SocketErrorCode, message: string) {
    super(message)
    this.name = 'SocketError'
    this.code = code
  }
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** A connected TCP socket. Data arrives in order; `read` gives undefined at the peer's FIN and throws SocketError on a reset. */
export interface TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  read(signal?: AbortSignal): Promise<Uint8Array | undefined>
  /** Resolves once the peer's stack has taken the bytes (back-pressure), rejects with EPIPE or ECONNRESET. */
  write(data: Uint8Array): Promise<void>
  /** Sends FIN; reading goes on. */
  end(): void
  /** Sends RST where anything is open still. */
  reset(): void
  /** close(2), as a process's end has it: RST where bytes lie unread, else FIN; what arrives afterwards is reset. */
  close?(): void
}

export interface TcpListener {
  readonly local: Endpoint
  close(): void
}

export interface Datagram {
  readonly data: Uint8Array
  readonly from: Endpoint
  /** The address it was sent to, as IP_PKTINFO tells. */
  readonly to: Endpoint
}

export interface UdpSocket {
  readonly local: Endpoint
  /** ECONNREFUSED from an ICMP port unreachable is thrown by the next `receive` of a connected socket. */
  send(data: Uint8Array, to: Endpoint): void
  receive(signal?: AbortSignal): Promise<Datagram>
  close(): void
}

export interface PingReply {
  /** `echo`, or what an ICMP error said: `net-unreachable`, `host-unreachable`, `port-unreachable`, `admin-prohibited`, `ttl-exceeded`, `frag-needed`. */
  readonly type: string
  readonly from: string
  readonly ttl: number
  readonly bytes: number
  /** Next-hop MTU of `frag-needed`. */
  readonly mtu?: number
}

export interface TraceSink {
  /** Called for every station of the first packet that this socket sends (and of the reply where it dies). */
  hop(hop: import('../../contract/cluster.ts').Hop): void
}

export interface Sockets {
  /** Throws EADDRINUSE or EADDRNOTAVAIL. Default address 0.0.0.0. */
  listen(
    options: { port: number; address?: string },
    accept: (connection: TcpConnection) => void,
  ): TcpListener
  /**
   * Linux' timing: SYN repeated after 1, 3, 7, ... s, ETIMEDOUT after about 130 s unless the signal aborts before.
   * ECONNREFUSED at a reset or ICMP port unreachable, EHOSTUNREACH or ENETUNREACH without a route or by ICMP.
   */
  connect(options: {
    to: Endpoint
    from?: string
    signal?: AbortSignal
    trace?: TraceSink
  }): Promise<TcpConnection>
  bindUdp(options?: { port?: number; address?: string; connectedTo?: Endpoint; trace?: TraceSink }): UdpSocket
  /** One ICMP echo; rejects with the signal's reason when nothing came back. `dontFragment` as ping -M do. */
  ping(options: {
    to: string
    bytes: number
    sequence: number
    ttl?: number
    dontFragment?: boolean
    signal: AbortSignal
    trace?: TraceSink
  }): Promise<PingReply>
}
