// Built-ins that run other commands or evaluate: eval, source, exec, command, builtin, test, let, trap.
import { resolvePath } from '../../../node/file-system.ts'
import { evaluateArithmetic } from '../arithmetic.ts'
import type { Builtin } from '../builtin.ts'
import { testContext } from '../conditional.ts'
import { ExitControl, ReturnControl, ShellError } from '../control.ts'
import { expandToString } from '../expand.ts'
import { toSignal } from '../jobs.ts'
import { quoteForShell } from '../quote.ts'
import { describeFileError } from '../redirect.ts'
import { complain, type Run, stdoutOf } from '../shell.ts'
import { evaluateTest, TestError } from '../test-expression.ts'
import { describeCommand } from './lookup.ts'

async function test(args: readonly string[], run: Run): Promise<number> {
  let operands = args.slice(1)
  if (args[0] === '[') {
    if (operands.at(-1) !== ']') {
      await complain(run, "[: missing `]'")
      return 2
    }
    operands = operands.slice(0, -1)
  }
  try {
    return evaluateTest(operands, testContext(run)) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    await complain(run, `${args[0]}: ${error.message}`)
    return 2
  }
}

async function source(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [, name, ...rest] = args
  if (name === undefined) throw new ShellError(`${args[0]}: filename argument required`, 2)
  let text: string
  try {
    text = shell.process.files.readText(resolvePath(shell.cwd, name))
  } catch (error) {
    throw new ShellError(`${name}: ${describeFileError(error)}`)
  }
  const { positional } = shell
  if (rest.length > 0) shell.positional = rest
  shell.depth++
  try {
    return await run.engine.script(shell.parse(text), run)
  } catch (error) {
    if (error instanceof ReturnControl) return error.status
    throw error
  } finally {
    shell.depth--
    if (rest.length > 0) shell.positional = positional
  }
}

async function command(args: readonly string[], run: Run): Promise<number> {
  const [first, ...rest] = args.slice(1)
  if (first === '-v' || first === '-V') {
    let status = 0
    for (const name of rest) {
      const found = describeCommand(name, run)
      if (!found) {
        status = 1
        if (first === '-V') await complain(run, `command: ${name}: not found`)
      } else await stdoutOf(run).write(`${first === '-v' ? found.short : found.long}\n`)
    }
    return status
  }
  const argv = first === '-p' || first === '--' ? rest : args.slice(1)
  return argv.length === 0 ? 0 : run.engine.words(argv, run, { functions: false })
}

async function trap(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [body, ...names] = args.slice(1).filter((arg) => arg !== '--')
  if (body === undefined || body === '-p') {
    for (const [name, text] of shell.traps) {
      await stdoutOf(run).write(`trap -- ${quoteForShell(text)} ${name === 'EXIT' ? name : `SIG${name}`}\n`)
    }
    return 0
  }
  for (const each of names.length > 0 ? names : [body]) {
    const name = each === '0' ? 'EXIT' : each.toUpperCase().replace(/^SIG/, '')
    if (names.length === 0 || body === '-') {
      shell.traps.delete(name)
      continue
    }
    shell.traps.set(name, body)
    if (name === 'INT' || name === 'TERM' || name === 'HUP') listen(name, run)
  }
  return 0
}

/** The process's signal ends the program in the foreground; then the trap runs. */
function listen(name: string, run: Run): void {
  const { shell } = run
  shell.process.onSignal(toSignal(name), () => {
    const text = shell.traps.get(name)
    if (text === undefined) return shell.interrupt.abort(new ExitControl(130))
    // An empty command ignores the signal, and the programs that the shell runs ignore it too.
    if (text === '') return
    shell.pendingTraps.push(name)
    for (const controller of shell.foreground) controller.abort()
  })
}

export const evaluationBuiltins: Readonly<Record<string, Builtin>> = {
  eval: {
    usage: 'eval [WORD]...',
    summary: 'run the words as a command',
    run: (args, run) => run.engine.script(run.shell.parse(args.slice(1).join(' ')), run),
  },
  source: { usage: 'source FILE [ARGUMENT]...', summary: 'run a file in this shell', run: source },
  '.': { usage: '. FILE [ARGUMENT]...', summary: 'run a file in this shell', run: source },
  exec: {
    usage: 'exec [COMMAND [ARGUMENT]...]',
    summary: 'replace the shell by a command',
    run: async (args, run) => {
      throw new ExitControl(await run.engine.words(args.slice(1), run, { functions: false, builtins: false }))
    },
  },
  command: {
    usage: 'command [-v|-V] NAME [ARGUMENT]...',
    summary: 'run a command and no function, or tell what a name is',
    run: command,
  },
  builtin: {
    usage: 'builtin NAME [ARGUMENT]...',
    summary: 'run a built-in and no function',
    run: (args, run) => {
      const [, name = ''] = args
      if (!run.engine.isBuiltin(name)) throw new ShellError(`builtin: ${name}: not a shell builtin`)
      return run.engine.words(args.slice(1), run, { functions: false })
    },
  },
  test: { usage: 'test EXPRESSION', summary: 'evaluate a condition', run: test },
  '[': { usage: '[ EXPRESSION ]', summary: 'evaluate a condition', run: test },
  let: {
    usage: 'let EXPRESSION...',
    summary: 'evaluate arithmetic',
    run: async (args, run) => {
      let value = 0n
      for (const text of args.slice(1)) {
        const node = run.shell.parse(`((${text}))`).statements[0]?.pipelines[0]?.commands[0]
        if (node?.type !== 'ArithmeticCommand') throw new ShellError(`let: ${text}: syntax error`)
        value = await evaluateArithmetic(node.expression.expression, {
          run,
          expand: (word) => expandToString(word, run),
        })
      }
      return value === 0n ? 1 : 0
    },
  },
  trap: { usage: 'trap [COMMAND SIGNAL...]', summary: 'run a command at a signal or at the exit', run: trap },
}
