// Built-ins that print: echo and printf.
import type { Builtin } from '../builtin.ts'
import { ShellError } from '../control.ts'
import { formatPrintf, interpretEscapes, joinBytes } from '../printf.ts'
import { complain, type Run, stdoutOf } from '../shell.ts'

async function echo(args: readonly string[], run: Run): Promise<number> {
  let newline = true
  // dash and busybox differ: busybox' echo knows -e, too.
  let escapes = false
  let i = 1
  for (; i < args.length && /^-[neE]+$/.test(args[i] ?? ''); i++) {
    for (const letter of (args[i] ?? '').slice(1)) {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  }
  let text = args.slice(i).join(' ')
  if (escapes) {
    const result = interpretEscapes(text, true)
    text = joinBytes(result.text)
    if (result.stopped) newline = false
  }
  await stdoutOf(run).write(newline ? `${text}\n` : text)
  return 0
}

async function printf(args: readonly string[], run: Run): Promise<number> {
  let operands = args.slice(1)
  let variable: string | undefined
  if (operands[0] === '-v') {
    variable = operands[1]
    operands = operands.slice(2)
  }
  if (operands[0] === '--') operands = operands.slice(1)
  const [format, ...values] = operands
  if (format === undefined) throw new ShellError('printf: usage: printf [-v var] format [arguments]', 2)
  const { text, errors } = formatPrintf(format, values, run.shell.process.clock.now())
  if (variable !== undefined) run.shell.variables.set(variable, text)
  else await stdoutOf(run).write(text)
  for (const error of errors) await complain(run, `printf: ${error}`)
  return errors.length > 0 ? 1 : 0
}

export const outputBuiltins: Readonly<Record<string, Builtin>> = {
  echo: { usage: 'echo [-neE] [WORD]...', summary: 'print the words', run: echo },
  printf: { usage: 'printf [-v NAME] FORMAT [ARGUMENT]...', summary: 'print by a format', run: printf },
}
