// Programs of this machine: run to their end, with open streams, or on a terminal. Whoever needs one goes through here.
import { accessSync, constants, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants as osConstants } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { execa } from 'execa'
import { createLineSplitter } from './line-splitter.ts'
import { environment } from './process.ts'

export interface RunningCommand {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** The exit code, 128 + n after signal n, 127 where the program could not be started. Never rejects. */
  readonly exited: Promise<number>
  kill(): void
}

/** A program on a pseudo-terminal. */
export interface Pty {
  write(data: string): void
  resize(columns: number, rows: number): void
  onData(listener: (data: Uint8Array) => void): () => void
  /** Stops reading, so that the program blocks once the kernel's buffer is full. */
  pause(): void
  resume(): void
  readonly exited: Promise<number>
  kill(): void
}

export interface CommandOptions {
  readonly input?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
  /** No limit where left out. */
  readonly timeoutMs?: number | undefined
  /** Added to this process's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
  /** On Linux the program is killed when this process ends, however that comes about; its own children live on. */
  readonly endsWithUs?: boolean | undefined
  /** Every line of both streams as it comes, without its line end. */
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined
}

export interface CommandResult {
  readonly stdout: Uint8Array
  /** The last 64 KiB of it. */
  readonly stderr: string
  /** 128 + n after signal n. */
  readonly exitCode: number
}

