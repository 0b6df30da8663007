// sed(1): line by line, so that it suits endless pipes; -i changes files in place. Scripts with commands that are rare (labels, the
// hold space) go to just-bash's sed, which reads everything first.
import type { Process } from '../../node/process.ts'
import type { Command } from './command.ts'
import { complain, errorText, lineBatches, openInput, pathOf, readTextInput } from './files-of.ts'
import { runBuffered } from './just-bash.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'
import { parseSed, type SedCommand, UnsupportedSed } from './sed-script.ts'

export const sedCommand: Command = {
  name: 'sed',
  summary: 'change lines by a script',
  group: 'text',
  usage: 'sed [-nEi] [-e] SCRIPT [FILE]...',
  flags: {
    '-n': 'print only what p prints',
    '-i': 'change the files in place',
    '-E': 'extended regular expressions',
    '-e': 'another script',
    '-s': 'files apart',
  },
  program: withUsage(async (process) => {
    const inPlace = process.argv.slice(1).find((arg) => /^-i|^--in-place/.test(arg))
    const args = process.argv.slice(1).map((arg) => (arg === inPlace ? '-i' : arg))
    const options = parseOptions(args, {
      n: 'quiet',
      quiet: 'quiet',
      silent: 'quiet',
      i: 'in-place',
      E: 'extended',
      r: 'extended',
      'regexp-extended': 'extended',
      e: '=script',
      expression: '=script',
      f: '=file',
      s: 'separate',
      u: 'unbuffered',
      z: 'null',
    })
    const operands = [...options.operands]
    const scripts = [...options.values('script')]
    for (const file of options.values('file')) scripts.push(await readTextInput(process, file))
    if (scripts.length === 0) {
      const first = operands.shift()
      if (first === undefined) throw new UsageError('no script specified')
      scripts.push(first)
    }
    let commands: SedCommand[]
    try {
      commands = parseSed(scripts.join('\n'), options.has('extended'))
    } catch (error) {
      if (!(error instanceof UnsupportedSed)) throw error
      return runBuffered('sed', process, operands.length === 0, args)
    }
    if (!options.has('in-place')) {
      return runSed(
        process,
        operands.length === 0 ? ['-'] : operands,
        commands,
        options.has('quiet'),
        (text) => process.stdout.write(text),
      )
    }
    if (operands.length === 0) throw new UsageError('no input files')
    let status = 0
    const suffix = inPlace?.replace(/^(-i|--in-place=?)/, '') ?? ''
    for (const operand of operands) {
      let changed = ''
      const write = async (text: string) => {
        changed += text
      }
      const result = await runSed(process, [operand], commands, options.has('quiet'), write)
      if (result === 0) {
        const path = pathOf(process, operand)
        if (suffix !== '') process.files.write(`${path}${suffix}`, process.files.read(path))
        process.files.write(path, changed)
      } else status = result
    }
    return status
  }),
}

interface State {
  number: number
  readonly inRange: Map<SedCommand, number | true>
  readonly quiet: boolean
}

