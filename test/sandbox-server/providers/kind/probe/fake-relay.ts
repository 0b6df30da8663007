// A relay without sockets: what stands at each address is a function, and what stands nowhere never answers.
import { type Duplex, duplexPair } from 'node:stream'
import { abortable } from '../../../../../sandbox-server/providers/kind/probe/abortable.ts'
import type { Relay } from '../../../../../sandbox-server/providers/kind/probe/relay.ts'
import { relayError } from '../../../../../sandbox-server/providers/kind/probe/relay-error.ts'

export interface FakeNetwork {
  readonly files?: Readonly<Record<string, string>>
  /** By `address:port`: who takes the server's end of a connection, or the errno that comes back. */
  readonly tcp?: Readonly<Record<string, ((server: Duplex) => void) | string>>
  /** By `address:port`: the answers to a datagram, or the errno that comes back. */
  readonly udp?: Readonly<Record<string, ((data: Buffer) => readonly Uint8Array[]) | string>>
  /** What `settle` gives, in order, then 0. */
  readonly waited?: number[]
}

export function fakeRelay(network: FakeNetwork): Relay {
  const silence = new Promise<never>(() => {})
  const { waited = [] } = network
  return {
    container: 'node',
    ready: async () => {},
    settle: async () => waited.shift() ?? 0,
    readFile: async (path) => network.files?.[path],
    dispose() {},
    async connect({ address, port }, signal) {
      const there = network.tcp?.[`${address}:${port}`]
      if (there === undefined) return abortable(silence, signal)
      if (typeof there === 'string') throw relayError(there, `connect ${address}:${port}`)
      const [client, server] = duplexPair()
      client.on('error', () => {})
      server.on('error', () => {})
      there(server)
      return client
    },
    async openDatagrams({ address, port }) {
      const there = network.udp?.[`${address}:${port}`]
      const received: Uint8Array[] = []
      return {
        send(data) {
          if (typeof there === 'function') received.push(...there(Buffer.from(data)))
        },
        async next(signal) {
          if (typeof there === 'string') throw relayError(there, 'read')
          const data = received.shift()
          return data ? Buffer.from(data) : abortable(silence, signal)
        },
        close() {},
      }
    },
  }
}
