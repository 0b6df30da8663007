// Built-ins that read: read, mapfile.
import type { Builtin } from '../builtin.ts'
import { ShellError } from '../control.ts'
import { type Run, stderrOf, stdinOf } from '../shell.ts'
import { type PushbackReader, readUntil } from '../streams.ts'

interface ReadOptions {
  raw: boolean
  silent: boolean
  prompt: string
  delimiter: string
  count: number | undefined
  timeoutMs: number | undefined
  array: string | undefined
  descriptor: number
  names: string[]
}

function parseOptions(args: readonly string[]): ReadOptions {
  const options: ReadOptions = {
    raw: false,
    silent: false,
    prompt: '',
    delimiter: '\n',
    count: undefined,
    timeoutMs: undefined,
    array: undefined,
    descriptor: 0,
    names: [],
  }
  for (let i = 1; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (!/^-./.test(arg) || options.names.length > 0) {
      options.names.push(arg)
      continue
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at)
      if (letter === 'r') options.raw = true
      else if (letter === 's') options.silent = true
      else if (letter !== 'e' && letter !== 'i') {
        const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i]
        if (value === undefined) throw new ShellError(`read: -${letter}: option requires an argument`, 2)
        if (letter === 'p') options.prompt = value
        else if (letter === 'd') options.delimiter = value.charAt(0) || '\0'
        else if (letter === 'n' || letter === 'N') options.count = Number(value)
        else if (letter === 't') options.timeoutMs = Number(value) * 1000
        else if (letter === 'a') options.array = value
        else if (letter === 'u') options.descriptor = Number(value)
        else throw new ShellError(`read: -${letter}: invalid option`, 2)
        break
      }
    }
  }
  return options
}

async function read(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const options = parseOptions(args)
  const stream = options.descriptor === 0 ? stdinOf(run) : run.fds.get(options.descriptor)?.reader
  if (!stream)
    throw new ShellError(`read: ${options.descriptor}: invalid file descriptor: Bad file descriptor`)
  const { terminal } = shell.process
  if (options.prompt !== '' && stream.isTerminal) await stderrOf(run).write(options.prompt)
  // Single keys and secrets are read without the line discipline's echo.
  const unechoed = stream.isTerminal && (options.silent || options.count !== undefined)
  if (unechoed) terminal?.setRaw(true)
  const timeout = new AbortController()
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : shell.process.clock.after(options.timeoutMs, () => timeout.abort(new Timeout('timeout')))
  const signal = AbortSignal.any([run.signal, timeout.signal])
  try {
    const line = await readLine(stream, options, signal)
    store(line?.text ?? '', options, run)
    return line?.found ? 0 : 1
  } catch (error) {
    if (!(error instanceof Timeout)) throw error
    return 142
  } finally {
    timer?.cancel()
    if (unechoed) terminal?.setRaw(false)
  }
}

class Timeout extends Error {}

async function readLine(
  stream: PushbackReader,
  options: ReadOptions,
  signal: AbortSignal,
): Promise<{ text: string; found: boolean } | undefined> {
  if (options.count !== undefined) return readCount(stream, options.count, signal)
  const delimiter = stream.isTerminal && options.silent ? 13 : options.delimiter.charCodeAt(0)
  let line = await readUntil(stream, delimiter, signal)
  if (options.raw || !line) return line
  // A backslash before the newline joins lines.
  while (line.found && /(^|[^\\])(\\\\)*\\$/.test(line.text)) {
    const next = await readUntil(stream, delimiter, signal)
    line = { text: line.text.slice(0, -1) + (next?.text ?? ''), found: next?.found ?? false }
  }
  return line
}

async function readCount(stream: PushbackReader, count: number, signal: AbortSignal) {
  let text = ''
  while ([...text].length < count) {
    const chunk = await stream.read(signal)
    if (!chunk) return { text, found: false }
    const characters = [...(text + new TextDecoder().decode(chunk))]
    text = characters.slice(0, count).join('')
    stream.unread(characters.slice(count).join(''))
    if (text.includes('\n')) return { text: text.slice(0, text.indexOf('\n')), found: true }
  }
  return { text, found: true }
}

function store(text: string, options: ReadOptions, run: Run): void {
  const { variables } = run.shell
  const ifs = variables.get('IFS') ?? ' \t\n'
  const unquote = (value: string) => (options.raw ? value : value.replace(/\\([\s\S])/g, '$1'))
  if (options.array !== undefined) {
    const elements = splitFields(text, ifs, Number.POSITIVE_INFINITY, options.raw).map(
      (value, index) => [String(index), unquote(value)] as const,
    )
    variables.setArray(options.array, new Map(elements), 'indexed')
    return
  }
  if (options.names.length === 0) {
    variables.set('REPLY', unquote(text))
    return
  }
  const fields = splitFields(text, ifs, options.names.length, options.raw)
  for (const [index, name] of options.names.entries()) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`read: \`${name}': not a valid identifier`)
    variables.set(name, unquote(fields[index] ?? ''))
  }
}

/** Splits as read does: at most `count` fields, the last with everything that is left. */
function splitFields(text: string, ifs: string, count: number, raw: boolean): string[] {
  const white = (character: string) => ifs.includes(character) && ' \t\n'.includes(character)
  let end = text.length
  while (end > 0 && white(text.charAt(end - 1))) end--
  const fields: string[] = []
  let i = 0
  while (i < end && white(text.charAt(i))) i++
  while (i < end && fields.length < count - 1) {
    const start = i
    while (i < end && !ifs.includes(text.charAt(i))) i += !raw && text.charAt(i) === '\\' ? 2 : 1
    fields.push(text.slice(start, i))
    while (i < end && white(text.charAt(i))) i++
    if (i < end && ifs.includes(text.charAt(i)) && !white(text.charAt(i))) {
      i++
      while (i < end && white(text.charAt(i))) i++
    }
  }
  if (i < end) fields.push(text.slice(i, end))
  return fields
}

async function mapfile(args: readonly string[], run: Run): Promise<number> {
  const trim = args.includes('-t')
  const name = args.slice(1).find((arg) => !arg.startsWith('-')) ?? 'MAPFILE'
  const elements = new Map<string, string>()
  for (
    let line = await readUntil(stdinOf(run), 10, run.signal);
    line;
    line = await readUntil(stdinOf(run), 10, run.signal)
  ) {
    elements.set(String(elements.size), trim || !line.found ? line.text : `${line.text}\n`)
  }
  run.shell.variables.setArray(name, elements, 'indexed')
  return 0
}

export const readBuiltins: Readonly<Record<string, Builtin>> = {
  read: {
    usage: 'read [-rs] [-p PROMPT] [-t SECONDS] [-n COUNT] [NAME]...',
    summary: 'read a line into variables',
    run: read,
  },
  mapfile: { usage: 'mapfile [-t] [NAME]', summary: 'read lines into an array', run: mapfile },
  readarray: { usage: 'readarray [-t] [NAME]', summary: 'read lines into an array', run: mapfile },
}
