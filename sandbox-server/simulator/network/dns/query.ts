// Sends DNS questions to one server and waits for the answers: over UDP, and over TCP where an answer was cut short.
import type { Clock } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { SocketError, type Sockets, type TraceSink } from '../socket.ts'
import { decodeDns, encodeDns } from './codec.ts'
import type { DnsMessage, DnsQuestion } from './message.ts'

/** What a resolver needs of its process. */
export interface DnsClient {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly random: Random
}

export interface DnsQueryOptions {
  readonly server: string
  readonly port?: number
  readonly timeoutMs: number
  readonly recursionDesired?: boolean
  /** The size that an OPT record offers; without it none is sent, and answers are cut at 512 bytes. */
  readonly udpSize?: number
  readonly overTcp?: boolean
  readonly signal?: AbortSignal
  readonly trace?: TraceSink
}

export class DnsTimeout extends Error {}

/** All questions at once from one socket, as getaddrinfo asks for A and AAAA. Throws SocketError, DnsTimeout or the signal's reason. */
export async function queryDns(
  client: DnsClient,
  questions: readonly DnsQuestion[],
  options: DnsQueryOptions,
): Promise<readonly DnsMessage[]> {
  const messages = questions.map((question) => makeQuery(client, question, options))
  const timeout = new AbortController()
  const timer = client.clock.after(options.timeoutMs, () => timeout.abort(new DnsTimeout('no answer')))
  const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal
  try {
    if (options.overTcp) return await overTcp(client, messages, options, signal)
    const answers = await overUdp(client, messages, options, signal)
    const cut = answers.flatMap((answer, index) => (answer.isTruncated ? [index] : []))
    if (cut.length === 0) return answers
    const again = cut.flatMap((index) => messages[index] ?? [])
    const whole = await overTcp(client, again, options, signal)
    return answers.map((answer, index) => whole[cut.indexOf(index)] ?? answer)
  } finally {
    timer.cancel()
  }
}

function makeQuery(client: DnsClient, question: DnsQuestion, options: DnsQueryOptions): DnsMessage {
  return {
    id: client.random.integer(65_536),
    isResponse: false,
    isAuthoritative: false,
    isTruncated: false,
    recursionDesired: options.recursionDesired ?? true,
    recursionAvailable: false,
    code: 'NOERROR',
    questions: [question],
    answers: [],
    authorities: [],
    additionals:
      options.udpSize === undefined ? [] : [{ type: 'OPT', name: '', ttl: 0, udpSize: options.udpSize }],
  }
}

async function overUdp(
  client: DnsClient,
  queries: readonly DnsMessage[],
  options: DnsQueryOptions,
  signal: AbortSignal,
): Promise<readonly DnsMessage[]> {
  const server = { address: options.server, port: options.port ?? 53 }
  const socket = client.sockets.bindUdp({
    connectedTo: server,
    ...(options.trace && { trace: options.trace }),
  })
  try {
    for (const query of queries) socket.send(encodeDns(query), server)
    const answers = new Map<number, DnsMessage>()
    while (answers.size < queries.length) {
      const answer = tryDecode((await socket.receive(signal)).data)
      if (answer?.isResponse && queries.some((query) => query.id === answer.id))
        answers.set(answer.id, answer)
    }
    return queries.flatMap((query) => answers.get(query.id) ?? [])
  } finally {
    socket.close()
  }
}

async function overTcp(
  client: DnsClient,
  queries: readonly DnsMessage[],
  options: DnsQueryOptions,
  signal: AbortSignal,
): Promise<readonly DnsMessage[]> {
  const to = { address: options.server, port: options.port ?? 53 }
  const connection = await client.sockets.connect({
    to,
    signal,
    ...(options.trace && { trace: options.trace }),
  })
  try {
    const answers: DnsMessage[] = []
    let buffer = new Uint8Array(0)
    for (const query of queries) {
      const data = encodeDns(query)
      const framed = new Uint8Array(data.length + 2)
      framed.set([data.length >> 8, data.length & 255])
      framed.set(data, 2)
      await connection.write(framed)
      for (;;) {
        const length = (buffer[0] ?? 0) * 256 + (buffer[1] ?? 0)
        if (buffer.length >= 2 && buffer.length >= length + 2) {
          answers.push(decodeDns(buffer.subarray(2, length + 2)))
          buffer = buffer.slice(length + 2)
          break
        }
        const more = await connection.read(signal)
        if (!more) throw new SocketError('ECONNRESET', 'the server closed the connection')
        const joined = new Uint8Array(buffer.length + more.length)
        joined.set(buffer)
        joined.set(more, buffer.length)
        buffer = joined
      }
    }
    return answers
  } finally {
    connection.end()
  }
}

function tryDecode(data: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDns(data)
  } catch {
    // What is no DNS message is no answer; the wait goes on.
    return undefined
  }
}
