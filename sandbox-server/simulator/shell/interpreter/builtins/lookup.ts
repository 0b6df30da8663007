// Built-ins that tell what a name stands for: type, hash.
import { whichExecutable } from '../../../node/executable.ts'
import type { Builtin } from '../builtin.ts'
import { complain, type Run, stdoutOf } from '../shell.ts'

const keywords = new Set(
  'if then else elif fi for while until do done case esac in function select time [[ ]] { } !'.split(' '),
)

export interface Described {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file'
  readonly short: string
  readonly long: string
}

export function describeCommand(name: string, run: Run): Described | undefined {
  const { shell } = run
  const alias = shell.aliases.get(name)
  if (alias !== undefined) {
    return { kind: 'alias', short: `alias ${name}='${alias}'`, long: `${name} is aliased to \`${alias}'` }
  }
  if (keywords.has(name)) return { kind: 'keyword', short: name, long: `${name} is a shell keyword` }
  if (shell.functions.has(name)) return { kind: 'function', short: name, long: `${name} is a function` }
  if (run.engine.isBuiltin(name)) return { kind: 'builtin', short: name, long: `${name} is a shell builtin` }
  const path = whichExecutable(shell.process.files, name, shell.variables.get('PATH'), shell.cwd)
  return path === undefined ? undefined : { kind: 'file', short: path, long: `${name} is ${path}` }
}

async function type(args: readonly string[], run: Run): Promise<number> {
  const short = args[1] === '-t'
  const path = args[1] === '-p' || args[1] === '-P'
  let status = 0
  for (const name of args.slice(1).filter((arg) => !arg.startsWith('-'))) {
    const found = describeCommand(name, run)
    if (!found) {
      if (!short && !path) await complain(run, `type: ${name}: not found`)
      status = 1
    } else if (short) await stdoutOf(run).write(`${found.kind}\n`)
    else if (!path) await stdoutOf(run).write(`${found.long}\n`)
    else if (found.kind === 'file') await stdoutOf(run).write(`${found.short}\n`)
  }
  return status
}

export const lookupBuiltins: Readonly<Record<string, Builtin>> = {
  type: { usage: 'type [-tp] NAME...', summary: 'tell what a command name stands for', run: type },
  hash: { usage: 'hash [-r]', summary: 'nothing: paths of commands are not remembered here', run: () => 0 },
}
