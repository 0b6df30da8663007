// Bodies of HTTP messages on their way out, and whole bodies read with a limit.
import type { TcpConnection } from '../socket.ts'

export type HttpBody = string | Uint8Array | AsyncIterable<Uint8Array> | undefined

const encoder = new TextEncoder()

export function bodyBytes(body: HttpBody): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array(0)
  if (typeof body === 'string') return encoder.encode(body)
  return body instanceof Uint8Array ? body : undefined
}

/** Writes a stream in chunked framing. */
export async function writeChunked(
  connection: TcpConnection,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const data of body) {
    if (data.length === 0) continue
    const head = encoder.encode(`${data.length.toString(16)}\r\n`)
    await connection.write(concat([head, data, encoder.encode('\r\n')]))
  }
  await connection.write(encoder.encode('0\r\n\r\n'))
}

/** Reads it all, at most `limit` bytes; what is more is read no further. */
export async function readAll(
  body: AsyncIterable<Uint8Array>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const data of body) {
    const part = data.subarray(0, limit - length)
    parts.push(part)
    length += part.length
    if (length >= limit) break
  }
  return concat(parts)
}

export async function readText(body: AsyncIterable<Uint8Array>, limit?: number): Promise<string> {
  return new TextDecoder().decode(await readAll(body, limit))
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0]
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
