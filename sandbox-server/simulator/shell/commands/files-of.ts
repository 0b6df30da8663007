// What commands share about files: resolving operands, reading them or standard input, and errors in strerror's words.
import { FileError, resolvePath } from '../../node/file-system.ts'
import { fileErrorText } from '../../node/memory-file-system.ts'
import type { Process, ReadStream } from '../../node/process.ts'
import { nameOf } from './options.ts'

export const pathOf = (process: Process, operand: string) => resolvePath(process.cwd, operand)

export function errorText(error: unknown): string {
  if (error instanceof FileError) return fileErrorText(error)
  return error instanceof Error ? error.message : String(error)
}

export function complain(process: Process, message: string): Promise<void> {
  return process.stderr.write(`${nameOf(process)}: ${message}\n`)
}

const chunkSize = 65_536

/** The bytes of a file operand (`-`: standard input) as a stream. Throws FileError. */
export function openInput(process: Process, operand: string): ReadStream {
  if (operand === '-' || operand === '/dev/stdin') return process.stdin
  const bytes = process.files.read(pathOf(process, operand))
  let offset = 0
  return {
    async read() {
      if (offset >= bytes.length) return undefined
      const chunk = bytes.subarray(offset, offset + chunkSize)
      offset += chunk.length
      return chunk
    },
  }
}

/**
 * Calls `each` for every operand's stream, standard input where there is none. A file that cannot be read is told about and makes
 * the status 1.
 */
export async function eachInput(
  process: Process,
  operands: readonly string[],
  each: (stream: ReadStream, name: string) => Promise<void>,
): Promise<number> {
  let status = 0
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    let stream: ReadStream
    try {
      stream = openInput(process, operand)
    } catch (error) {
      await complain(process, `${operand}: ${errorText(error)}`)
      status = 1
      continue
    }
    await each(stream, operand)
  }
  return status
}

const decoder = new TextDecoder()

/** Lines with their newline (the last may have none), many at a time as they arrive. */
export async function* lineBatches(stream: ReadStream, signal: AbortSignal): AsyncGenerator<string[]> {
  const streaming = new TextDecoder()
  let rest = ''
  for (let chunk = await stream.read(signal); chunk; chunk = await stream.read(signal)) {
    const text = streaming.decode(chunk, { stream: true })
    const end = text.lastIndexOf('\n')
    if (end < 0) {
      rest += text
      continue
    }
    const lines = (rest + text.slice(0, end + 1)).split(/(?<=\n)/)
    rest = text.slice(end + 1)
    yield lines
  }
  rest += streaming.decode()
  if (rest !== '') yield [rest]
}

export async function* eachLine(stream: ReadStream, signal: AbortSignal): AsyncGenerator<string> {
  for await (const lines of lineBatches(stream, signal))
    for (const line of lines) yield line.replace(/\n$/, '')
}

export async function readTextInput(process: Process, operand: string): Promise<string> {
  if (operand !== '-') return process.files.readText(pathOf(process, operand))
  const chunks: Uint8Array[] = []
  for (
    let chunk = await process.stdin.read(process.signal);
    chunk;
    chunk = await process.stdin.read(process.signal)
  ) {
    chunks.push(chunk)
  }
  let text = ''
  for (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
