// Walks the syntax tree: lists, pipelines of concurrent processes, and compound commands.
import { BrokenPipe, Signalled } from '../../node/process.ts'
import { createPipe } from '../../node/streams.ts'
import { evaluateArithmetic } from './arithmetic.ts'
import type { CommandNode, CommandOf, PipelineNode, ScriptNode, StatementNode } from './ast.ts'
import { startJob } from './background.ts'
import { evaluateConditional } from './conditional.ts'
import { ExitControl, LoopControl, ReturnControl, ShellError } from './control.ts'
import { expandToPattern, expandToString, expandWords } from './expand.ts'
import { exitCodeOf } from './jobs.ts'
import { matchesPattern } from './pattern.ts'
import { redirect } from './redirect.ts'
import { complain, type Descriptor, type Run, stderrOf, subshellOf } from './shell.ts'
import { pushback, yielding } from './streams.ts'

export async function runScript(node: ScriptNode, run: Run): Promise<number> {
  return runStatements(node.statements, run)
}

async function runStatements(statements: readonly StatementNode[], run: Run): Promise<number> {
  for (const statement of statements) await runStatement(statement, run)
  return run.shell.status
}

async function runStatement(statement: StatementNode, run: Run): Promise<void> {
  const { shell, engine } = run
  const pause = engine.checkpoint(run)
  if (pause) await pause
  if (statement.background) {
    const foreground: StatementNode = { ...statement, background: false }
    const node: ScriptNode = { type: 'Script', statements: [foreground] }
    shell.status = startJob(statement, run, (apart) => inSubshell(apart, (inner) => runScript(node, inner)))
    return
  }
  let status = 0
  for (const [index, pipeline] of statement.pipelines.entries()) {
    const before = index === 0 ? ';' : statement.operators[index - 1]
    if ((before === '&&' && status !== 0) || (before === '||' && status === 0)) continue
    const last = index === statement.pipelines.length - 1
    if (!last) shell.errexitSuspended++
    try {
      status = await runPipeline(pipeline, run)
    } finally {
      if (!last) shell.errexitSuspended--
    }
    shell.status = status
    if (last && status !== 0 && !pipeline.negated && shell.options.errexit && shell.errexitSuspended === 0) {
      throw new ExitControl(status)
    }
  }
  if (shell.pendingTraps.length > 0) await runPendingTraps(run)
}

async function runPendingTraps(run: Run): Promise<void> {
  const { shell } = run
  for (let name = shell.pendingTraps.shift(); name !== undefined; name = shell.pendingTraps.shift()) {
    const { status } = shell
    await runScript(shell.parse(shell.traps.get(name) ?? ''), run)
    shell.status = status
  }
}

async function runPipeline(pipeline: PipelineNode, run: Run): Promise<number> {
  const { shell } = run
  const startedAt = shell.process.clock.now()
  if (pipeline.negated) shell.errexitSuspended++
  let status: number
  try {
    const [only] = pipeline.commands
    if (pipeline.commands.length === 1 && only) {
      status = await runCommand(only, run)
      shell.pipeStatus = [status]
    } else status = await runStages(pipeline, run)
  } finally {
    if (pipeline.negated) shell.errexitSuspended--
  }
  if (pipeline.timed)
    await printTimes(shell.process.clock.now() - startedAt, pipeline.timePosix === true, run)
  return pipeline.negated ? (status === 0 ? 1 : 0) : status
}

async function printTimes(ms: number, posix: boolean, run: Run): Promise<void> {
  const line = (name: string, value: number) =>
    posix
      ? `${name} ${(value / 1000).toFixed(2)}\n`
      : `${name}\t${Math.floor(value / 60_000)}m${((value % 60_000) / 1000).toFixed(3)}s\n`
  // Simulated programs take no processor time of their own.
  await stderrOf(run).write(`${posix ? '' : '\n'}${line('real', ms)}${line('user', 0)}${line('sys', 0)}`)
}

async function runStages(pipeline: PipelineNode, run: Run): Promise<number> {
  const { shell } = run
  const count = pipeline.commands.length
  const pipes = Array.from({ length: count - 1 }, () => {
    const { reader, writer } = createPipe()
    return { reader, writer: yielding(writer) }
  })
  const statuses = await Promise.all(
    pipeline.commands.map(async (command, index) => {
      const fds = new Map<number, Descriptor>(run.fds)
      const input = pipes[index - 1]
      const output = pipes[index]
      if (input) fds.set(0, { reader: pushback(input.reader) })
      if (output) {
        fds.set(1, { writer: output.writer })
        if (pipeline.pipeStderr?.[index]) fds.set(2, { writer: output.writer })
      }
      try {
        return await inSubshell({ ...run, fds }, (inner) => runCommand(command, inner))
      } finally {
        output?.writer.end()
        input?.reader.close()
      }
    }),
  )
  if (run.signal.aborted) throw run.signal.reason
  shell.pipeStatus = statuses
  if (shell.options.pipefail) return statuses.findLast((status) => status !== 0) ?? 0
  return statuses.at(-1) ?? 0
}

/** As many subshells as a fork bomb gets. */
const forkLimit = 400

/** Runs in a copy of the shell; an exit, a broken pipe or an error ends only the copy. */
export async function inSubshell(run: Run, body: (inner: Run) => Promise<number>): Promise<number> {
  const { forks } = run.shell
  if (forks.live >= forkLimit && !forks.refusing) {
    forks.refusing = true
    await complain(run, 'fork: retry: Resource temporarily unavailable')
  }
  if (forks.refusing) return 254
  forks.live++
  const inner: Run = { ...run, shell: subshellOf(run.shell) }
  try {
    let status: number
    try {
      status = await body(inner)
    } catch (error) {
      status = await statusOf(error, inner)
    }
    const trap = inner.shell.traps.get('EXIT')
    if (trap) await runScript(inner.shell.parse(trap), inner).catch((error) => statusOf(error, inner))
    return status
  } finally {
    forks.live--
    if (forks.live === 0) forks.refusing = false
  }
}