/** A program that could not be run to its end; an exit code is no error. */
export class CommandError extends Error {
  readonly reason: 'missing' | 'timeout' | 'tooMuchOutput' | 'failed'
  readonly stderr: string
  constructor(
    reason: CommandError['reason'],
    message: string,
    options: { stderr?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'CommandError'
    this.reason = reason
    this.stderr = options.stderr ?? ''
  }
}

const stdoutLimit = 256 * 2 ** 20
const stderrKept = 64 * 2 ** 10
/** A program that is asked to end gets this long before it is killed. */
const forceKillAfterDelay = 2000
const missingProgram = 127

/** Runs a program to its end. Throws CommandError, or the signal's reason; then its whole process group is gone or going. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input, signal, timeoutMs, env, cwd, onLine } = options
  signal?.throwIfAborted()
  const [file, argv] = options.endsWithUs ? endingWithUs(program, args) : [program, args]
  const subprocess = execa(file, argv, {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    buffer: { stdout: true, stderr: false },
    maxBuffer: stdoutLimit,
    killDescendants: true,
    forceKillAfterDelay,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(signal && { cancelSignal: signal }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(env && { env }),
    ...(cwd !== undefined && { cwd }),
  })
  let stderr = Buffer.alloc(0)
  subprocess.stderr?.on('data', (data: Buffer) => {
    stderr = Buffer.concat([stderr, data]).subarray(-stderrKept)
  })
  const flush = onLine
    ? [
        splitLines(subprocess.stdout, (line) => onLine(line, 'stdout')),
        splitLines(subprocess.stderr, (line) => onLine(line, 'stderr')),
      ]
    : []
  const result = await subprocess
  for (const end of flush) end()
  const said = stderr.toString()
  const command = [program, ...args.slice(0, 2)].join(' ')
  if (result.isCanceled) throw signal?.reason
  if (result.timedOut) {
    const message = `${command} did not end within ${Number(timeoutMs) / 1000} s.`
    throw new CommandError('timeout', message, { stderr: said })
  }
  if (result.isMaxBuffer) {
    const message = `${command} printed more than ${stdoutLimit / 2 ** 20} MiB.`
    throw new CommandError('tooMuchOutput', message, { stderr: said })
  }
  if (result.exitCode === undefined && result.signal === undefined) throw notStarted(program, cwd, result)
  return {
    stdout: result.stdout ?? new Uint8Array(),
    stderr: said,
    exitCode: exitCodeOf(result.exitCode, result.signal),
  }
}

/** By way of setpriv(1) of util-linux: Node cannot set the signal that a parent's death sends. */
function endingWithUs(program: string, args: readonly string[]): [string, readonly string[]] {
  const path = findProgram(program)
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined
  if (path === undefined || setpriv === undefined) return [program, args]
  return [setpriv, ['--pdeathsig', 'KILL', '--', path, ...args]]
}

/** Starts a program and leaves its streams to the caller. Ends with this process. */
export function startCommand(
  program: string,
  args: readonly string[],
  options: Pick<CommandOptions, 'env' | 'cwd'> = {},
): RunningCommand {
  const subprocess = execa(program, args, {
    reject: false,
    buffer: false,
    encoding: 'buffer',
    stdin: 'pipe',
    killDescendants: true,
    forceKillAfterDelay,
    ...(options.env && { env: options.env }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  })
  const { stdin, stdout, stderr } = subprocess
  // A program that ends before it has read all makes the write fail; its exit code tells what happened.
  stdin.on('error', () => {})
  const exited = new Promise<number>((resolve) => {
    const child = subprocess.nodeChildProcess
    child.once('exit', (code, signal) => resolve(exitCodeOf(code ?? undefined, signal ?? undefined)))
    child.once('error', () => resolve(missingProgram))
  })
  return { stdin, stdout, stderr, exited, kill: () => void subprocess.kill() }
}

export interface PtyOptions {
  readonly columns: number
  readonly rows: number
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const require = createRequire(import.meta.url)

/** Throws CommandError where the program is missing. */
export function openPty(program: string, args: readonly string[], options: PtyOptions): Pty {
  const path = findProgram(program)
  if (path === undefined) throw notStarted(program, undefined, { code: 'ENOENT' })
  // At first use: its native part costs time and memory that a server of simulated clusters does not need.
  const { spawn }: typeof import('@lydell/node-pty') = require('@lydell/node-pty')
  const terminal = spawn(path, [...args], {
    name: 'xterm-256color',
    cols: options.columns,
    rows: options.rows,
    encoding: null,
    env: { ...environment, ...options.env },
  })
  let isOver = false
  const exited = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      isOver = true
      resolve(signal ? 128 + signal : exitCode)
    })
  })
  const signalGroup = (name: NodeJS.Signals) => {
    try {
      if (!isOver) process.kill(-terminal.pid, name)
    } catch {
      // It ended meanwhile.
    }
  }
  return {
    write: (data) => terminal.write(data),
    resize: (columns, rows) => {
      if (!isOver) terminal.resize(columns, rows)
    },
    // Without an encoding data comes as a Buffer, whatever the package's types say.
    onData: (listener) => {
      const subscription = terminal.onData((data: unknown) => {
        if (data instanceof Uint8Array) listener(data)
      })
      return () => subscription.dispose()
    },
    pause: () => terminal.pause(),
    resume: () => terminal.resume(),
    exited,
    kill: () => {
      terminal.resume() // What is paused never sees the end.
      signalGroup('SIGHUP')
      setTimeout(() => signalGroup('SIGKILL'), forceKillAfterDelay).unref()
    },
  }
}

/** The path of an executable file: `name` itself where it is a path, else the first on PATH. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false // Not there, or not for us.
  }
}

function notStarted(
  program: string,
  cwd: string | undefined,
  failure: { readonly code?: string | undefined },
): CommandError {
  const options = failure instanceof Error ? { cause: failure } : {}
  if (failure.code !== 'ENOENT') {
    return new CommandError(
      'failed',
      `${program} cannot be started: ${failure.code ?? 'no reason given'}.`,
      options,
    )
  }
  const folder = cwd === undefined ? '' : `, or the folder ${cwd} does not exist`
  return new CommandError(
    'missing',
    `The program ${program} is not installed or not on PATH${folder}.`,
    options,
  )
}

function exitCodeOf(code: number | undefined, signal: string | undefined): number {
  if (code !== undefined) return code
  const numbers: Readonly<Record<string, number>> = osConstants.signals
  return 128 + (numbers[signal ?? ''] ?? 0)
}

function splitLines(stream: Readable | null, onLine: (line: string) => void): () => void {
  const lines = createLineSplitter(onLine)
  stream?.on('data', (data: Buffer) => lines.add(data))
  return lines.end
}
