// Starts programs: gives each its Process, turns signals into its AbortSignal and handlers, and its end into an exit code as a
// shell sees it (126, 127, 128 + signal).
import type { Objects } from '../api/objects.ts'
import type { Clock } from '../clock.ts'
import type { Sockets } from '../network/socket.ts'
import type { Random } from '../random.ts'
import { defaultPath, findExecutable } from './executable.ts'
import type { FileSystem } from './file-system.ts'
import type { Machine, PodStreams, Process, Program, Signal, SpawnOptions } from './process.ts'
import { BrokenPipe, Signalled } from './process.ts'
import { processSockets } from './process-sockets.ts'
import { registerProgram } from './process-table.ts'
import { discard, emptyInput } from './streams.ts'

/** Everything that the processes of one machine share. */
export interface ProcessHost {
  readonly machine: Machine
  readonly files: FileSystem
  readonly sockets: Sockets
  readonly clock: Clock
  readonly random: Random
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Programs by the name that their executable files carry. */
  readonly programs: ReadonlyMap<string, Program>
  readonly kubernetes?: ((request: Request) => Promise<Response>) | undefined
  readonly streams?: PodStreams | undefined
  readonly objects?: Objects | undefined
  nextPid(): number
}

/** How a process stands among those of its machine. */
export interface ProcessRole {
  /** The first of its PID namespace: the kernel ignores signals that it has no handler for, SIGKILL excepted (pid_namespaces(7)). */
  readonly isInit?: boolean
}

export interface RunningProcess {
  readonly pid: number
  /** 0 to 255; 128 + the signal's number where a signal ended it. */
  readonly exit: Promise<number>
  /** Sends a signal; SIGKILL ends it whatever the program does. */
  kill(signal: Signal): void
}

const signalNumbers: Readonly<Record<Signal, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }
/** Exit code of a process that writes into a pipe without a reader (128 + SIGPIPE). */
const brokenPipeCode = 141

export function exitCodeOf(signal: Signal): number {
  return 128 + signalNumbers[signal]
}

/** Runs what argv[0] names. Gives undefined where there is no such executable. */
export function startProcess(
  host: ProcessHost,
  argv: readonly string[],
  options: SpawnOptions = {},
  role: ProcessRole = {},
): RunningProcess | undefined {
  const found = findExecutable(host, argv, options)
  return found && runProgram(host, found.program, found.argv, options, role)
}

/** Runs a program that need not be an executable of the machine. */
export function runProgram(
  host: ProcessHost,
  program: Program,
  argv: readonly string[],
  options: SpawnOptions = {},
  role: ProcessRole = {},
): RunningProcess {
  const { process, kill, ended, killed } = createProcess(host, argv, options, role)
  const run = async () => {
    try {
      return (await program(process)) & 255
    } catch (error) {
      if (error instanceof Signalled) return exitCodeOf(error.signalName)
      if (error instanceof BrokenPipe) return brokenPipeCode
      if (process.signal.aborted) return exitCodeOf(signalOf(process.signal.reason))
      const text = error instanceof Error ? error.message : String(error)
      // The reader of stderr may be gone too; the exit code still tells.
      await process.stderr.write(`${argv[0]}: ${text}\n`).catch(() => undefined)
      return 1
    }
  }
  const forget = registerProgram(host.machine, {
    pid: process.pid,
    argv,
    startedAt: host.clock.now(),
    onTerminal: options.terminal !== undefined,
    kill,
  })
  const exit = Promise.race([Promise.resolve().then(run), killed]).finally(() => {
    forget()
    ended()
  })
  return { pid: process.pid, exit, kill }
}

/** A process for code that is no program (a probe, a test); `close` is its exit. */
export function createProcess(
  host: ProcessHost,
  argv: readonly string[],
  options: SpawnOptions = {},
  role: ProcessRole = {},
) {
  const controller = new AbortController()
  const handlers = new Map<Signal, () => void>()
  const sockets = processSockets(host.sockets)
  let endKilled: (code: number) => void = () => undefined
  const killed = new Promise<number>((resolve) => {
    endKilled = resolve
  })
  const kill = (signal: Signal) => {
    const handler = signal === 'SIGKILL' ? undefined : handlers.get(signal)
    if (handler) return handler()
    if (role.isInit && signal !== 'SIGKILL') return
    if (!controller.signal.aborted) controller.abort(new Signalled(signal))
    endKilled(exitCodeOf(signal))
  }
  const parentAborted = () => kill(signalOf(options.signal?.reason))
  if (options.signal?.aborted) parentAborted()
  else options.signal?.addEventListener('abort', parentAborted, { once: true })

  const cwd = options.cwd ?? host.workingDirectory
  const env = options.env ?? host.env
  const stdin = options.stdin ?? emptyInput
  const stdout = options.stdout ?? discard
  const stderr = options.stderr ?? discard
  const process: Process = {
    pid: host.nextPid(),
    argv,
    env,
    cwd,
    stdin,
    stdout,
    stderr,
    ...(options.terminal && { terminal: options.terminal }),
    files: host.files,
    sockets,
    machine: host.machine,
    clock: host.clock,
    random: host.random,
    signal: controller.signal,
    onSignal: (signal, handler) => {
      if (signal !== 'SIGKILL') handlers.set(signal, handler)
    },
    async spawn(childArgv, childOptions = {}) {
      // A child shares its parent's streams, and a terminal unless told otherwise.
      const inherited: SpawnOptions = {
        env,
        cwd,
        stdin,
        stdout,
        stderr,
        terminal: options.terminal,
        signal: controller.signal,
      }
      const child = startProcess(host, childArgv, { ...inherited, ...childOptions })
      return child ? await child.exit : 127
    },
    programs: () => executableNames(host, env),
    ...(host.kubernetes && { kubernetes: host.kubernetes }),
    ...(host.streams && { streams: host.streams }),
    ...(host.objects && { objects: host.objects }),
  }
  const ended = () => {
    options.signal?.removeEventListener('abort', parentAborted)
    sockets.closeAll()
  }
  return { process, kill, killed, ended }
}

/** Names of all executables in the PATH's directories, sorted. */
export function executableNames(host: ProcessHost, env = host.env): readonly string[] {
  const names = new Set<string>()
  for (const directory of searchPath(env)) {
    if (host.files.stat(directory)?.type !== 'directory') continue
    for (const name of host.files.list(directory)) names.add(name)
  }
  return [...names].sort()
}

function searchPath(env: Readonly<Record<string, string>>): readonly string[] {
  return (env.PATH ?? defaultPath).split(':')
}

function signalOf(reason: unknown): Signal {
  return reason instanceof Signalled ? reason.signalName : 'SIGHUP'
}