/** The exit code that an exception means, with its message printed. Signals go on while this code itself is being ended. */
export async function statusOf(error: unknown, run: Run): Promise<number> {
  if (error instanceof ExitControl || error instanceof ReturnControl) return error.status
  if (error instanceof LoopControl) return 0
  if (error instanceof BrokenPipe) return 141
  if (error instanceof Signalled) {
    if (run.signal.aborted) throw error
    return exitCodeOf(error)
  }
  const message = error instanceof Error ? error.message : String(error)
  await complain(run, message).catch(() => {
    // Nobody reads stderr any more; the exit code tells.
  })
  return error instanceof ShellError ? error.status : 1
}

export async function runCommand(command: CommandNode, run: Run): Promise<number> {
  if (command.type === 'SimpleCommand') return run.engine.simple(command, run)
  if (command.type === 'FunctionDef') {
    run.shell.functions.set(command.name, command)
    return 0
  }
  let fds: Run['fds']
  try {
    fds = await redirect(command.redirections, run)
  } catch (error) {
    if (error instanceof ShellError && !error.fatal) return statusOf(error, run)
    throw error
  }
  return runCompound(command, fds === run.fds ? run : { ...run, fds })
}

async function runCompound(
  command: Exclude<CommandNode, { type: 'SimpleCommand' | 'FunctionDef' }>,
  run: Run,
): Promise<number> {
  switch (command.type) {
    case 'If':
      return runIf(command, run)
    case 'For':
      return runFor(command, run)
    case 'CStyleFor':
      return runCStyleFor(command, run)
    case 'While':
    case 'Until':
      return runWhile(command, run)
    case 'Case':
      return runCase(command, run)
    case 'Subshell':
      return inSubshell(run, (inner) => runStatements(command.body, inner))
    case 'Group':
      return body(command.body, run)
    case 'ArithmeticCommand':
      return guarded(run, async () => ((await arithmetic(command.expression.expression, run)) === 0n ? 1 : 0))
    case 'ConditionalCommand':
      return guarded(run, async () => ((await evaluateConditional(command.expression, run)) ? 0 : 1))
  }
}

function arithmetic(node: Parameters<typeof evaluateArithmetic>[0], run: Run): Promise<bigint> {
  return evaluateArithmetic(node, { run, expand: (word) => expandToString(word, run) })
}

async function guarded(run: Run, evaluate: () => Promise<number>): Promise<number> {
  try {
    return await evaluate()
  } catch (error) {
    if (error instanceof ShellError && error.fatal) throw error
    if (error instanceof Error && (error instanceof ShellError || error.name === 'Error'))
      return statusOf(error, run)
    throw error
  }
}

/** Statements of a body: status 0 where there is none. */
async function body(statements: readonly StatementNode[], run: Run): Promise<number> {
  run.shell.status = 0
  return runStatements(statements, run)
}

async function condition(statements: readonly StatementNode[], run: Run): Promise<boolean> {
  run.shell.errexitSuspended++
  try {
    return (await runStatements(statements, run)) === 0
  } finally {
    run.shell.errexitSuspended--
  }
}

async function runIf(node: CommandOf<'If'>, run: Run): Promise<number> {
  for (const clause of node.clauses) {
    if (await condition(clause.condition, run)) return body(clause.body, run)
  }
  return node.elseBody ? body(node.elseBody, run) : 0
}

/** One round of a loop; true where the loop ends. */
async function round(statements: readonly StatementNode[], run: Run): Promise<boolean> {
  try {
    const pause = run.engine.checkpoint(run)
    if (pause) await pause
    await runStatements(statements, run)
    return false
  } catch (error) {
    if (!(error instanceof LoopControl)) throw error
    if (error.levels > 1) {
      error.levels--
      throw error
    }
    run.shell.status = 0
    return error.kind === 'break'
  }
}

async function runFor(node: CommandOf<'For'>, run: Run): Promise<number> {
  const values = node.words ? await expandWords(node.words, run) : [...run.shell.positional]
  run.shell.status = 0
  for (const value of values) {
    run.shell.variables.set(node.variable, value)
    if (await round(node.body, run)) break
  }
  return run.shell.status
}

async function runCStyleFor(node: CommandOf<'CStyleFor'>, run: Run): Promise<number> {
  if (node.init) await arithmetic(node.init.expression, run)
  run.shell.status = 0
  while (!node.condition || (await arithmetic(node.condition.expression, run)) !== 0n) {
    if (await round(node.body, run)) break
    if (node.update) await arithmetic(node.update.expression, run)
  }
  return run.shell.status
}

async function runWhile(node: CommandOf<'While'> | CommandOf<'Until'>, run: Run): Promise<number> {
  let status = 0
  while ((await condition(node.condition, run)) === (node.type === 'While')) {
    run.shell.status = 0
    if (await round(node.body, run)) {
      status = 0
      break
    }
    status = run.shell.status
  }
  run.shell.status = status
  return status
}

async function runCase(node: CommandOf<'Case'>, run: Run): Promise<number> {
  const word = await expandToString(node.word, run)
  let falls = false
  let status = 0
  for (const item of node.items) {
    let matches = falls
    for (const pattern of matches ? [] : item.patterns) {
      if (matchesPattern(word, await expandToPattern(pattern, run), run.shell.options.nocasematch))
        matches = true
    }
    if (!matches) continue
    status = await body(item.body, run)
    if (item.terminator === ';;') return status
    falls = item.terminator === ';&'
  }
  return status
}
