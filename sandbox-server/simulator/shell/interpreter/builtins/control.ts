// Built-ins that leave what runs: break, continue, return, exit; and those that do nothing: `:`, true, false.
import type { Builtin } from '../builtin.ts'
import { ExitControl, LoopControl, ReturnControl, ShellError } from '../control.ts'
import { type Run, stderrOf } from '../shell.ts'

function count(args: readonly string[], fallback: number): number {
  const [name, value] = args
  if (value === undefined) return fallback
  if (!/^-?\d+$/.test(value)) throw new ShellError(`${name}: ${value}: numeric argument required`, 2)
  return Number(value)
}

const leave = (kind: 'break' | 'continue') => (args: readonly string[]) => {
  throw new LoopControl(kind, Math.max(1, count(args, 1)))
}

export const controlBuiltins: Readonly<Record<string, Builtin>> = {
  ':': { usage: ': [ARGUMENT]...', summary: 'do nothing, successfully', run: () => 0 },
  true: { usage: 'true', summary: 'do nothing, successfully', run: () => 0 },
  false: { usage: 'false', summary: 'do nothing, unsuccessfully', run: () => 1 },
  break: { usage: 'break [N]', summary: 'leave a loop', run: leave('break') },
  continue: { usage: 'continue [N]', summary: 'go to the next round of a loop', run: leave('continue') },
  return: {
    usage: 'return [N]',
    summary: 'leave a function or a sourced file',
    run: (args, { shell }: Run) => {
      if (shell.depth === 0) {
        throw new ShellError("return: can only `return' from a function or sourced script")
      }
      throw new ReturnControl(count(args, shell.status) & 255)
    },
  },
  exit: {
    usage: 'exit [N]',
    summary: 'leave the shell',
    run: async (args, run) => {
      const { shell } = run
      if (shell.interactive && shell.flavour === 'bash') await stderrOf(run).write('exit\n')
      throw new ExitControl(count(args, shell.status) & 255)
    },
  },
}
