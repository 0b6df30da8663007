// less(1): pages through files or a pipe, which it reads as it is needed, with search.
import type { Process, ReadStream } from '../../node/process.ts'
import { withFullScreen } from '../full-screen.ts'
import { LineSource } from '../line-source.ts'
import { Pager } from '../pager.ts'
import { characterWidth } from '../text-width.ts'
import type { Command } from './command.ts'
import { complain, errorText, openInput } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

function lessNamed(name: string): Command {
  return {
    name,
    summary: 'page through text',
    group: 'editors',
    usage: `${name} [-NSFR] [+F] [FILE]`,
    details:
      'Keys: space and b a page, arrows or j and k a line, g and G the ends, / and ? search, n and N the next, F follow, q quit.',
    flags: {
      '-N': 'line numbers',
      '-S': 'cut long lines',
      '-F': 'quit where one screen is enough',
      '-R': 'colours, as always here',
    },
    program: withUsage(less),
  }
}

export const lessCommand = lessNamed('less')
export const moreCommand = lessNamed('more')

async function less(process: Process): Promise<number> {
  const args = process.argv.slice(1).filter((arg) => !arg.startsWith('+'))
  const options = parseOptions(args, {
    N: 'numbers',
    S: 'cut',
    F: 'short',
    R: 'colour',
    r: 'colour',
    X: 'keep',
    i: 'ignore-case',
    I: 'ignore-case',
    E: 'short',
    e: 'short',
    n: 'plain',
    s: 'plain',
  })
  const [operand] = options.operands
  if (operand === undefined && process.stdin.isTerminal) {
    await complain(process, 'Missing filename ("less --help" for help)')
    return 1
  }
  let stream: ReadStream
  try {
    if (operand !== undefined && process.files.stat(operand)?.type === 'directory')
      throw new Error('Is a directory')
    stream = openInput(process, operand ?? '-')
  } catch (error) {
    await process.stderr.write(`${operand}: ${errorText(error)}\n`)
    return 1
  }
  const { terminal } = process
  if (!terminal || !process.stdout.isTerminal) {
    for (let data = await stream.read(process.signal); data; data = await stream.read(process.signal))
      await process.stdout.write(data)
    return 0
  }
  const source = new LineSource(stream, process.signal)
  if (options.has('short')) {
    await source.fill(terminal.rows)
    if (source.ended && rowsOf(source.lines, terminal.columns) < terminal.rows) {
      await process.stdout.write(source.lines.map((line) => `${line}\n`).join(''))
      return 0
    }
  }
  const keyboard = keyboardOf(process)
  const pager = new Pager(source, {
    numbers: options.has('numbers'),
    cut: options.has('cut'),
    name: operand ?? '',
  })
  return withFullScreen({ ...process, stdin: keyboard }, terminal, (screen) =>
    pager.run(screen, process.argv.includes('+F')),
  )
}

/** Keys come from the terminal even where standard input is a pipe. */
function keyboardOf(process: Process): ReadStream {
  if (process.stdin.isTerminal) return process.stdin
  return process.terminal?.keyboard ?? process.stdin
}

function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0)
}

function visibleWidth(line: string): number {
  let width = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
  for (const character of line.replace(/\u001b\[[0-9;]*m/g, '')) width += characterWidth(character)
  return width
}
