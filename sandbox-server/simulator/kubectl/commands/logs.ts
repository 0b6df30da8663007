// kubectl logs. Source: kubectl/pkg/cmd/logs/logs.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, isStatus, throwAll, usageError } from '../errors.ts'
import { selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { defaultContainer, podsBehind, podsOfSelector, requireContainer } from './pods.ts'

export const logsCommand: KubectlCommand = {
  name: 'logs',
  summary: 'Print the logs for a container in a pod',
  group: 'Troubleshooting and Debugging Commands',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  examples: [
    ['Logs of a pod', 'kubectl logs web'],
    ['Follow them', 'kubectl logs -f web'],
    ['Of the container before it was restarted', 'kubectl logs -p web'],
    ['The last lines of every pod with a label', 'kubectl logs -l app=web --tail=5 --prefix'],
    ['Of one pod of a Deployment', 'kubectl logs deployment/web'],
  ],
  flags: {
    ...selectorFlag,
    'all-containers': { type: 'boolean', default: 'false', summary: "All containers' logs" },
    'all-pods': { type: 'boolean', default: 'false', summary: 'All pods of the workload' },
    container: { type: 'string', short: 'c', default: '', summary: 'Container name' },
    follow: { type: 'boolean', short: 'f', default: 'false', summary: 'Go on with what is logged' },
    'ignore-errors': { type: 'boolean', default: 'false', summary: 'Go on where following one pod fails' },
    'insecure-skip-tls-verify-backend': {
      type: 'boolean',
      default: 'false',
      summary: 'Accepted and ignored',
      hidden: true,
    },
    'limit-bytes': { type: 'integer', default: '0', summary: 'Most bytes to print' },
    'max-log-requests': {
      type: 'integer',
      default: '5',
      summary: 'Most logs to follow at once with a selector',
    },
    'pod-running-timeout': {
      type: 'duration',
      default: '20s',
      summary: 'How long to wait for a running pod',
    },
    prefix: { type: 'boolean', default: 'false', summary: 'Begin every line with pod and container' },
    previous: {
      type: 'boolean',
      short: 'p',
      default: 'false',
      summary: 'The container before its last restart',
    },
    since: { type: 'duration', default: '0s', summary: 'Only what is newer, such as 5s or 2m' },
    'since-time': { type: 'string', default: '', summary: 'Only what is newer than this RFC 3339 time' },
    tail: {
      type: 'integer',
      default: '-1',
      summary: 'The last lines only; 10 with a selector, all otherwise',
    },
    timestamps: { type: 'boolean', default: 'false', summary: 'Begin every line with its time' },
  },
  arguments: 'pods-and-types',
  run: logs,
}

interface Source {
  readonly pod: Pod
  readonly container: string
}

async function logs(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const selector = flags.string('selector')
  if (args.length === 0 && !selector)
    throw usageError(
      'logs',
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (args.length > 0 && selector) throw usageError('logs', 'only a selector (-l) or a POD name is allowed')
  if (args.length > 2)
    throw usageError(
      'logs',
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (flags.has('since') && flags.string('since-time'))
    throw new CliError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.boolean('all-containers') && flags.string('container'))
    throw new CliError(
      `--all-containers=true should not be specified with container name ${flags.string('container')}`,
    )
  const container = args[1] ?? flags.string('container')
  const pods = await choosePods(invocation, selector)
  const sources: Source[] = []
  for (const pod of pods) sources.push(...(await containersOf(invocation, pod, container)))
  if (sources.length === 0) {
    await invocation.err(`No resources found in ${invocation.namespace} namespace.\n`)
    return
  }
  if (flags.boolean('follow') && sources.length > 1) {
    const most = flags.integer('max-log-requests')
    if (sources.length > most)
      throw new CliError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
      )
    await Promise.all(sources.map((source) => printLog(invocation, source, selector !== '')))
    return
  }
  const errors: unknown[] = []
  for (const source of sources)
    try {
      await printLog(invocation, source, selector !== '')
    } catch (error) {
      if (!flags.boolean('ignore-errors')) throw error
      await invocation.out(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  throwAll(errors)
}

async function choosePods(invocation: Invocation, selector: string): Promise<Pod[]> {
  if (selector) return podsOfSelector(invocation, invocation.namespace, selector)
  const [argument = ''] = invocation.args
  const { pods, object } = await podsBehind(invocation, argument).catch((error: unknown) => {
    if (isStatus(error, 'NotFound') && !argument.includes('/'))
      throw new CliError(
        `error from server (NotFound): ${error.message} in namespace ${JSON.stringify(invocation.namespace)}`,
      )
    throw error
  })
  const [first] = pods
  if (!first) throw new CliError(`timed out waiting for the condition`)
  if (invocation.flags.boolean('all-pods')) return pods
  if (pods.length > 1 && object.kind !== 'Pod')
    await invocation.err(`Found ${pods.length} pods, using pod/${first.metadata?.name}\n`)
  return [first]
}

async function containersOf(invocation: Invocation, pod: Pod, named: string): Promise<Source[]> {
  if (invocation.flags.boolean('all-containers')) {
    const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {}
    return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => ({
      pod,
      container: name,
    }))
  }
  if (named) {
    requireContainer(pod, named)
    return [{ pod, container: named }]
  }
  const { name, note } = defaultContainer(pod)
  if (note) await invocation.err(note)
  return [{ pod, container: name }]
}

async function printLog(
  invocation: Invocation,
  { pod, container }: Source,
  bySelector: boolean,
): Promise<void> {
  const { flags, client, process } = invocation
  const { name = '', namespace = '' } = pod.metadata ?? {}
  const tail = flags.has('tail') ? flags.integer('tail') : bySelector ? 10 : -1
  const since = flags.duration('since')
  const query = {
    container,
    follow: flags.boolean('follow') ? 'true' : undefined,
    previous: flags.boolean('previous') ? 'true' : undefined,
    timestamps: flags.boolean('timestamps') ? 'true' : undefined,
    tailLines: tail >= 0 ? String(tail) : undefined,
    limitBytes: flags.integer('limit-bytes') > 0 ? String(flags.integer('limit-bytes')) : undefined,
    sinceSeconds: since > 0 ? String(Math.ceil(since / 1000)) : undefined,
    sinceTime: flags.string('since-time') || undefined,
  }
  const chunks = client.stream(`/api/v1/namespaces/${namespace}/pods/${name}/log`, { query, accept: '*/*' })
  if (!flags.boolean('prefix')) {
    for await (const chunk of chunks) await process.stdout.write(chunk)
    return
  }
  const prefix = `[pod/${name}/${container}] `
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true })
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      await process.stdout.write(`${prefix}${pending.slice(0, end + 1)}`)
      pending = pending.slice(end + 1)
    }
  }
  if (pending) await process.stdout.write(`${prefix}${pending}`)
}
