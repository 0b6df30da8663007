// head(1). Stops reading as soon as it has enough, so that what writes into it ends.
import type { Process, ReadStream } from '../../node/process.ts'
import type { Command } from './command.ts'
import { eachInput } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

/** A count with its unit: 10, 5K, 50M. */
export function parseCount(text: string, what: string): number {
  const match = /^[-+]?(\d+)([bkKmMG]B?)?$/.exec(text)
  if (!match?.[1]) throw new UsageError(`invalid number of ${what}: '${text}'`)
  const units: Readonly<Record<string, number>> = {
    b: 512,
    k: 1024,
    K: 1024,
    m: 1024 ** 2,
    M: 1024 ** 2,
    G: 1024 ** 3,
  }
  return Number(match[1]) * (match[2] ? (units[match[2].charAt(0)] ?? 1) : 1)
}

export const headCommand: Command = {
  name: 'head',
  summary: 'print the first lines of files',
  group: 'text',
  usage: 'head [-n LINES | -c BYTES] [FILE]...',
  flags: { '-n': 'lines', '-c': 'bytes', '-q': 'no file names' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    // The old form: head -5.
    if (/^-\d+$/.test(args[0] ?? '')) args[0] = `-n${args[0]?.slice(1)}`
    const options = parseOptions(args, {
      n: '=lines',
      lines: '=lines',
      c: '=bytes',
      bytes: '=bytes',
      q: 'quiet',
      quiet: 'quiet',
      v: 'verbose',
    })
    const bytes = options.value('bytes')
    const lines = options.value('lines') ?? '10'
    const count = parseCount(bytes ?? lines, bytes === undefined ? 'lines' : 'bytes')
    const named = (options.operands.length > 1 || options.has('verbose')) && !options.has('quiet')
    let first = true
    return eachInput(process, options.operands, async (stream, name) => {
      if (named)
        await process.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      first = false
      if (bytes === undefined && lines.startsWith('-')) await allButLast(process, stream, count)
      else if (bytes === undefined) await firstLines(process, stream, count)
      else await firstBytes(process, stream, count)
    })
  }),
}

async function firstBytes(process: Process, stream: ReadStream, count: number): Promise<void> {
  let left = count
  while (left > 0) {
    const chunk = await stream.read(process.signal)
    if (!chunk) return
    await process.stdout.write(chunk.length > left ? chunk.subarray(0, left) : chunk)
    left -= chunk.length
  }
}

async function firstLines(process: Process, stream: ReadStream, count: number): Promise<void> {
  let left = count
  while (left > 0) {
    const chunk = await stream.read(process.signal)
    if (!chunk) return
    let end = 0
    while (left > 0 && end < chunk.length) {
      const at = chunk.indexOf(10, end)
      if (at < 0) end = chunk.length
      else {
        end = at + 1
        left--
      }
    }
    await process.stdout.write(chunk.subarray(0, end))
    if (left === 0 && 'unread' in stream && typeof stream.unread === 'function')
      stream.unread(chunk.subarray(end))
  }
}

async function allButLast(process: Process, stream: ReadStream, count: number): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for (let chunk = await stream.read(process.signal); chunk; chunk = await stream.read(process.signal)) {
    text += decoder.decode(chunk, { stream: true })
  }
  const lines = text.split(/(?<=\n)/)
  await process.stdout.write(lines.slice(0, Math.max(0, lines.length - count)).join(''))
}
