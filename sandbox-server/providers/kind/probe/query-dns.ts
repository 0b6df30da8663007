// Sends DNS questions to one server from a place's network namespace: over UDP, and over TCP where an answer was cut short.
import { randomInt } from 'node:crypto'
import { type DecodedPacket, decode, encode, type Packet, type Question, RECURSION_DESIRED } from 'dns-packet'
import type { ProbePlace } from './probe-place.ts'

export type DnsQuery = Question & { readonly type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' }

export class DnsTimeout extends Error {}

/** All questions at once from one socket, as getaddrinfo asks for A and AAAA. Rejects with RelayError, DnsTimeout or the signal's reason. */
export async function queryDns(
  place: ProbePlace,
  questions: readonly DnsQuery[],
  options: { readonly server: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<readonly DecodedPacket[]> {
  const firstId = randomInt(65_536)
  const queries = questions.map((question, index): Packet & { id: number } => ({
    type: 'query',
    id: (firstId + index) % 65_536,
    flags: RECURSION_DESIRED,
    questions: [question],
  }))
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(new DnsTimeout('no answer')), options.timeoutMs)
  const signal = AbortSignal.any([options.signal, timeout.signal])
  try {
    const answers = await overUdp(place, queries, options.server, signal)
    return await Promise.all(
      answers.map(async (answer, index) => {
        const query = queries[index]
        return answer.flag_tc && query ? overTcp(place, query, options.server, signal) : answer
      }),
    )
  } finally {
    clearTimeout(timer)
  }
}

async function overUdp(
  place: ProbePlace,
  queries: readonly (Packet & { id: number })[],
  server: string,
  signal: AbortSignal,
): Promise<DecodedPacket[]> {
  const to = { address: server, port: 53, containerId: place.containerId }
  const socket = await place.relay.openDatagrams(to, signal)
  try {
    for (const query of queries) socket.send(encode(query))
    const answers = new Map<number, DecodedPacket>()
    while (queries.some((query) => !answers.has(query.id))) {
      const answer = tryDecode(await socket.next(signal))
      if (answer?.type === 'response' && answer.id !== undefined) answers.set(answer.id, answer)
    }
    return queries.flatMap((query) => answers.get(query.id) ?? [])
  } finally {
    socket.close()
  }
}

async function overTcp(
  place: ProbePlace,
  query: Packet,
  server: string,
  signal: AbortSignal,
): Promise<DecodedPacket> {
  const to = { address: server, port: 53, containerId: place.containerId }
  const connection = await place.relay.connect(to, signal)
  const stop = () => connection.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const message = encode(query)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    connection.write(Buffer.concat([length, message]))
    let got = Buffer.alloc(0)
    for await (const chunk of connection) {
      got = Buffer.concat([got, chunk])
      if (got.length >= 2 && got.length >= got.readUInt16BE(0) + 2) break
    }
    const answer = got.length < 2 ? undefined : tryDecode(got.subarray(2, got.readUInt16BE(0) + 2))
    if (!answer) throw new DnsTimeout('the server closed the connection')
    return answer
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    connection.destroy()
  }
}

function tryDecode(data: Buffer): DecodedPacket | undefined {
  try {
    return decode(data)
  } catch {
    // What is no DNS message is no answer; the wait goes on.
    return undefined
  }
}
