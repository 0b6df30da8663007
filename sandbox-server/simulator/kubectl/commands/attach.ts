// kubectl attach. Source: kubectl/pkg/cmd/attach/attach.go. The main process's own input cannot be reached here, so what is shown
// is its log; with a terminal asked for, a shell is opened in its stead, and says so.
import type { Pod } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { chooseContainer, runInContainer, streamFlags } from './exec.ts'
import { podsBehind } from './pods.ts'

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

export async function attachToPod(invocation: Invocation, pod: Pod, container: string): Promise<void> {
  const { flags, client, process } = invocation
  const { name = '', namespace = invocation.namespace } = pod.metadata ?? {}
  const spec = pod.spec?.containers.find((candidate) => candidate.name === container)
  const command = [...(spec?.command ?? []), ...(spec?.args ?? [])]
  const shell = command[0] && /(^|\/)(sh|bash|ash)$/.test(command[0]) ? command[0] : undefined
  if (
    flags.boolean('stdin') &&
    shell !== undefined &&
    !command.includes('-c') &&
    pod.status?.phase === 'Running'
  ) {
    if (!flags.boolean('quiet') && flags.boolean('tty'))
      await invocation.err(
        "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
      )
    return runInContainer(invocation, pod, container, command)
  }
  // The log's stream ends with the container.
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`
  for await (const chunk of client.stream(path, { query: { container, follow: 'true' }, accept: '*/*' }))
    await process.stdout.write(chunk)
}
