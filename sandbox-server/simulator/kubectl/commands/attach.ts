// kubectl attach. Source: kubectl/pkg/cmd/attach/attach.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { Signalled } from '../../node/process.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, StatusError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { chooseContainer, streamFlags } from './exec.ts'
import { asStatusError, podsBehind } from './pods.ts'

export const attachCommand: KubectlCommand = {
  name: 'attach',
  summary: 'Attach to a running container',
  group: 'Troubleshooting and Debugging Commands',
  usage: '(POD | TYPE/NAME) [-c CONTAINER]',
  examples: [['Follow what a pod prints', 'kubectl attach web']],
  flags: streamFlags,
  arguments: 'pods-and-types',
  run: async (invocation) => {
    const [argument] = invocation.args
    if (argument === undefined) throw new CliError('at least 1 argument is required for attach')
    const { pods } = await podsBehind(invocation, argument)
    const [pod] = pods
    if (!pod) throw new CliError(`no pods found for ${argument}`)
    const phase = pod.status?.phase
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new CliError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    const container = await chooseContainer(invocation, pod, invocation.flags.boolean('quiet'))
    await attachToPod(invocation, pod, container)
  },
}

/** Joins the container's own process: its input with -i, its terminal with -t. Gives its exit code where that is known. */
export async function attachToPod(
  invocation: Invocation,
  pod: Pod,
  container: string,
  options: { readonly withEarlierLog?: boolean } = {},
): Promise<void> {
  const { flags, process } = invocation
  const { streams } = process
  const { name = '', namespace = invocation.namespace } = pod.metadata ?? {}
  // Without a stream to join (the program may have ended already), its log says what it printed.
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (!streams?.attach || ended) return printLog(invocation, namespace, name, container, true)
  const stdin = flags.boolean('stdin')
  const terminal = flags.boolean('tty') ? process.terminal : undefined
  if (terminal && !flags.boolean('quiet'))
    await invocation.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    )
  if (options.withEarlierLog) await printLog(invocation, namespace, name, container, false)
  const interrupt = new AbortController()
  process.onSignal('SIGINT', () => interrupt.abort(new Signalled('SIGINT')))
  try {
    await streams.attach({
      namespace,
      pod: name,
      container,
      ...(stdin ? { stdin: process.stdin } : {}),
      stdout: process.stdout,
      stderr: process.stderr,
      terminal,
      signal: AbortSignal.any([process.signal, interrupt.signal]),
    })
  } catch (error) {
    if (process.signal.aborted) throw process.signal.reason
    if (error instanceof Signalled) return
    const known = asStatusError(error)
    if (!(known instanceof StatusError)) throw known
    // As `kubectl run` does where attaching came too late (run.go).
    await printLog(invocation, namespace, name, container, true)
  }
}

/** Followed, the log's stream ends with the container. */
async function printLog(
  invocation: Invocation,
  namespace: string,
  name: string,
  container: string,
  follow: boolean,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`
  const query = { container, ...(follow ? { follow: 'true' } : {}) }
  for await (const chunk of invocation.client.stream(path, { query, accept: '*/*' }))
    await invocation.process.stdout.write(chunk)
}
