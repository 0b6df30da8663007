// tail(1), with -f: what is appended to a file, or what an endless pipe brings.
import type { Process, ReadStream } from '../../node/process.ts'
import { concatenate } from '../../node/streams.ts'
import type { Command } from './command.ts'
import { complain, eachInput, errorText, pathOf } from './files-of.ts'
import { parseCount } from './head.ts'
import { parseOptions, withUsage } from './options.ts'

export const tailCommand: Command = {
  name: 'tail',
  summary: 'print the last lines of files; -f follows what is appended',
  group: 'text',
  usage: 'tail [-f] [-n LINES | -c BYTES] [FILE]...',
  flags: { '-n': 'lines', '-c': 'bytes', '-f': 'follow', '-F': 'follow by name', '-q': 'no file names' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    // The old form: head -5.
    if (/^-\d+$/.test(args[0] ?? '')) args[0] = `-n${args[0]?.slice(1)}`
    const options = parseOptions(args, {
      n: '=lines',
      lines: '=lines',
      c: '=bytes',
      bytes: '=bytes',
      f: 'follow',
      follow: 'follow',
      F: 'follow',
      q: 'quiet',
      v: 'verbose',
      s: '=interval',
    })
    const bytes = options.value('bytes')
    const text = bytes ?? options.value('lines') ?? '10'
    const count = parseCount(text, bytes === undefined ? 'lines' : 'bytes')
    const named = (options.operands.length > 1 || options.has('verbose')) && !options.has('quiet')
    let first = true
    const status = await eachInput(process, options.operands, async (stream, name) => {
      if (named) await process.stdout.write(`${first ? '' : '\n'}==> ${name} <==\n`)
      first = false
      await last(process, stream, count, bytes !== undefined, text.startsWith('+'))
    })
    if (!options.has('follow') || options.operands.length === 0) return status
    return follow(process, options.operands, named)
  }),
}

async function last(
  process: Process,
  stream: ReadStream,
  count: number,
  bytes: boolean,
  fromStart: boolean,
): Promise<void> {
  if (fromStart) return skip(process, stream, count - 1, bytes)
  let chunks: Uint8Array[] = []
  let newlines = 0
  let size = 0
  const newlinesIn = (chunk: Uint8Array) => {
    let found = 0
    for (const byte of chunk) if (byte === 10) found++
    return found
  }
  for (let chunk = await stream.read(process.signal); chunk; chunk = await stream.read(process.signal)) {
    chunks.push(chunk.slice())
    size += chunk.length
    newlines += newlinesIn(chunk)
    // Whole chunks at the front that cannot be part of the end are forgotten, so that endless input takes no memory.
    for (let [front] = chunks; front; [front] = chunks) {
      const inFront = newlinesIn(front)
      if (bytes ? size - front.length < count : newlines - inFront <= count) break
      chunks = chunks.slice(1)
      size -= front.length
      newlines -= inFront
    }
  }
  const all = concatenate(chunks)
  if (bytes) return process.stdout.write(all.subarray(Math.max(0, all.length - count)))
  let start = all.length
  let left = count + (all.at(-1) === 10 ? 1 : 0)
  if (count === 0) return
  while (start > 0) {
    if (all[start - 1] === 10 && --left === 0) break
    start--
  }
  return process.stdout.write(all.subarray(start))
}

async function skip(process: Process, stream: ReadStream, count: number, bytes: boolean): Promise<void> {
  let left = Math.max(0, count)
  for (let chunk = await stream.read(process.signal); chunk; chunk = await stream.read(process.signal)) {
    let start = 0
    if (bytes) {
      start = Math.min(left, chunk.length)
      left -= start
    }
    while (!bytes && left > 0 && start < chunk.length) {
      const at = chunk.indexOf(10, start)
      if (at < 0) start = chunk.length
      else {
        start = at + 1
        left--
      }
    }
    await process.stdout.write(chunk.subarray(start))
  }
}

async function follow(process: Process, operands: readonly string[], named: boolean): Promise<number> {
  const files = operands
    .filter((operand) => operand !== '-')
    .map((name) => ({ name, path: pathOf(process, name), size: 0 }))
  for (const file of files) file.size = process.files.stat(file.path)?.size ?? 0
  let shown = files.at(-1)
  let wake: (() => void) | undefined
  const stop = process.files.onChange(() => wake?.())
  process.signal.addEventListener('abort', () => wake?.(), { once: true })
  try {
    for (;;) {
      process.signal.throwIfAborted()
      for (const file of files) {
        const size = process.files.stat(file.path)?.size ?? 0
        if (size < file.size) {
          await complain(process, `${file.name}: file truncated`)
          file.size = 0
        }
        if (size <= file.size) continue
        if (named && shown !== file) await process.stdout.write(`\n==> ${file.name} <==\n`)
        shown = file
        try {
          await process.stdout.write(process.files.read(file.path).subarray(file.size))
        } catch (error) {
          await complain(process, `${file.name}: ${errorText(error)}`)
        }
        file.size = size
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    stop()
  }
}
