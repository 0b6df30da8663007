// kubectl run. Source: kubectl/pkg/cmd/run/run.go.
import { parse } from 'yaml'
import type { Pod } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, ExitError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { at, isRecord, type Unstructured } from '../object.ts'
import { resultPrinter } from '../output/printer.ts'
import { states, untilDeadline } from '../waiting.ts'
import { attachToPod } from './attach.ts'
import { createFlags, createObject, kinds, parsePairs } from './create/objects.ts'
import { streamFlags } from './exec.ts'

export const runCommand: KubectlCommand = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  description: 'Creates a pod of the name, with one container of it.',
  group: 'Basic Commands (Beginner)',
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  examples: [
    ['A pod that serves', 'kubectl run web --image=nginx --port=80'],
    [
      'A shell in a pod that is deleted afterwards',
      'kubectl run -it --rm client --image=agnhost --restart=Never -- sh',
    ],
  ],
  flags: {
    ...createFlags,
    ...streamFlags,
    annotations: { type: 'array', default: '[]', summary: 'KEY=VALUE to annotate' },
    attach: { type: 'boolean', default: 'false', summary: 'Wait for the pod and attach to it' },
    command: {
      type: 'boolean',
      default: 'false',
      summary: 'What follows -- is the command, not its arguments',
    },
    env: { type: 'array', default: '[]', summary: 'KEY=VALUE for the environment' },
    expose: { type: 'boolean', default: 'false', summary: 'Create a ClusterIP Service too' },
    image: { type: 'string', default: '', summary: 'Image of the container' },
    'image-pull-policy': {
      type: 'string',
      default: '',
      summary: 'Always, IfNotPresent or Never',
      values: ['Always', 'IfNotPresent', 'Never'],
    },
    labels: { type: 'string', short: 'l', default: '', summary: 'KEY=VALUE,... to label' },
    'leave-stdin-open': { type: 'boolean', default: 'false', summary: 'Accepted and ignored', hidden: true },
    'override-type': {
      type: 'string',
      default: 'merge',
      summary: 'How --overrides merges; merge only here',
      values: ['merge'],
    },
    overrides: { type: 'string', default: '', summary: 'JSON merged over the pod' },
    port: { type: 'string', default: '', summary: 'Port of the container' },
    privileged: { type: 'boolean', default: 'false', summary: 'A privileged container' },
    restart: {
      type: 'string',
      default: 'Always',
      summary: 'Always, OnFailure or Never',
      values: ['Always', 'OnFailure', 'Never'],
    },
    rm: { type: 'boolean', default: 'false', summary: 'Delete the pod when it ends' },
    tty: { type: 'boolean', short: 't', default: 'false', summary: 'A terminal in the container' },
  },
  run,
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  if (!flags.has('image')) throw new CliError('required flag(s) "image" not set')
  const [name, ...command] = args
  if (name === undefined || invocation.argsBeforeDash === 0)
    throw new CliError("NAME is required for run\nSee 'kubectl run -h' for help and examples")
  const stdin = flags.boolean('stdin')
  if (flags.boolean('tty') && !stdin)
    throw new CliError('-i/--stdin is required for containers with -t/--tty=true')
  const attach = flags.has('attach') ? flags.boolean('attach') : stdin || flags.boolean('tty')
  if (flags.boolean('rm') && !attach) throw new CliError('--rm should only be used for attached containers')
  if (attach && invocation.dryRun)
    throw new CliError(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    )
  const port = flags.string('port')
  if (flags.boolean('expose') && port === '') throw new CliError('--port must be set when exposing a service')
  const labels = flags.string('labels') ? parsePairs(flags.string('labels')) : { run: name }
  const object = podObject(invocation, name, command, labels, port)
  const restart = flags.string('restart')
  if (!['Always', 'OnFailure', 'Never'].includes(restart))
    throw new CliError(`invalid restart policy: ${restart}, valid values are: Always, OnFailure, Never`)
  const printer = resultPrinter(invocation)
  const made = attach
    ? await invocation.client.json(`/api/v1/namespaces/${invocation.namespace}/pods`, {
        method: 'POST',
        body: JSON.stringify({
          ...object,
          metadata: { ...object.metadata, namespace: invocation.namespace },
        }),
        query: invocation.writeQuery('kubectl-run'),
      })
    : await createObject(invocation, { kind: kinds.pod, object, fieldManager: 'kubectl-run' }, printer)
  if (flags.boolean('expose'))
    await createObject(
      invocation,
      {
        kind: kinds.service,
        fieldManager: 'kubectl-run',
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name },
          spec: {
            ports: [{ port: Number(port), protocol: 'TCP', targetPort: Number(port) }],
            selector: labels,
          },
          status: { loadBalancer: {} },
        },
      },
      printer,
    )
  if (attach) await follow(invocation, made as Pod, name)
}