async function runSed(
  process: Process,
  operands: readonly string[],
  commands: readonly SedCommand[],
  quiet: boolean,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const state: State = { number: 0, inRange: new Map(), quiet }
  const needsLast = commands.some(usesLast)
  let status = 0
  // One batch is held back where the script asks for the last line.
  let held: { line: string; end: string } | undefined
  const step = async (
    lines: { line: string; end: string }[],
    final: boolean,
  ): Promise<number | undefined> => {
    let output = ''
    for (const [index, { line, end }] of lines.entries()) {
      state.number++
      const result = runLine(line, end, commands, state, final && index === lines.length - 1)
      output += result.output
      if (result.quit !== undefined) {
        await write(output)
        return result.quit
      }
    }
    if (output !== '') await write(output)
    return undefined
  }
  for (const operand of operands) {
    try {
      for await (const batch of lineBatches(openInput(process, operand), process.signal)) {
        const lines = batch.map((text) =>
          text.endsWith('\n') ? { line: text.slice(0, -1), end: '\n' } : { line: text, end: '' },
        )
        if (held) lines.unshift(held)
        held = needsLast ? lines.pop() : undefined
        const quit = await step(lines, false)
        if (quit !== undefined) return quit
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      await complain(process, `can't read ${operand}: ${errorText(error)}`)
      status = 2
    }
  }
  if (held) return (await step([held], true)) ?? status
  return status
}

function usesLast(command: SedCommand): boolean {
  return (
    command.from?.kind === 'last' || command.to?.kind === 'last' || (command.body?.some(usesLast) ?? false)
  )
}

function selected(command: SedCommand, line: string, state: State, last: boolean): boolean {
  const matches = (address: NonNullable<SedCommand['from']>) => {
    if (address.kind === 'line') return state.number === address.line
    if (address.kind === 'step')
      return state.number >= address.first && (state.number - address.first) % address.step === 0
    if (address.kind === 'last') return last
    return address.kind === 'pattern' && address.pattern.test(line)
  }
  const { from, to } = command
  if (!from) return true
  if (!to) return matches(from) !== command.negated
  const end = state.inRange.get(command)
  if (end !== undefined) {
    const over = end === true ? matches(to) : state.number >= end
    if (over) state.inRange.delete(command)
    if (end !== true && state.number > end) return matches(from) !== command.negated
    return !command.negated
  }
  if (!matches(from)) return command.negated
  if (to.kind === 'line' && to.line > state.number) state.inRange.set(command, to.line)
  else if (to.kind === 'plus' && to.count > 0) state.inRange.set(command, state.number + to.count)
  else if (to.kind === 'pattern' || to.kind === 'last') {
    if (!(to.kind === 'last' && last)) state.inRange.set(command, true)
  }
  return !command.negated
}

function runLine(
  input: string,
  end: string,
  commands: readonly SedCommand[],
  state: State,
  last: boolean,
): { output: string; quit?: number } {
  let line = input
  let output = ''
  let after = ''
  let deleted = false
  let quit: number | undefined
  const run = (list: readonly SedCommand[]): void => {
    for (const command of list) {
      if (deleted || quit !== undefined) return
      if (!selected(command, line, state, last)) continue
      switch (command.name) {
        case '{':
          run(command.body ?? [])
          break
        case 's': {
          const before = line
          line = substitute(line, command)
          if (line !== before && command.prints) output += `${line}\n`
          break
        }
        case 'y':
          line = [...line].map((character) => command.map?.get(character) ?? character).join('')
          break
        case 'p':
          output += `${line}\n`
          break
        case '=':
          output += `${state.number}\n`
          break
        case 'd':
          deleted = true
          break
        case 'q':
        case 'Q':
          quit = Number(command.text || 0)
          if (command.name === 'Q') deleted = true
          break
        case 'a':
          after += `${command.text ?? ''}\n`
          break
        case 'i':
          output += `${command.text ?? ''}\n`
          break
        case 'c':
          output += `${command.text ?? ''}\n`
          deleted = true
          break
      }
    }
  }
  run(commands)
  if (!deleted && !state.quiet) output += line + (after !== '' ? '\n' : end)
  return { output: output + after, ...(quit === undefined ? {} : { quit }) }
}

function substitute(line: string, command: SedCommand): string {
  const { pattern, replacement = [], global = false, occurrence = 1 } = command
  if (!pattern) return line
  let count = 0
  return line.replace(
    new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`),
    (...match: unknown[]) => {
      count++
      if (global ? count < occurrence : count !== occurrence) return String(match[0])
      let text = ''
      let mode: 'U' | 'L' | undefined
      let once: 'u' | 'l' | undefined
      for (const part of replacement) {
        if (typeof part === 'object') {
          if (part.case === 'u' || part.case === 'l') once = part.case
          else mode = part.case === 'E' ? undefined : part.case
          continue
        }
        let piece = typeof part === 'number' ? String(match[part] ?? '') : part
        if (mode) piece = mode === 'U' ? piece.toUpperCase() : piece.toLowerCase()
        if (once && piece !== '') {
          piece =
            (once === 'u' ? piece.charAt(0).toUpperCase() : piece.charAt(0).toLowerCase()) + piece.slice(1)
          once = undefined
        }
        text += piece
      }
      return text
    },
  )
}
