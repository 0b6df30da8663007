// One HTTP GET over a connection that is there already, with Node's own client.
import { type IncomingMessage, request } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Target } from '../../../contract/cluster.ts'
import { AppError } from '../../../contract/errors.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Bytes of a body that are kept. */
const bodyBytes = 64 * 1024

/** Rejects with what ended the connection or with the signal's reason. The connection is closed afterwards. */
export async function requestHttp(
  connection: Duplex,
  target: Target,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    const response = await send(connection, target, signal)
    const body = await readBody(response)
    return { status: response.statusCode ?? 0, headers: headersOf(response), body }
  } catch (error) {
    signal.throwIfAborted()
    throw isHangUp(error) ? new Error('the connection was closed before the answer was whole') : error
  } finally {
    connection.destroy()
  }
}

function send(connection: Duplex, target: Target, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    try {
      const options = {
        path: target.path,
        headers: headersFor(target),
        signal,
        createConnection: () => connection,
      }
      request(options).on('response', resolve).on('error', reject).on('upgrade', resolve).end()
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      reject(
        new AppError('BAD_REQUEST', `No HTTP request can be made of ${target.path}: ${reason}.`, { cause }),
      )
    }
  })
}

/** Node's own `socket hang up` and `aborted`. A reset has a message of the relay's. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && ['socket hang up', 'aborted'].includes(error.message)
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= bodyBytes) break
  }
  return Buffer.concat(chunks).subarray(0, bodyBytes).toString()
}

/** `Host` as a client writes it, where the target names none. */
function headersFor(target: Target): Record<string, string> {
  const hasHost = Object.keys(target.headers).some((name) => name.toLowerCase() === 'host')
  const usual = target.protocol === 'https' ? 443 : 80
  const name = isIP(target.host) === 6 ? `[${target.host}]` : target.host
  const host = target.port === usual ? name : `${name}:${target.port}`
  return { ...(hasHost ? {} : { Host: host }), ...target.headers, Connection: 'close' }
}

function headersOf(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
