// kubectl exec. Source: kubectl/pkg/cmd/exec/exec.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { Signalled } from '../../node/process.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, ExitError, StatusError, usageError } from '../errors.ts'
import type { FlagSpecs } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { asStatusError, defaultContainer, podsBehind, requireContainer } from './pods.ts'

export const streamFlags: FlagSpecs = {
  container: {
    type: 'string',
    short: 'c',
    default: '',
    summary: 'Container name; the first or annotated one if left out',
  },
  stdin: { type: 'boolean', short: 'i', default: 'false', summary: 'Pass the standard input on' },
  tty: { type: 'boolean', short: 't', default: 'false', summary: 'The standard input is a terminal' },
  quiet: { type: 'boolean', short: 'q', default: 'false', summary: 'Print only what the program prints' },
  'pod-running-timeout': { type: 'duration', default: '1m0s', summary: 'How long to wait for a running pod' },
}

export const execCommand: KubectlCommand = {
  name: 'exec',
  summary: 'Execute a command in a container',
  group: 'Troubleshooting and Debugging Commands',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  examples: [
    ['Run one command', 'kubectl exec client -- curl -s http://web'],
    ['Open a shell', 'kubectl exec -it client -- sh'],
    ['In a pod of a Deployment', 'kubectl exec deploy/web -- hostname'],
  ],
  flags: streamFlags,
  arguments: 'pods-and-types',
  run: exec,
}

async function exec(invocation: Invocation): Promise<void> {
  const { args, argsBeforeDash, flags } = invocation
  if (args.length === 0 || argsBeforeDash === 0)
    throw new CliError('pod, type/name or --filename must be specified')
  if (argsBeforeDash < 0 && args.length > 1)
    throw usageError(
      'exec',
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    )
  const command = args.slice(1)
  if (command.length === 0) throw new CliError('you must specify at least one command for the container')
  const { pods } = await podsBehind(invocation, args[0] ?? '')
  const pod = pods[0]
  if (!pod) throw new CliError(`no pods found for ${args[0]}`)
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CliError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = await chooseContainer(invocation, pod, flags.boolean('quiet'))
  await runInContainer(invocation, pod, container, command)
}

export async function chooseContainer(invocation: Invocation, pod: Pod, quiet: boolean): Promise<string> {
  const named = invocation.flags.string('container')
  if (named) {
    requireContainer(pod, named)
    return named
  }
  const { name, note } = defaultContainer(pod)
  if (note && !quiet) await invocation.err(note)
  return name
}

/** Runs the command with the flags' streams; throws ExitError with its exit code. */
export async function runInContainer(
  invocation: Invocation,
  pod: Pod,
  container: string,
  command: readonly string[],
): Promise<void> {
  const { process, flags } = invocation
  const { streams } = process
  if (!streams) throw new CliError('this machine has no connection for exec to the API server')
  const stdin = flags.boolean('stdin')
  let terminal = process.terminal
  if (flags.boolean('tty') && (!stdin || process.stdin.isTerminal === false || !terminal)) {
    await invocation.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
    terminal = undefined
  }
  const interrupt = new AbortController()
  process.onSignal('SIGINT', () => interrupt.abort(new Signalled('SIGINT')))
  const exitCode = await streams
    .exec({
      namespace: pod.metadata?.namespace ?? invocation.namespace,
      pod: pod.metadata?.name ?? '',
      container,
      command,
      ...(stdin ? { stdin: process.stdin } : {}),
      stdout: process.stdout,
      stderr: process.stderr,
      terminal: flags.boolean('tty') ? terminal : undefined,
      signal: AbortSignal.any([process.signal, interrupt.signal]),
    })
    .catch((error: unknown) => {
      if (error instanceof Signalled) return 130
      throw execError(error, container)
    })
  if (exitCode === 0) return
  if (interrupt.signal.aborted && !flags.boolean('tty')) throw new Signalled('SIGINT')
  await invocation.err(`command terminated with exit code ${exitCode}\n`)
  throw new ExitError(exitCode)
}

/** As client-go words what the server refused before the stream began. */
function execError(error: unknown, container: string): unknown {
  const known = asStatusError(error)
  if (!(known instanceof StatusError)) return known
  if (known.message.includes('container not found'))
    return new CliError(`unable to upgrade connection: container not found (${JSON.stringify(container)})`)
  return known.reason === 'InternalError' ? new CliError(known.message) : known
}