function podObject(
  invocation: Invocation,
  name: string,
  command: readonly string[],
  labels: Record<string, string>,
  port: string,
): Unstructured {
  const { flags } = invocation
  const env = flags.list('env').map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 1) throw new CliError(`invalid env: ${pair}`)
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
  })
  const policy = flags.string('image-pull-policy')
  const annotations = Object.assign({}, ...flags.list('annotations').map(parsePairs)) as Record<
    string,
    string
  >
  const stdin = flags.boolean('stdin')
  const container = {
    name,
    image: flags.string('image'),
    ...(command.length > 0 ? { [flags.boolean('command') ? 'command' : 'args']: command } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(policy ? { imagePullPolicy: policy } : {}),
    ...(port ? { ports: [{ containerPort: Number(port) }] } : {}),
    ...(flags.boolean('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(stdin ? { stdin: true, stdinOnce: true } : {}),
    ...(flags.boolean('tty') ? { tty: true } : {}),
    resources: {},
  }
  const pod: Record<string, unknown> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') },
    status: {},
  }
  const overrides = flags.string('overrides')
  if (!overrides) return pod as Unstructured
  const parsed: unknown = parse(overrides)
  if (!isRecord(parsed)) throw new CliError('invalid --overrides: not an object')
  return mergeInto(pod, parsed) as Unstructured
}

/** RFC 7386. */
function mergeInto(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = mergeInto(result[key], value)
  return result
}

async function follow(invocation: Invocation, pod: Pod, name: string): Promise<void> {
  const { flags, process } = invocation
  const mapping = await invocation.discovery.resource('pods')
  const target = { mapping, namespace: invocation.namespace, name }
  const remove = async (): Promise<void> => {
    if (!flags.boolean('rm')) return
    await invocation.client.json(`/api/v1/namespaces/${invocation.namespace}/pods/${name}`, {
      method: 'DELETE',
    })
    await invocation.line(`pod "${name}" deleted from ${invocation.namespace} namespace`)
  }
  try {
    const deadline = process.clock.now() + flags.duration('pod-running-timeout')
    const started = await untilDeadline(invocation, deadline, async (signal) => {
      for await (const state of states(invocation, target, signal)) {
        const phase = at(state, 'status', 'phase')
        if (!state) throw new CliError(`pods ${JSON.stringify(name)} not found`)
        if (phase === 'Running' || phase === 'Succeeded' || phase === 'Failed') return state as Pod
      }
      return undefined
    })
    if (!started) throw new CliError('timed out waiting for the condition')
    await attachToPod(invocation, started, pod.spec?.containers[0]?.name ?? name, { withEarlierLog: true })
    const code = await exitCodeOf(invocation, target)
    if (flags.string('restart') === 'Never' && code !== 0) {
      await remove()
      await invocation.err(`pod ${invocation.namespace}/${name} terminated (Error)\n`)
      throw new ExitError(code)
    }
  } catch (error) {
    if (error instanceof ExitError || process.signal.aborted) throw error
    await remove()
    throw error
  }
  await remove()
}

async function exitCodeOf(
  invocation: Invocation,
  target: { mapping: Parameters<typeof states>[1]['mapping']; namespace: string; name: string },
): Promise<number> {
  if (invocation.flags.string('restart') !== 'Never') return 0
  const code = await untilDeadline(invocation, invocation.process.clock.now() + 30_000, async (signal) => {
    for await (const state of states(invocation, target, signal)) {
      const ended = at(state, 'status', 'containerStatuses', 0, 'state', 'terminated', 'exitCode')
      if (!state) return 0
      if (typeof ended === 'number') return ended
    }
    return 0
  })
  return code ?? 0
}
