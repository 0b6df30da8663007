// Built-ins that set how the shell works: set, shopt, umask, ulimit, shift, getopts.
import type { Builtin } from '../builtin.ts'
import { ShellError } from '../control.ts'
import { quoteIfNeeded } from '../quote.ts'
import { type Run, type ShellOptions, stdoutOf } from '../shell.ts'

const letters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  C: 'noclobber',
  v: 'verbose',
}
const setNames: readonly (keyof ShellOptions)[] = [
  'errexit',
  'nounset',
  'pipefail',
  'xtrace',
  'noglob',
  'noclobber',
  'verbose',
]
/** Options that are accepted and change nothing here. */
const ignored = new Set([
  'emacs',
  'vi',
  'posix',
  'monitor',
  'notify',
  'hashall',
  'braceexpand',
  'histexpand',
  'allexport',
])

async function set(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  if (args.length === 1) {
    let text = ''
    for (const name of shell.variables.names()) {
      const value = shell.variables.get(name)
      if (value !== undefined) text += `${name}=${quoteIfNeeded(value)}\n`
    }
    await stdoutOf(run).write(text)
    return 0
  }
  return applySet(args.slice(1), run)
}

/** Options as `set` and the command line of a shell take them; the rest become the positional parameters. */
export async function applySet(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  let i = 0
  for (; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--' || arg === '-') {
      shell.positional = args.slice(i + 1)
      return 0
    }
    if (!/^[-+]\w/.test(arg)) break
    const on = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = args[++i]
        if (name === undefined) {
          let text = ''
          for (const each of setNames) text += `${each.padEnd(16)}${shell.options[each] ? 'on' : 'off'}\n`
          await stdoutOf(run).write(text)
        } else if (setNames.includes(name as keyof ShellOptions))
          shell.options[name as keyof ShellOptions] = on
        else if (!ignored.has(name)) throw new ShellError(`set: ${name}: invalid option name`, 2)
        continue
      }
      const option = letters[letter]
      if (option) shell.options[option] = on
      else if (!'abhkmnptBEHPT'.includes(letter)) throw new ShellError(`set: -${letter}: invalid option`, 2)
    }
  }
  if (i < args.length) shell.positional = args.slice(i)
  return 0
}

async function shopt(args: readonly string[], run: Run): Promise<number> {
  const [, mode, ...names] = args
  const known: readonly (keyof ShellOptions)[] = ['nullglob', 'dotglob', 'nocasematch']
  if (mode !== '-s' && mode !== '-u') {
    for (const name of known)
      await stdoutOf(run).write(`${name.padEnd(20)}${run.shell.options[name] ? 'on' : 'off'}\n`)
    return 0
  }
  for (const name of names) {
    if (known.includes(name as keyof ShellOptions))
      run.shell.options[name as keyof ShellOptions] = mode === '-s'
  }
  return 0
}

/** POSIX getopts, one option a call, its place in OPTIND and a hidden variable. */
async function getopts(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [, specification = '', name = 'opt', ...own] = args
  const list = own.length > 0 ? own : shell.positional
  const index = Number(shell.variables.get('OPTIND') ?? '1')
  const within = Number(shell.variables.get('__getopts_within') ?? '1')
  const arg = list[index - 1]
  const end = () => {
    shell.variables.set(name, '?')
    return 1
  }
  if (arg === undefined || !/^-./.test(arg)) return end()
  if (arg === '--') {
    shell.variables.set('OPTIND', String(index + 1))
    return end()
  }
  const letter = arg.charAt(within)
  const at = specification.replace(/^:/, '').indexOf(letter)
  const takesValue = at >= 0 && specification.replace(/^:/, '').charAt(at + 1) === ':'
  const advance = (by: number) => {
    shell.variables.set('OPTIND', String(index + by))
    shell.variables.set('__getopts_within', '1')
  }
  if (takesValue) {
    const value = within + 1 < arg.length ? arg.slice(within + 1) : list[index]
    advance(within + 1 < arg.length ? 1 : 2)
    if (value === undefined) {
      shell.variables.set(name, specification.startsWith(':') ? ':' : '?')
      shell.variables.set('OPTARG', letter)
      return 0
    }
    shell.variables.set('OPTARG', value)
  } else if (within + 1 < arg.length) shell.variables.set('__getopts_within', String(within + 1))
  else advance(1)
  shell.variables.set(name, at >= 0 && letter !== ':' ? letter : '?')
  return 0
}

export const optionBuiltins: Readonly<Record<string, Builtin>> = {
  set: {
    usage: 'set [-euxo OPTION] [--] [ARGUMENT]...',
    summary: 'set options and positional parameters',
    run: set,
  },
  shopt: { usage: 'shopt [-s|-u] NAME...', summary: "set bash's own options", run: shopt },
  shift: {
    usage: 'shift [N]',
    summary: 'drop the first positional parameters',
    run: (args, { shell }) => {
      const count = Number(args[1] ?? 1)
      if (!Number.isInteger(count) || count < 0)
        throw new ShellError(`shift: ${args[1]}: numeric argument required`)
      if (count > shell.positional.length) return 1
      shell.positional = shell.positional.slice(count)
      return 0
    },
  },
  getopts: { usage: 'getopts OPTIONS NAME [ARGUMENT]...', summary: 'read options of a script', run: getopts },
  umask: {
    usage: 'umask',
    summary: 'print the mask of new files, which is fixed here',
    run: async (_args, run) => {
      await stdoutOf(run).write('0022\n')
      return 0
    },
  },
  ulimit: {
    usage: 'ulimit',
    summary: 'print the limit of resources, of which there is none here',
    run: async (_args, run) => {
      await stdoutOf(run).write('unlimited\n')
      return 0
    },
  },
}
