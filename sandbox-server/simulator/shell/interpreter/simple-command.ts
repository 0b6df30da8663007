// A simple command: aliases, expansion, redirections, assignments, then a function, a built-in or a program of the machine.
import { whichExecutable } from '../../node/executable.ts'
import { resolvePath } from '../../node/file-system.ts'
import { BrokenPipe, Signalled, type SpawnOptions } from '../../node/process.ts'
import { programsRunningOn } from '../../node/process-table.ts'
import { assign } from './assign.ts'
import type { ScriptNode, SimpleCommandNode } from './ast.ts'
import type { Builtin } from './builtin.ts'
import { ExitControl, ReturnControl, ShellError } from './control.ts'
import { statusOf } from './execute.ts'
import { expandWords } from './expand.ts'
import { nearest } from './nearest.ts'
import { quoteIfNeeded } from './quote.ts'
import { redirect } from './redirect.ts'
import { complain, type Descriptors, type Run, stderrOf, stdinOf, stdoutOf } from './shell.ts'

type Builtins = ReadonlyMap<string, Builtin>

const maximalDepth = 500
/** Programs on one machine at a time, as a container's pids limit. */
const processLimit = 1000

export async function runSimpleCommand(
  node: SimpleCommandNode,
  run: Run,
  builtins: Builtins,
): Promise<number> {
  const { shell } = run
  if (node.line !== undefined && node.line > 0) shell.line = node.line
  try {
    const aliased = expandAlias(node, run)
    if (aliased.type === 'Script') return await run.engine.script(aliased, run)
    return await runExpanded(aliased, run, builtins)
  } catch (error) {
    if (!(error instanceof ShellError)) throw error
    const status = await statusOf(error, run)
    if (error.fatal && !shell.interactive) throw new ExitControl(status)
    return status
  }
}

async function runExpanded(node: SimpleCommandNode, run: Run, builtins: Builtins): Promise<number> {
  const { shell } = run
  const argv = await expandWords(node.name ? [node.name, ...node.args] : [], run)
  const [name] = argv
  if (name === undefined) return assignOnly(node, run)
  const fds = await redirect(node.redirections, run)
  const inner: Run = fds === run.fds ? run : { ...run, fds }
  if (name === 'exec' && argv.length === 1) return keepDescriptors(run, fds)
  if (shell.options.xtrace)
    await stderrOf(run).write(`${shell.variables.get('PS4') ?? '+ '}${argv.map(quoteIfNeeded).join(' ')}\n`)
  shell.lastArgument = argv.at(-1) ?? ''
  if (node.assignments.length === 0) return runWords(argv, inner, builtins)
  const restore = shell.variables.hold(node.assignments.map((assignment) => assignment.name))
  try {
    for (const assignment of node.assignments) {
      await assign(assignment, inner)
      shell.variables.writable(assignment.name).exported = true
    }
    return await runWords(argv, inner, builtins)
  } finally {
    restore()
  }
}

/** `NAME=value` alone: the status is that of the last command substitution in it. */
async function assignOnly(node: SimpleCommandNode, run: Run): Promise<number> {
  const { shell } = run
  await redirect(node.redirections, run)
  const before = shell.substitutions
  for (const assignment of node.assignments) {
    await assign(assignment, run)
    if (shell.options.xtrace) {
      await stderrOf(run).write(
        `+ ${assignment.name}=${quoteIfNeeded(shell.variables.get(assignment.name) ?? '')}\n`,
      )
    }
  }
  return shell.substitutions === before ? 0 : shell.status
}

/** `exec` with redirections alone changes the descriptors of the shell itself. */
function keepDescriptors(run: Run, fds: Descriptors): number {
  const own = run.fds as Map<number, never>
  own.clear()
  for (const [number, descriptor] of fds) own.set(number, descriptor as never)
  return 0
}

/** The command with its alias in place; a whole script where the alias is more than a simple command. */
function expandAlias(node: SimpleCommandNode, run: Run): SimpleCommandNode | ScriptNode {
  const { shell } = run
  if (shell.aliases.size === 0) return node
  let current = node
  for (const seen = new Set<string>(); ; ) {
    const only = current.name?.parts.length === 1 ? current.name.parts[0] : undefined
    if (only?.type !== 'Literal' || seen.has(only.value)) return current
    const text = shell.aliases.get(only.value)
    if (text === undefined) return current
    seen.add(only.value)
    const script = shell.parse(text)
    const pipeline = script.statements.at(-1)?.pipelines.at(-1)
    const last = pipeline?.commands.at(-1)
    if (last?.type !== 'SimpleCommand') return script
    const merged: SimpleCommandNode = {
      ...last,
      args: [...last.args, ...current.args],
      assignments: [...current.assignments, ...last.assignments],
      redirections: [...last.redirections, ...current.redirections],
    }
    if (
      script.statements.length > 1 ||
      script.statements[0]?.pipelines.length !== 1 ||
      pipeline?.commands.length !== 1
    ) {
      pipeline?.commands.splice(-1, 1, merged)
      return script
    }
    current = merged
  }
}

