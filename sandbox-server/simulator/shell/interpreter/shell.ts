// What one shell (or subshell) knows: variables, functions, options, jobs, traps; and what a piece of running code sees of it.
import type { Process, ReadStream, WriteStream } from '../../node/process.ts'
import type { CommandNode, CommandOf, ScriptNode, SimpleCommandNode } from './ast.ts'
import type { Job } from './jobs.ts'
import type { Parse } from './parse.ts'
import { type PushbackReader, pushback } from './streams.ts'
import { Variables } from './variables.ts'

export interface Descriptor {
  readonly reader?: PushbackReader
  readonly writer?: WriteStream
}

/** Open files by number; 0 to 2 are stdin, stdout, stderr. */
export type Descriptors = ReadonlyMap<number, Descriptor>

export interface ShellOptions {
  errexit: boolean
  nounset: boolean
  pipefail: boolean
  xtrace: boolean
  noglob: boolean
  noclobber: boolean
  verbose: boolean
  nullglob: boolean
  dotglob: boolean
  nocasematch: boolean
}

export const defaultOptions: ShellOptions = {
  errexit: false,
  nounset: false,
  pipefail: false,
  xtrace: false,
  noglob: false,
  noclobber: false,
  verbose: false,
  nullglob: false,
  dotglob: false,
  nocasematch: false,
}

export interface Shell {
  readonly process: Process
  readonly parse: Parse
  variables: Variables
  functions: Map<string, CommandOf<'FunctionDef'>>
  aliases: Map<string, string>
  options: ShellOptions
  positional: string[]
  /** $0, and the name in front of error messages. */
  name: string
  /** `bash` or `sh`: how a missing command is reported. */
  flavour: 'bash' | 'sh'
  cwd: string
  status: number
  pipeStatus: number[]
  lastArgument: string
  backgroundPid: number | undefined
  jobs: Job[]
  nextPid: { value: number }
  traps: Map<string, string>
  pendingTraps: string[]
  interactive: boolean
  /** Interactive, or a part of a shell that is: errors carry no line numbers then. */
  typed: boolean
  history: string[]
  directoryStack: string[]
  startedAt: number
  /** Depth of function calls and sourced files, for `return` and against endless recursion. */
  depth: number
  /** Above 0 where set -e does not apply: conditions, && and ||, !. */
  errexitSuspended: number
  line: number
  /** Command substitutions so far; tells an assignment whether it has a status of its own. */
  substitutions: number
  /** Programs that run now, for signals that a trap takes over. */
  readonly foreground: Set<AbortController>
  /** Subshells alive, counted for the whole tree of them; `refusing` after a fork bomb until all are gone. */
  readonly forks: { live: number; refusing: boolean }
  /** Ends everything that this shell runs. */
  readonly interrupt: AbortController
}

export interface Run {
  readonly shell: Shell
  readonly fds: Descriptors
  /** Aborts with a Signalled when this code is to stop. */
  readonly signal: AbortSignal
  readonly engine: Engine
}

/** The executor as expansion and built-ins call it, passed along so that the modules form no ring. */
export interface Engine {
  script(node: ScriptNode, run: Run): Promise<number>
  command(node: CommandNode, run: Run): Promise<number>
  simple(node: SimpleCommandNode, run: Run): Promise<number>
  /** Runs in a copy of the shell. */
  subshell(node: ScriptNode, run: Run): Promise<number>
  /** Runs words as a simple command; `functions` false as `command` does. */
  words(
    argv: readonly string[],
    run: Run,
    options?: { functions?: boolean; builtins?: boolean },
  ): Promise<number>
  isBuiltin(name: string): boolean
  builtinNames(): string[]
  /** Every 128th call gives the event loop a turn; throws the signal's reason once aborted. */
  checkpoint(run: Run): Promise<void> | undefined
}

export function createShell(process: Process, parse: Parse, flavour: 'bash' | 'sh'): Shell {
  const variables = new Variables()
  for (const [name, value] of Object.entries(process.env)) {
    if (/^[A-Za-z_]\w*$/.test(name)) variables.writable(name).value = value
    const variable = variables.find(name)
    if (variable) variable.exported = true
  }
  const shell: Shell = {
    process,
    parse,
    variables,
    functions: new Map(),
    aliases: new Map(),
    options: { ...defaultOptions },
    positional: [],
    name: flavour,
    flavour,
    cwd: process.cwd,
    status: 0,
    pipeStatus: [],
    lastArgument: flavour,
    backgroundPid: undefined,
    jobs: [],
    nextPid: { value: process.pid + 1 },
    traps: new Map(),
    pendingTraps: [],
    interactive: false,
    typed: false,
    history: [],
    directoryStack: [],
    startedAt: process.clock.now(),
    depth: 0,
    errexitSuspended: 0,
    line: 0,
    substitutions: 0,
    foreground: new Set(),
    forks: { live: 0, refusing: false },
    interrupt: new AbortController(),
  }
  setDefault(shell, 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', true)
  setDefault(shell, 'HOME', '/root', true)
  setDefault(shell, 'IFS', ' \t\n', false)
  setDefault(shell, 'OPTIND', '1', false)
  setDefault(shell, 'HOSTNAME', process.machine.hostname, false)
  if (flavour === 'bash') {
    setDefault(shell, 'BASH', '/bin/bash', false)
    setDefault(shell, 'BASH_VERSION', '5.2.37(1)-release', false)
    setDefault(shell, 'PS4', '+ ', false)
    setDefault(shell, 'UID', '0', false)
    setDefault(shell, 'EUID', '0', false)
  }
  shell.variables.set('PWD', shell.cwd)
  shell.variables.writable('PWD').exported = true
  return shell
}

function setDefault(shell: Shell, name: string, value: string, exported: boolean): void {
  if (shell.variables.get(name) === undefined) shell.variables.set(name, value)
  if (exported) shell.variables.writable(name).exported = true
}

/** A copy whose changes the original does not see, as fork(2) makes one. */
export function subshellOf(shell: Shell): Shell {
  return {
    ...shell,
    variables: shell.variables.clone(),
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    options: { ...shell.options },
    positional: [...shell.positional],
    pipeStatus: [...shell.pipeStatus],
    jobs: [],
    traps: new Map(),
    pendingTraps: [],
    directoryStack: [...shell.directoryStack],
    interactive: false,
  }
}

export function standardDescriptors(
  stdin: ReadStream,
  stdout: WriteStream,
  stderr: WriteStream,
): Descriptors {
  return new Map<number, Descriptor>([
    [0, { reader: pushback(stdin) }],
    [1, { writer: stdout }],
    [2, { writer: stderr }],
  ])
}

const closedWriter: WriteStream = {
  write: () => Promise.reject(new Error('Bad file descriptor')),
  end: () => undefined,
}
const closedReader = pushback({ read: async () => undefined })

export const stdinOf = (run: Run): PushbackReader => run.fds.get(0)?.reader ?? closedReader
export const stdoutOf = (run: Run): WriteStream => run.fds.get(1)?.writer ?? closedWriter
export const stderrOf = (run: Run): WriteStream => run.fds.get(2)?.writer ?? closedWriter

/** An error message of the shell, as bash words it: `bash: cd: x: No such file or directory`, with the line in a script. */
export function complain(run: Run, message: string): Promise<void> {
  const { shell } = run
  const place = shell.typed || shell.line === 0 ? '' : `line ${shell.line}: `
  return stderrOf(run).write(`${shell.name}: ${place}${message}\n`)
}
