// Built-ins about the command line: history, alias, unalias.
import type { Builtin } from '../builtin.ts'
import { quoteForShell } from '../quote.ts'
import { complain, type Run, stdoutOf } from '../shell.ts'

async function alias(args: readonly string[], run: Run): Promise<number> {
  const { aliases } = run.shell
  const print = (name: string, text: string) => stdoutOf(run).write(`alias ${name}=${quoteForShell(text)}\n`)
  let status = 0
  if (args.length === 1) for (const [name, text] of [...aliases].sort()) await print(name, text)
  for (const arg of args.slice(1)) {
    const at = arg.indexOf('=')
    if (at > 0) {
      aliases.set(arg.slice(0, at), arg.slice(at + 1))
      continue
    }
    const text = aliases.get(arg)
    if (text !== undefined) await print(arg, text)
    else {
      await complain(run, `alias: ${arg}: not found`)
      status = 1
    }
  }
  return status
}

async function unalias(args: readonly string[], run: Run): Promise<number> {
  const { aliases } = run.shell
  let status = 0
  for (const name of args.slice(1)) {
    if (name === '-a') aliases.clear()
    else if (!aliases.delete(name)) {
      await complain(run, `unalias: ${name}: not found`)
      status = 1
    }
  }
  return status
}

async function history(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [, first] = args
  if (first === '-c') {
    shell.history.length = 0
    return 0
  }
  const count = first === undefined ? shell.history.length : Number(first)
  if (!Number.isInteger(count) || count < 0) {
    await complain(run, `history: ${first}: numeric argument required`)
    return 1
  }
  const from = Math.max(0, shell.history.length - count)
  let text = ''
  for (let i = from; i < shell.history.length; i++)
    text += `${String(i + 1).padStart(5)}  ${shell.history[i]}\n`
  if (text !== '') await stdoutOf(run).write(text)
  return 0
}

export const historyBuiltins: Readonly<Record<string, Builtin>> = {
  alias: { usage: 'alias [NAME=TEXT]...', summary: 'give a command a short name', run: alias },
  unalias: { usage: 'unalias NAME...', summary: 'forget an alias', run: unalias },
  history: { usage: 'history [-c] [N]', summary: 'print the commands that were typed', run: history },
}
