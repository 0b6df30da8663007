// grep(1): line by line, so that `kubectl logs -f web | grep 500` shows a line when it comes.
import { resolvePath } from '../../node/file-system.ts'
import type { Process, ReadStream } from '../../node/process.ts'
import type { Command } from './command.ts'
import { complain, errorText, lineBatches, openInput, pathOf, readTextInput } from './files-of.ts'
import { type ParsedOptions, parseOptions, UsageError, withUsage } from './options.ts'
import { posixRegExp } from './posix-regexp.ts'

const spec = {
  i: 'ignore-case',
  'ignore-case': 'ignore-case',
  y: 'ignore-case',
  v: 'invert',
  'invert-match': 'invert',
  c: 'count',
  count: 'count',
  n: 'number',
  'line-number': 'number',
  l: 'files',
  'files-with-matches': 'files',
  L: 'files-without',
  h: 'no-name',
  'no-filename': 'no-name',
  H: 'name',
  'with-filename': 'name',
  o: 'only',
  'only-matching': 'only',
  q: 'quiet',
  quiet: 'quiet',
  s: 'silent',
  r: 'recursive',
  R: 'recursive',
  recursive: 'recursive',
  w: 'word',
  x: 'line',
  E: 'extended',
  'extended-regexp': 'extended',
  F: 'fixed',
  'fixed-strings': 'fixed',
  G: 'basic',
  P: 'perl',
  'perl-regexp': 'perl',
  e: '=pattern',
  f: '=pattern-file',
  m: '=max',
  'max-count': '=max',
  A: '=after',
  'after-context': '=after',
  B: '=before',
  'before-context': '=before',
  C: '=context',
  context: '=context',
  a: 'text',
  'line-buffered': 'buffered',
  color: 'color',
  colour: 'color',
  include: '=include',
  exclude: '=exclude',
  z: 'null',
}

interface Search {
  readonly test: (line: string) => boolean
  readonly highlight: RegExp
  readonly options: ParsedOptions
  readonly named: boolean
  readonly colour: boolean
  readonly after: number
  readonly before: number
  readonly max: number
}

function grepNamed(name: string, extended: boolean, fixed: boolean): Command {
  return {
    name,
    summary: 'print lines that match a pattern',
    group: 'text',
    usage: `${name} [-ivncloqrwxEF] [-A|-B|-C LINES] PATTERN [FILE]...`,
    flags: {
      '-i': 'ignore case',
      '-v': 'lines that do not match',
      '-n': 'with line numbers',
      '-c': 'count them',
      '-l': 'only file names',
      '-o': 'only what matched',
      '-r': 'search directories',
      '-E': 'extended regular expressions',
      '-F': 'fixed strings',
      '-w': 'whole words',
      '-q': 'only the exit status',
      '-A': 'lines after',
      '-B': 'lines before',
      '-C': 'lines around',
      '--line-buffered': 'as it always is here',
    },
    program: withUsage((process) => grep(process, extended, fixed)),
  }
}

export const grepCommand = grepNamed('grep', false, false)
export const egrepCommand = grepNamed('egrep', true, false)
export const fgrepCommand = grepNamed('fgrep', false, true)

