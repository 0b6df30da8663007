// Built-ins about the working directory: cd, pwd, pushd, popd, dirs.
import { resolvePath } from '../../../node/file-system.ts'
import type { Builtin } from '../builtin.ts'
import { ShellError } from '../control.ts'
import { type Run, stdoutOf } from '../shell.ts'

export function changeDirectory(run: Run, target: string, shown: string, command = 'cd'): void {
  const { shell } = run
  const path = resolvePath(shell.cwd, target)
  const stat = shell.process.files.stat(path)
  if (!stat) throw new ShellError(`${command}: ${shown}: No such file or directory`)
  if (stat.type !== 'directory') throw new ShellError(`${command}: ${shown}: Not a directory`)
  shell.variables.set('OLDPWD', shell.cwd)
  shell.cwd = path
  shell.variables.set('PWD', path)
}

function tildePath(run: Run, path: string): string {
  const home = run.shell.variables.get('HOME') ?? '/root'
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

async function printStack(run: Run): Promise<number> {
  const { shell } = run
  const all = [shell.cwd, ...shell.directoryStack]
  await stdoutOf(run).write(`${all.map((path) => tildePath(run, path)).join(' ')}\n`)
  return 0
}

export const directoryBuiltins: Readonly<Record<string, Builtin>> = {
  cd: {
    usage: 'cd [DIRECTORY]',
    summary: 'change the working directory; `cd -` goes back',
    run: async (args, run) => {
      const { variables } = run.shell
      const operands = args.slice(1).filter((arg) => arg !== '--' && arg !== '-P' && arg !== '-L')
      if (operands.length > 1) throw new ShellError('cd: too many arguments')
      const [target = variables.get('HOME') ?? ''] = operands
      if (target === '') {
        if (operands.length === 0) throw new ShellError('cd: HOME not set')
        return 0
      }
      if (target !== '-') {
        changeDirectory(run, target, target)
        return 0
      }
      const before = variables.get('OLDPWD')
      if (before === undefined) throw new ShellError('cd: OLDPWD not set')
      changeDirectory(run, before, before)
      await stdoutOf(run).write(`${run.shell.cwd}\n`)
      return 0
    },
  },
  pwd: {
    usage: 'pwd',
    summary: 'print the working directory',
    run: async (_args, run) => {
      await stdoutOf(run).write(`${run.shell.cwd}\n`)
      return 0
    },
  },
  pushd: {
    usage: 'pushd [DIRECTORY]',
    summary: 'change the directory and remember the old one',
    run: (args, run) => {
      const { shell } = run
      const before = shell.cwd
      const target = args[1] ?? shell.directoryStack.shift()
      if (target === undefined) throw new ShellError('pushd: no other directory')
      changeDirectory(run, target, target, 'pushd')
      shell.directoryStack.unshift(before)
      return printStack(run)
    },
  },
  popd: {
    usage: 'popd',
    summary: 'go back to the directory that pushd left',
    run: (_args, run) => {
      const target = run.shell.directoryStack.shift()
      if (target === undefined) throw new ShellError('popd: directory stack empty')
      changeDirectory(run, target, target, 'popd')
      return printStack(run)
    },
  },
  dirs: {
    usage: 'dirs',
    summary: 'print the directories that pushd remembers',
    run: (_args, run) => printStack(run),
  },
}
