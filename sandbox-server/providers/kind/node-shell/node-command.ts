// One command on a node, run by the engine's own exec; whoever leaves it before its end ends it.
import { randomUUID } from 'node:crypto'
import type { TerminalSize } from '../../provider.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { execOnTerminal } from '../toolbox/exec-on-terminal.ts'
import type { ExecRequest } from './node-shell-protocol.ts'

export interface NodeCommand {
  /** False while the command has not read what it got; then `whenWritable` tells when it may have more. */
  write(data: Uint8Array): boolean
  whenWritable(listener: () => void): void
  endInput(): void
  resize(size: TerminalSize | undefined): void
  isRunning(): boolean
  /** Resolves once it has ended, by force where it was running. */
  end(): Promise<void>
}

export interface NodeCommandSink {
  /** False: no more until `drained`. */
  output(data: Uint8Array): boolean
  error(data: Uint8Array): boolean
  drained(listener: () => void): void
  exited(exitCode: number): void
}

/** In the environment of what is run on a node, so that it is found again: exec's client leaves it running when it ends. */
const variable = 'FAIRLEAD_NODE_SHELL'

export function startNodeCommand(
  engine: ContainerEngine,
  container: string,
  request: ExecRequest,
  sink: NodeCommandSink,
): NodeCommand {
  const id = randomUUID()
  const args = execArguments(engine, container, request, id)
  const running = request.tty
    ? onTerminal(engine, args, request, sink)
    : onStreams(engine, args, request, sink)
  let isRunning = true
  const exited = running.exited.then((exitCode) => {
    isRunning = false
    sink.exited(exitCode)
  })
  return {
    ...running,
    isRunning: () => isRunning,
    async end() {
      if (!isRunning) return
      running.kill()
      await endOnNode(engine, container, id)
      await exited
    },
  }
}

/** Nothing of what the terminal said comes before the container's name but as the value of an option. */
export function execArguments(
  engine: Pick<ContainerEngine, 'name'>,
  container: string,
  { interactive, tty, user, workdir, env, argument }: ExecRequest,
  id: string,
): string[] {
  const begin = tty ? execOnTerminal(engine) : ['exec', ...(interactive ? ['--interactive'] : [])]
  return [
    ...begin,
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(workdir === undefined ? [] : [`--workdir=${workdir}`]),
    ...env.map((each) => `--env=${each}`),
    `--env=${variable}=${id}`,
    container,
    ...argument,
  ]
}

type Running = Omit<NodeCommand, 'isRunning' | 'end'> & {
  readonly exited: Promise<number>
  kill(): void
}

function onTerminal(
  engine: ContainerEngine,
  args: readonly string[],
  request: ExecRequest,
  sink: NodeCommandSink,
): Running {
  const pty = engine.openPty(args, request.size ?? { columns: 80, rows: 24 })
  const decoder = new TextDecoder()
  pty.onData((data) => {
    if (sink.output(data)) return
    pty.pause()
    sink.drained(() => pty.resume())
  })
  return {
    exited: pty.exited,
    write(data) {
      if (request.interactive) pty.write(decoder.decode(data, { stream: true }))
      return true
    },
    whenWritable: (listener) => listener(),
    endInput() {},
    resize: (size) => size && pty.resize(size.columns, size.rows),
    kill: () => pty.kill(),
  }
}

function onStreams(
  engine: ContainerEngine,
  args: readonly string[],
  request: ExecRequest,
  sink: NodeCommandSink,
): Running {
  const command = engine.start(args)
  const { stdin, stdout, stderr } = command
  if (!request.interactive) stdin.end()
  let isKilled = false
  const pass = (stream: typeof stdout, to: (data: Uint8Array) => boolean) => {
    stream.on('data', (data: Buffer) => {
      if (isKilled || to(data)) return
      stream.pause()
      sink.drained(() => stream.resume())
    })
    return new Promise<void>((resolve) => stream.once('close', () => resolve()))
  }
  const ends = [pass(stdout, sink.output), pass(stderr, sink.error)]
  return {
    // The exit code is the last thing to be told.
    exited: command.exited.then(async (exitCode) => {
      await Promise.all(ends)
      return exitCode
    }),
    write: (data) => !request.interactive || stdin.write(data),
    whenWritable: (listener) => void stdin.once('drain', listener),
    endInput: () => void stdin.end(),
    resize() {},
    kill() {
      isKilled = true
      command.kill()
      // What is paused never ends.
      for (const stream of [stdout, stderr]) stream.resume()
    },
  }
}

const endScript = `
for signal in HUP KILL KILL; do
  found=
  for file in $(grep -ls "${variable}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    process=\${file#/proc/}; kill -s "$signal" "\${process%/environ}" 2>/dev/null && found=1
  done
  [ -n "$found" ] || exit 0
  sleep 0.2
done`

async function endOnNode(engine: ContainerEngine, container: string, id: string): Promise<void> {
  try {
    await engine.run(['exec', container, 'sh', '-c', endScript, 'sh', id], { timeoutMs: 15_000 })
  } catch {
    // The node is gone, and what ran there with it.
  }
}
