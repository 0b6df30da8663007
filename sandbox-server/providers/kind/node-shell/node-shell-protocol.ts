// What is said on the socket between `docker` in the learner's terminal (toolbox/files/usr/local/bin/docker) and the server.
import { z } from 'zod'

/** From the terminal: a request, then bytes for its standard input, their end, and the window's size. */
export type ClientFrame = 'request' | 'input' | 'inputEnd' | 'size'
/** To the terminal: bytes of the two streams, and the exit code, which ends it. */
export type ServerFrame = 'output' | 'error' | 'exit'

const clientFrames: Readonly<Record<string, ClientFrame>> = {
  R: 'request',
  I: 'input',
  E: 'inputEnd',
  W: 'size',
}
const serverLetters: Readonly<Record<ServerFrame, string>> = { output: 'O', error: 'E', exit: 'X' }
/** A letter, and the length of what follows as a big-endian uint32. */
const headerBytes = 5
const longestFrame = 128 * 1024

export function encodeFrame(type: ServerFrame, data: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(data)
  const header = Buffer.alloc(headerBytes)
  header.write(serverLetters[type], 'latin1')
  header.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([header, bytes])
}

/** Reads frames over the borders of pieces. Throws at what is none, or too long. */
export function createFrameReader(): (data: Uint8Array) => { type: ClientFrame; data: Uint8Array }[] {
  let bytes = Buffer.alloc(0)
  return (data) => {
    bytes = Buffer.concat([bytes, data])
    const frames = []
    while (bytes.length >= headerBytes) {
      const type = clientFrames[bytes.toString('latin1', 0, 1)]
      const end = headerBytes + bytes.readUInt32BE(1)
      if (!type || end > headerBytes + longestFrame) throw new Error('no frame of a node shell')
      if (bytes.length < end) break
      frames.push({ type, data: bytes.subarray(headerBytes, end) })
      bytes = bytes.subarray(end)
    }
    return frames
  }
}

const name = z.string().max(64)
const sizeSchema = z
  .string()
  .regex(/^\d{1,3} \d{1,3}$/)
  .transform((text) => {
    const [columns, rows] = text.split(' ').map(Number)
    return { columns: Math.max(2, columns ?? 80), rows: Math.max(1, rows ?? 24) }
  })

const execSchema = z.strictObject({
  command: z.literal('exec'),
  interactive: z.stringbool().default(false),
  tty: z.stringbool().default(false),
  size: sizeSchema.optional(),
  user: z
    .string()
    .regex(/^[a-z0-9_][\w.-]{0,31}(:[a-z0-9_][\w.-]{0,31})?$/i, 'no user')
    .optional(),
  workdir: z.string().max(4096).startsWith('/').optional(),
  env: z.array(z.string().regex(/^[A-Za-z_]\w*=/, 'no variable')).max(64),
  node: name,
  argument: z
    .array(z.string().max(64 * 1024))
    .min(1)
    .max(1024),
})
const requestSchema = z.discriminatedUnion('command', [
  execSchema,
  z.strictObject({ command: z.literal('ps'), env: z.array(z.string()), argument: z.array(z.string()) }),
])
export type NodeShellRequest = z.infer<typeof requestSchema>
export type ExecRequest = z.infer<typeof execSchema>

/** `key=value` pieces, each ended by a zero byte; `env` and `argument` may come again. Throws where it is no request. */
export function parseRequest(data: Uint8Array): NodeShellRequest {
  const env: string[] = []
  const argument: string[] = []
  const fields: Record<string, string> = {}
  for (const piece of Buffer.from(data).toString('utf8').split('\0').slice(0, -1)) {
    const equals = piece.indexOf('=')
    const [key, value] = [piece.slice(0, equals), piece.slice(equals + 1)]
    if (key === 'env') env.push(value)
    else if (key === 'argument') argument.push(value)
    else fields[key] = value
  }
  return requestSchema.parse({ ...fields, env, argument })
}

export function parseSize(data: Uint8Array): z.infer<typeof sizeSchema> | undefined {
  const parsed = sizeSchema.safeParse(Buffer.from(data).toString('latin1'))
  return parsed.success ? parsed.data : undefined
}
