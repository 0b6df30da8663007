// A namespace's ICMP: answers echo requests, hands errors to the sockets that they are about, and sends ping's requests.

import { icmpErrors } from './ip-stack.ts'
import { formatAddress } from './ipv4.ts'
import type { Namespace } from './namespace.ts'
import { type IcmpMessage, icmpEchoReply, icmpEchoRequest, makePacket, type Packet } from './packet.ts'
import { type PingReply, SocketError } from './socket.ts'
import { describe } from './socket-errors.ts'
import type { Trace } from './trace.ts'

export interface Echo {
  readonly to: number
  readonly bytes: number
  readonly sequence: number
  readonly ttl: number
  readonly dontFragment: boolean
  readonly signal: AbortSignal
  readonly trace: Trace | undefined
}

export class IcmpStack {
  readonly #namespace: Namespace
  readonly #waiting = new Map<number, (reply: PingReply) => void>()

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  receive(packet: Packet, message: IcmpMessage): void {
    if (message.type === icmpEchoRequest) {
      this.#answer(packet, message)
      return
    }
    if (message.type === icmpEchoReply) {
      const reply = {
        type: 'echo',
        from: formatAddress(packet.source),
        ttl: packet.ttl,
        bytes: message.bytes,
      }
      this.#waiting.get(message.identifier)?.(reply)
      return
    }
    const about = message.original
    if (!about) return
    const { body } = about
    switch (body.protocol) {
      case 'tcp':
        this.#namespace.tcp.error(about, body, message)
        return
      case 'udp':
        this.#namespace.udp.error(about, body, message)
        return
      case 'icmp':
        this.#waiting.get(body.identifier)?.({
          type: errorName(message),
          from: formatAddress(packet.source),
          ttl: packet.ttl,
          bytes: body.bytes,
          ...(message.mtu !== undefined && { mtu: message.mtu }),
        })
    }
  }

  echo(options: Echo): Promise<PingReply> {
    const source = this.#namespace.stack.sourceTowards(options.to)
    if (typeof source === 'string')
      return Promise.reject(new SocketError(source, `connect: ${describe(source)}`))
    const identifier = this.#freeIdentifier()
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiting.delete(identifier)
        options.signal.removeEventListener('abort', aborted)
      }
      const aborted = () => {
        done()
        reject(options.signal.reason)
      }
      if (options.signal.aborted) return reject(options.signal.reason)
      options.signal.addEventListener('abort', aborted, { once: true })
      this.#waiting.set(identifier, (reply) => {
        done()
        resolve(reply)
      })
      options.trace?.hop(
        this.#namespace.name,
        'socket',
        `ICMP echo ${formatAddress(source)} -> ${formatAddress(options.to)}`,
      )
      const { sequence, bytes, ttl, dontFragment, trace } = options
      const body: IcmpMessage = {
        protocol: 'icmp',
        type: icmpEchoRequest,
        code: 0,
        identifier,
        sequence,
        bytes,
      }
      const packet = makePacket(source, options.to, body, { ttl, dontFragment, trace })
      const error = this.#namespace.stack.output(packet)
      if (!error) return
      done()
      reject(new SocketError(error, `sendmsg: ${describe(error)}`))
    })
  }

  dispose(): void {
    this.#waiting.clear()
  }

  #answer(packet: Packet, message: IcmpMessage): void {
    packet.trace?.hop(
      this.#namespace.name,
      'listener',
      `${formatAddress(packet.destination)} answers the echo`,
    )
    const body: IcmpMessage = { ...message, type: icmpEchoReply }
    const trace = packet.trace?.reply()
    this.#namespace.stack.output(makePacket(packet.destination, packet.source, body, { trace }))
  }

  #freeIdentifier(): number {
    for (;;) {
      const identifier = 1 + this.#namespace.random.integer(65_535)
      if (!this.#waiting.has(identifier)) return identifier
    }
  }
}

/** The kind of an ICMP error as PingReply names it. */
export function errorName(message: IcmpMessage): string {
  for (const [name, [type, code]] of Object.entries(icmpErrors)) {
    if (type === message.type && code === message.code) return name
  }
  return `type ${message.type} code ${message.code}`
}