async function grep(process: Process, extended: boolean, fixed: boolean): Promise<number> {
  const args = process.argv
    .slice(1)
    .map((arg) => (/^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg.startsWith('--color') ? '--color' : arg))
  const options = parseOptions(args, spec, { status: 2 })
  const operands = [...options.operands]
  const patterns = options.values('pattern').flatMap((pattern) => pattern.split('\n'))
  for (const file of options.values('pattern-file'))
    patterns.push(...(await readTextInput(process, file)).replace(/\n$/, '').split('\n'))
  if (patterns.length === 0) {
    const first = operands.shift()
    if (first === undefined) throw new UsageError('usage: grep [OPTION]... PATTERNS [FILE]...', 2)
    patterns.push(...first.split('\n'))
  }
  const recursive = options.has('recursive')
  if (recursive && operands.length === 0) operands.push('.')
  const files = recursive ? operands.flatMap((operand) => walk(process, operand)) : operands
  const source = patterns
    .map((pattern) =>
      fixed || options.has('fixed')
        ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        : posixRegExp(pattern, extended || options.has('extended'), options.has('perl')),
    )
    .map((pattern) => `(?:${pattern})`)
    .join('|')
  const anchored = options.has('line')
    ? `^(?:${source})$`
    : options.has('word')
      ? `(?<!\\w)(?:${source})(?!\\w)`
      : source
  let expression: RegExp
  try {
    expression = new RegExp(anchored, `gu${options.has('ignore-case') ? 'i' : ''}`)
  } catch {
    try {
      expression = new RegExp(anchored, `g${options.has('ignore-case') ? 'i' : ''}`)
    } catch {
      throw new UsageError(`Invalid regular expression: ${patterns.join('\n')}`, 2)
    }
  }
  const context = Number(options.value('context') ?? 0)
  const single = new RegExp(expression.source, expression.flags.replace('g', ''))
  const search: Search = {
    test: (line) => single.test(line) !== options.has('invert'),
    highlight: expression,
    options,
    named: (files.length > 1 || recursive || options.has('name')) && !options.has('no-name'),
    colour: process.stdout.isTerminal === true && !options.has('invert'),
    after: Number(options.value('after') ?? context),
    before: Number(options.value('before') ?? context),
    max: Number(options.value('max') ?? Number.POSITIVE_INFINITY),
  }
  let matched = false
  let failed = false
  for (const operand of files.length === 0 ? ['-'] : files) {
    try {
      if (operand !== '-' && process.files.stat(pathOf(process, operand))?.type === 'directory') {
        await complain(process, `${operand}: Is a directory`)
        continue
      }
      if (
        await searchStream(
          process,
          openInput(process, operand),
          operand === '-' ? '(standard input)' : operand,
          search,
        )
      )
        matched = true
    } catch (error) {
      process.signal.throwIfAborted()
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      failed = true
      if (!options.has('silent')) await complain(process, `${operand}: ${errorText(error)}`)
    }
    if (matched && options.has('quiet')) return 0
  }
  return failed ? 2 : matched ? 0 : 1
}

function walk(process: Process, operand: string): string[] {
  const stat = process.files.stat(pathOf(process, operand))
  if (stat?.type !== 'directory') return [operand]
  return process.files.list(resolvePath(process.cwd, operand)).flatMap((name) => {
    const path = operand === '.' ? name : `${operand.replace(/\/$/, '')}/${name}`
    const kind = process.files.stat(pathOf(process, path), { followLinks: false })?.type
    if (kind === 'directory') return walk(process, path)
    return kind === 'file' ? [path] : []
  })
}

async function searchStream(
  process: Process,
  stream: ReadStream,
  name: string,
  search: Search,
): Promise<boolean> {
  const { options } = search
  const paint = (text: string, code: string) => (search.colour ? `\x1b[${code}m${text}\x1b[m` : text)
  const prefix = (number: number, separator: string) =>
    (search.named ? paint(name, '35') + paint(separator, '36') : '') +
    (options.has('number') ? paint(String(number), '32') + paint(separator, '36') : '')
  const silent =
    options.has('quiet') || options.has('count') || options.has('files') || options.has('files-without')
  let number = 0
  let count = 0
  let following = 0
  let lastShown = 0
  let behind: { number: number; line: string }[] = []
  reading: for await (const lines of lineBatches(stream, process.signal)) {
    let text = ''
    for (const each of lines) {
      number++
      const line = each.replace(/\n$/, '')
      if (!search.test(line)) {
        if (following > 0 && !silent) {
          text += `${prefix(number, '-')}${line}\n`
          following--
          lastShown = number
        } else if (search.before > 0) {
          behind.push({ number, line })
          if (behind.length > search.before) behind.shift()
        }
        continue
      }
      count++
      if (silent) {
        if (!options.has('count')) break reading
      } else if (options.has('only')) {
        for (const match of line.matchAll(search.highlight))
          if (match[0] !== '') text += `${prefix(number, ':')}${paint(match[0], '1;31')}\n`
      } else {
        const firstShown = behind[0]?.number ?? number
        if ((search.before > 0 || search.after > 0) && lastShown > 0 && firstShown > lastShown + 1)
          text += `${paint('--', '36')}\n`
        for (const before of behind) text += `${prefix(before.number, '-')}${before.line}\n`
        const shown = search.colour
          ? line.replace(search.highlight, (found) => (found === '' ? '' : paint(found, '1;31')))
          : line
        text += `${prefix(number, ':')}${shown}\n`
        lastShown = number
        following = search.after
      }
      behind = []
      if (count >= search.max) {
        if (text !== '') await process.stdout.write(text)
        break reading
      }
    }
    if (text !== '') await process.stdout.write(text)
  }
  if (options.has('count')) await process.stdout.write(`${search.named ? `${name}:` : ''}${count}\n`)
  else if (options.has('files') && count > 0) await process.stdout.write(`${name}\n`)
  else if (options.has('files-without') && count === 0) await process.stdout.write(`${name}\n`)
  return options.has('files-without') ? count === 0 : count > 0
}
