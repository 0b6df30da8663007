// kubectl debug: an ephemeral container in a pod, or a pod on a node. Source: kubectl/pkg/cmd/debug/debug.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { sendPatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { at, listAt } from '../object.ts'
import { fetchObjects } from '../targets.ts'
import { states, untilDeadline } from '../waiting.ts'
import { attachToPod } from './attach.ts'
import { streamFlags } from './exec.ts'

export const debugCommand: KubectlCommand = {
  name: 'debug',
  summary: 'Create debugging sessions for troubleshooting workloads and nodes',
  description: `For a pod, adds an ephemeral container, which shares the pod's network. For node/NAME, makes a pod on that node with the
node's network and processes and its file system in /host. --copy-to is not simulated.`,
  group: 'Troubleshooting and Debugging Commands',
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  examples: [
    [
      'Tools beside a container that has none',
      'kubectl debug -it web --image=registry.k8s.io/e2e-test-images/agnhost:2.66.1 -- sh',
    ],
  ],
  flags: {
    ...streamFlags,
    attach: { type: 'boolean', default: 'false', summary: 'Attach to the container; so with -i' },
    container: { type: 'string', short: 'c', default: '', summary: 'Name of the new container' },
    'copy-to': { type: 'string', default: '', summary: 'Not simulated' },
    env: { type: 'array', default: '[]', summary: 'KEY=VALUE for the environment' },
    image: { type: 'string', default: '', summary: 'Image of the container' },
    'image-pull-policy': { type: 'string', default: '', summary: 'Always, IfNotPresent or Never' },
    profile: {
      type: 'string',
      default: 'general',
      summary: 'general, baseline, restricted, netadmin or sysadmin',
      values: ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'],
    },
    'share-processes': { type: 'boolean', default: 'true', summary: 'Accepted', hidden: true },
    target: { type: 'string', default: '', summary: 'Container whose processes to see' },
  },
  arguments: 'pods-and-types',
  run: debug,
}

async function debug(invocation: Invocation): Promise<void> {
  const { flags, args, argsBeforeDash } = invocation
  if (flags.string('copy-to'))
    throw new CliError('--copy-to is not simulated; add an ephemeral container instead')
  if (!flags.string('image')) throw new CliError('you must specify --image when not using --copy-to.')
  const count = argsBeforeDash >= 0 ? argsBeforeDash : args.length
  if (count === 0) throw new CliError('NAME or TYPE/NAME is required for debug')
  const command = args.slice(count)
  for (const argument of args.slice(0, count)) {
    const [type, name] = argument.includes('/') ? argument.split('/') : ['pods', argument]
    const mapping = await invocation.discovery.resource(type ?? 'pods')
    if (mapping.kind === 'Node') await debugNode(invocation, name ?? '', command)
    else if (mapping.kind === 'Pod') await debugPod(invocation, name ?? '', command)
    else throw new CliError(`${mapping.kind} not supported by debug`)
  }
}

function containerOf(
  invocation: Invocation,
  name: string,
  command: readonly string[],
): Record<string, unknown> {
  const { flags } = invocation
  const env = flags
    .list('env')
    .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }))
  const policy = flags.string('image-pull-policy')
  return {
    name,
    image: flags.string('image'),
    ...(command.length > 0 ? { command } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(policy ? { imagePullPolicy: policy } : {}),
    resources: {},
    ...(flags.boolean('stdin') ? { stdin: true } : {}),
    ...(flags.boolean('tty') ? { tty: true } : {}),
    terminationMessagePolicy: 'File',
  }
}

async function debugPod(invocation: Invocation, name: string, command: readonly string[]): Promise<void> {
  const { flags, process } = invocation
  const mapping = await invocation.discovery.resource('pods')
  const [found] = await fetchObjects(invocation, [{ mapping, namespace: invocation.namespace, name }])
  if (!found) return
  const container = flags.string('container') || `debugger-${process.random.suffix(5)}`
  if (!flags.string('container')) await invocation.err(`Defaulting debug container name to ${container}.\n`)
  const target = flags.string('target')
  const added = {
    ...containerOf(invocation, container, command),
    ...(target ? { targetContainerName: target } : {}),
  }
  if (target)
    await invocation.err(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  const patch = JSON.stringify({ spec: { ephemeralContainers: [added] } })
  await sendPatch(invocation, found, 'strategic', patch, 'kubectl-debug', 'ephemeralcontainers')
  await attachWhenRunning(invocation, name, container, 'ephemeralContainerStatuses')
}

async function debugNode(invocation: Invocation, node: string, command: readonly string[]): Promise<void> {
  const { process, client, flags } = invocation
  await client.json(`/api/v1/nodes/${node}`)
  const name = `node-debugger-${node}-${process.random.suffix(5)}`
  await client.json(`/api/v1/namespaces/${invocation.namespace}/pods`, {
    method: 'POST',
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: invocation.namespace,
        labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' },
      },
      spec: {
        nodeName: node,
        hostNetwork: true,
        hostPID: true,
        hostIPC: true,
        restartPolicy: 'Never',
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
        containers: [
          {
            ...containerOf(invocation, flags.string('container') || 'debugger', command),
            volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
          },
        ],
      },
    }),
    query: invocation.writeQuery('kubectl-debug'),
  })
  await invocation.err(`Creating debugging pod ${name} with container debugger on node ${node}.\n`)
  await attachWhenRunning(invocation, name, flags.string('container') || 'debugger', 'containerStatuses')
}

async function attachWhenRunning(
  invocation: Invocation,
  name: string,
  container: string,
  statuses: string,
): Promise<void> {
  const { flags, process } = invocation
  const attach = flags.has('attach') ? flags.boolean('attach') : flags.boolean('stdin')
  if (!attach) return
  const mapping = await invocation.discovery.resource('pods')
  const deadline = process.clock.now() + flags.duration('pod-running-timeout')
  const pod = await untilDeadline(invocation, deadline, async (signal) => {
    for await (const state of states(
      invocation,
      { mapping, namespace: invocation.namespace, name },
      signal,
    )) {
      if (!state) throw new CliError(`pods ${JSON.stringify(name)} not found`)
      const status = listAt(state, 'status', statuses).find((item) => item.name === container)
      if (at(status, 'state', 'running') || at(status, 'state', 'terminated')) return state as Pod
    }
    return undefined
  })
  if (!pod) throw new CliError('timed out waiting for the condition')
  // Attaching looks for the container's command among all of the pod's containers.
  const containers = [...(pod.spec?.containers ?? []), ...((pod.spec?.ephemeralContainers ?? []) as never[])]
  await attachToPod(invocation, { ...pod, spec: { ...pod.spec, containers } }, container, {
    withEarlierLog: true,
  })
}
