// Finds a container engine that answers, and drives it by its command line.
import { AppError } from '../../../contract/errors.ts'
import {
  CommandError,
  findProgram,
  openPty,
  type Pty,
  type RunningCommand,
  runCommand,
  startCommand,
} from '../../../platform/commands.ts'
import type { ContainerEngine, EngineName, RunOptions } from './engine.ts'
import { type EngineFacts, readEngineFacts } from './engine-facts.ts'
import { engineFailure, engineTitle, type Trouble } from './engine-trouble.ts'
import { endExec, markExec } from './exec-mark.ts'

const defaultTimeoutMs = 60_000
/** Engines in the order of preference: kind supports Docker best, the others it calls experimental. */
const engineNames: readonly EngineName[] = ['docker', 'podman', 'nerdctl']
/** Docker's own client prints advice between its answers otherwise. */
const env = { DOCKER_CLI_HINTS: 'false' }

/** What `exec` runs in a container ends when its command here is aborted, timed out or killed. */
export function createEngine(name: EngineName, program: string): ContainerEngine {
  const runUnmarked = async (args: readonly string[], options: RunOptions = {}): Promise<Uint8Array> => {
    const { input, signal, timeoutMs = defaultTimeoutMs } = options
    const { stdout, stderr, exitCode } = await runCommand(program, args, { input, signal, timeoutMs, env })
    if (exitCode === 0) return stdout
    throw engineFailure(name, args, { stderr, exitCode })
  }
  const runBytes = async (args: readonly string[], options: RunOptions = {}): Promise<Uint8Array> => {
    const marked = markExec(args)
    try {
      return await runUnmarked(marked?.args ?? args, options)
    } catch (cause) {
      if (marked && (cause instanceof CommandError || options.signal?.aborted))
        await endExec(runUnmarked, marked)
      if (!(cause instanceof CommandError)) throw cause
      throw engineFailure(name, args, { stderr: [cause.message, cause.stderr].join('\n').trim(), cause })
    }
  }
  const endsInContainer = <T extends RunningCommand | Pty>(args: readonly string[], begin: Begin<T>): T => {
    const marked = markExec(args)
    const command = begin(marked?.args ?? args)
    if (!marked) return command
    let ending: Promise<void> | undefined
    const kill = () => {
      command.kill()
      ending ??= endExec(runUnmarked, marked)
    }
    const exited = command.exited.then(async (exitCode) => {
      await ending
      return exitCode
    })
    return { ...command, exited, kill }
  }
  return {
    name,
    program,
    runBytes,
    run: async (args, options) => new TextDecoder().decode(await runBytes(args, options)),
    start: (args) => endsInContainer(args, (marked) => startCommand(program, marked, { env })),
    openPty: (args, { columns, rows }) =>
      endsInContainer(args, (marked) => openPty(program, marked, { columns, rows, env })),
  }
}

type Begin<T> = (args: readonly string[]) => T

export interface FoundEngine {
  /** The first engine that answers; undefined where none does. */
  readonly engine: ContainerEngine | undefined
  /** What it says of itself and of its machine. */
  readonly facts: EngineFacts | undefined
  /** Where none answers: what is wrong with each that is installed, or that none is. */
  readonly troubles: readonly Trouble[]
}

/** Looks for Docker, Podman and nerdctl, or for `preferred` alone. Takes at most `timeoutMs`, whatever hangs. */
export async function findEngine(preferred?: EngineName, timeoutMs = 5000): Promise<FoundEngine> {
  const names = preferred === undefined ? engineNames : [preferred]
  const looks = names.map((name) => tryEngine(name, timeoutMs))
  const troubles: Missing[] = []
  // In order, so that one that works need not wait for a later one that hangs.
  for (const look of looks) {
    const answer = await look
    if ('engine' in answer) return { ...answer, troubles: [] }
    troubles.push(answer.trouble)
  }
  return { engine: undefined, facts: undefined, troubles: mostUseful(troubles) }
}

/** Throws AppError PROVIDER_FAILED that says what is wrong with each. */
export async function requireEngine(preferred?: EngineName): Promise<ContainerEngine> {
  const { engine, troubles } = await findEngine(preferred)
  if (engine) return engine
  throw new AppError('PROVIDER_FAILED', troubles.map((trouble) => trouble.what).join(' '), {
    hint: `To mend it: ${troubles.map((trouble) => trouble.mend).join('; or: ')}.`,
  })
}

type Missing = Trouble & { readonly isMissing?: boolean }
type Answer =
  | { readonly engine: ContainerEngine; readonly facts: EngineFacts }
  | { readonly trouble: Missing }

async function tryEngine(name: EngineName, timeoutMs: number): Promise<Answer> {
  const program = findProgram(name)
  if (program === undefined) {
    const trouble = { what: `${engineTitle(name)} is not installed.`, mend: install[name], isMissing: true }
    return { trouble }
  }
  const engine = createEngine(name, program)
  try {
    return { engine, facts: await readEngineFacts(engine, timeoutMs) }
  } catch (error) {
    const { message, hint } = error instanceof AppError ? error : { message: String(error), hint: undefined }
    return { trouble: { what: message, mend: hint?.replace(/^To mend it: /, '') ?? `${name} info` } }
  }
}

/** Whoever has one engine that is broken wants to hear of that one; whoever has none, of one that can be installed. */
function mostUseful(troubles: readonly Missing[]): readonly Trouble[] {
  const broken = troubles.filter((trouble) => !trouble.isMissing)
  if (broken.length > 0 || troubles.length === 1)
    return (broken.length > 0 ? broken : troubles).map(({ what, mend }) => ({ what, mend }))
  return [
    {
      what: 'There is no container engine on this machine (looked for docker, podman and nerdctl on PATH).',
      mend: `${install.docker} or ${install.podman}`,
    },
  ]
}

const install: Readonly<Record<EngineName, string>> = {
  docker: 'see https://docs.docker.com/engine/install/',
  podman: 'see https://podman.io/docs/installation',
  nerdctl: 'see https://github.com/containerd/nerdctl#install',
}
