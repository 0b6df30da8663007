// ps(1), kill(1), pgrep(1) and pkill(1), on the programs that run on this machine.
import type { Process } from '../../node/process.ts'
import { programsRunningOn, type RunningProgram } from '../../node/process-table.ts'
import { signalNumbers, toSignal } from '../interpreter/jobs.ts'
import type { Command } from './command.ts'
import { complain } from './files-of.ts'
import { UsageError, withUsage } from './options.ts'

const commandLine = ({ argv }: RunningProgram) => argv.join(' ')
const nameOfProgram = ({ argv }: RunningProgram) => (argv[0] ?? '').replace(/^.*\//, '')

export const psCommand: Command = {
  name: 'ps',
  summary: 'list the running programs',
  group: 'system',
  usage: 'ps [aux | -ef]',
  flags: { '-e': 'all', '-f': 'full command lines' },
  program: async (process) => {
    const options = process.argv.slice(1).join('').replaceAll('-', '')
    const all = /[aexA]/.test(options)
    const programs = programsRunningOn(process.machine)
    const started = (at: number) => new Date(at).toISOString().slice(11, 16)
    const rows = all ? programs : programs.filter((program) => program.onTerminal)
    let text: string
    if (options.includes('u')) {
      text = 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n'
      for (const row of rows) {
        text += `root     ${String(row.pid).padStart(7)}  0.0  0.0      0     0 ${tty(row).padEnd(8)} S    ${started(row.startedAt)}   0:00 ${commandLine(row)}\n`
      }
    } else if (options.includes('f')) {
      text = 'UID          PID    PPID  C STIME TTY          TIME CMD\n'
      for (const row of rows) {
        text += `root     ${String(row.pid).padStart(7)} ${String(row.pid === 1 ? 0 : 1).padStart(7)}  0 ${started(row.startedAt)} ${tty(row).padEnd(8)} 00:00:00 ${commandLine(row)}\n`
      }
    } else {
      text = '    PID TTY          TIME CMD\n'
      for (const row of rows)
        text += `${String(row.pid).padStart(7)} ${tty(row).padEnd(8)} 00:00:00 ${nameOfProgram(row)}\n`
    }
    await process.stdout.write(text)
    return 0
  },
}

const tty = ({ onTerminal }: RunningProgram) => (onTerminal ? 'pts/0' : '?')

/** `-9`, `-TERM`, `-s TERM` in front of the operands. Throws UsageError. */
function takeSignal(args: readonly string[]): { signal: string; operands: readonly string[] } {
  const [first = '', second] = args
  if (!/^-./.test(first) || first === '--')
    return { signal: 'TERM', operands: args.filter((arg) => arg !== '--') }
  const separate = first === '-s' || first === '-n'
  const text = separate ? (second ?? '') : first.slice(1)
  const named = Object.entries(signalNumbers).find(([, number]) => String(number) === text)?.[0]
  const signal = named ?? text.toUpperCase().replace(/^SIG/, '')
  if (text !== '0' && signalNumbers[signal] === undefined) throw new UsageError(`unknown signal ${text}`)
  return { signal, operands: args.slice(separate ? 2 : 1) }
}

/** The kernel protects a container's first process from the signals that nobody handles, SIGKILL included. */
function send(process: Process, program: RunningProgram, signal: string): void {
  const guarded = program.pid === 1 && process.machine.kind === 'container' && signal === 'KILL'
  if (signal !== '0' && !guarded) program.kill(toSignal(signal))
}

export const killCommand: Command = {
  name: 'kill',
  summary: 'send a signal to a program',
  group: 'system',
  usage: 'kill [-SIGNAL] PID...',
  flags: { '-9': 'SIGKILL', '-TERM': 'SIGTERM, the default', '-INT': 'SIGINT', '-HUP': 'SIGHUP' },
  program: withUsage(async (process) => {
    const { signal, operands } = takeSignal(process.argv.slice(1))
    if (operands.length === 0) throw new UsageError('not enough arguments')
    let status = 0
    for (const operand of operands) {
      const program = programsRunningOn(process.machine).find(({ pid }) => String(pid) === operand)
      if (program) send(process, program, signal)
      else {
        await complain(process, `(${operand}): No such process`)
        status = 1
      }
    }
    return status
  }),
}

function matching(process: Process, operands: readonly string[]): readonly RunningProgram[] {
  const full = operands.includes('-f')
  const exact = operands.includes('-x')
  const pattern = operands.find((operand) => !operand.startsWith('-'))
  if (pattern === undefined) throw new UsageError('no matching criteria specified', 2)
  const expression = new RegExp(exact ? `^(?:${pattern})$` : pattern)
  return programsRunningOn(process.machine).filter(
    (program) =>
      program.pid !== process.pid && expression.test(full ? commandLine(program) : nameOfProgram(program)),
  )
}

export const pgrepCommand: Command = {
  name: 'pgrep',
  summary: 'find programs by name',
  group: 'system',
  usage: 'pgrep [-fxl] PATTERN',
  flags: { '-f': 'match the whole command line', '-x': 'match exactly', '-l': 'print names, too' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    const found = matching(process, args)
    for (const program of found) {
      await process.stdout.write(`${program.pid}${args.includes('-l') ? ` ${nameOfProgram(program)}` : ''}\n`)
    }
    return found.length > 0 ? 0 : 1
  }),
}

export const pkillCommand: Command = {
  name: 'pkill',
  summary: 'send a signal to programs by name',
  group: 'system',
  usage: 'pkill [-SIGNAL] [-f] PATTERN',
  flags: { '-f': 'match the whole command line', '-9': 'SIGKILL' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    const own: readonly string[] = args.filter((arg) => arg === '-f' || arg === '-x')
    const { signal, operands } = takeSignal(args.filter((arg) => !own.includes(arg)))
    const found = matching(process, [...own, ...operands])
    for (const program of found) send(process, program, signal)
    return found.length > 0 ? 0 : 1
  }),
}