export async function runWords(
  argv: readonly string[],
  run: Run,
  builtins: Builtins,
  options: { functions?: boolean; builtins?: boolean } = {},
): Promise<number> {
  const { shell } = run
  const [name = ''] = argv
  const definition = options.functions === false ? undefined : shell.functions.get(name)
  if (definition) return callFunction(definition, argv, run)
  const builtin = options.builtins === false ? undefined : builtins.get(name)
  if (builtin) {
    try {
      return await builtin.run(argv, run)
    } catch (error) {
      if (error instanceof BrokenPipe) return 141
      throw error
    }
  }
  return runProgram(argv, run)
}

async function callFunction(
  definition: Parameters<Run['shell']['functions']['set']>[1],
  argv: readonly string[],
  run: Run,
): Promise<number> {
  const { shell } = run
  if (shell.depth >= maximalDepth) {
    throw new ShellError(`${argv[0]}: maximum function nesting level exceeded (${maximalDepth})`, 1, true)
  }
  const { positional } = shell
  shell.positional = argv.slice(1)
  shell.variables.pushScope()
  shell.depth++
  try {
    const fds = await redirect(definition.redirections, run)
    return await run.engine.command(definition.body, fds === run.fds ? run : { ...run, fds })
  } catch (error) {
    if (error instanceof ReturnControl) return error.status
    throw error
  } finally {
    shell.depth--
    shell.variables.popScope()
    shell.positional = positional
  }
}

/** Starts a program of the machine on this command's streams, and waits for its end. */
async function runProgram(argv: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [name = ''] = argv
  const path = whichExecutable(shell.process.files, name, shell.variables.get('PATH'), shell.cwd)
  if (path === undefined) return missing(name, run)
  if (programsRunningOn(shell.process.machine).length >= processLimit) {
    throw new ShellError('fork: retry: Resource temporarily unavailable', 254, true)
  }
  const stdin = stdinOf(run)
  const stdout = stdoutOf(run)
  const onTerminal = stdin.isTerminal || stdout.isTerminal || stderrOf(run).isTerminal
  const own = new AbortController()
  const abort = () => own.abort(run.signal.reason)
  if (run.signal.aborted) throw run.signal.reason
  run.signal.addEventListener('abort', abort, { once: true })
  shell.foreground.add(own)
  const spawnOptions: SpawnOptions = {
    env: { ...shell.variables.environment(), _: path },
    cwd: shell.cwd,
    stdin,
    stdout,
    stderr: stderrOf(run),
    terminal: onTerminal ? shell.process.terminal : undefined,
    signal: own.signal,
  }
  try {
    const status = await shell.process.spawn(argv, spawnOptions)
    if (run.signal.aborted && run.signal.reason instanceof Signalled) throw run.signal.reason
    if (status === 127) return missing(name, run)
    return status
  } catch (error) {
    if (error instanceof BrokenPipe) return 141
    throw error
  } finally {
    shell.foreground.delete(own)
    run.signal.removeEventListener('abort', abort)
  }
}

async function missing(name: string, run: Run): Promise<number> {
  const { shell } = run
  const { files } = shell.process
  if (name.includes('/')) {
    const stat = files.stat(resolvePath(shell.cwd, name))
    if (!stat) {
      await complain(run, `${name}: ${shell.flavour === 'sh' ? 'not found' : 'No such file or directory'}`)
      return 127
    }
    await complain(run, `${name}: ${stat.type === 'directory' ? 'Is a directory' : 'Permission denied'}`)
    return 126
  }
  await complain(run, shell.flavour === 'sh' ? `${name}: not found` : `${name}: command not found`)
  if (shell.typed) {
    const candidates = [...shell.process.programs(), ...run.engine.builtinNames(), ...shell.functions.keys()]
    const near = nearest(name, candidates)
    if (near.length > 0)
      await stderrOf(run).write(`Did you mean ${near.map((each) => `'${each}'`).join(' or ')}?\n`)
  }
  return 127
}
