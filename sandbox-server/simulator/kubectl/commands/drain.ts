// kubectl drain. Source: kubectl/pkg/cmd/drain/drain.go, pkg/drain (drain.go, filters.go).
import type { Pod } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, isStatus } from '../errors.ts'
import { dryRunFlag, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { isList } from '../object.ts'
import { quote } from '../output/go-text.ts'
import { WaitTimeout, waitUntilDeleted } from '../waiting.ts'
import { chosenNodes, cordon } from './nodes.ts'

export const drainCommand: KubectlCommand = {
  name: 'drain',
  summary: 'Drain node in preparation for maintenance',
  description:
    'Marks the node as unschedulable and evicts its pods. Pods of DaemonSets stay, with --ignore-daemonsets.',
  group: 'Cluster Management Commands',
  usage: 'NODE',
  examples: [['Empty a node', 'kubectl drain fairlead-worker2 --ignore-daemonsets --delete-emptydir-data']],
  flags: {
    ...selectorFlag,
    ...dryRunFlag,
    'chunk-size': { type: 'integer', default: '500', summary: 'Accepted' },
    'delete-emptydir-data': {
      type: 'boolean',
      default: 'false',
      summary: 'Evict pods with emptyDir volumes too',
    },
    'disable-eviction': {
      type: 'boolean',
      default: 'false',
      summary: 'Delete pods instead of evicting them',
    },
    force: { type: 'boolean', default: 'false', summary: 'Delete pods that no controller made too' },
    'grace-period': {
      type: 'integer',
      default: '-1',
      summary: 'Seconds to end gracefully; -1 leaves it to the pod',
    },
    'ignore-daemonsets': { type: 'boolean', default: 'false', summary: 'Leave pods of DaemonSets alone' },
    'pod-selector': { type: 'string', default: '', summary: 'Only pods with these labels' },
    'skip-wait-for-delete-timeout': {
      type: 'integer',
      default: '0',
      summary: 'Do not wait for pods that end for longer',
    },
    timeout: { type: 'duration', default: '0s', summary: 'How long to try; 0 has no limit' },
  },
  arguments: 'nodes',
  run: async (invocation) => {
    const nodes = await chosenNodes(invocation, 'drain')
    for (const node of nodes) await cordon(invocation, node, true)
    let failed = false
    for (const node of nodes)
      try {
        await drainNode(invocation, node.name)
        await invocation.line(`node/${node.name} drained${invocation.dryRunSuffix}`)
      } catch (error) {
        if (invocation.process.signal.aborted || !(error instanceof Error)) throw error
        failed = true
        await invocation.err(
          `error: unable to drain node ${quote(node.name)} due to error: ${error.message}, continuing command...\nThere are pending nodes to be drained:\n ${node.name}\n`,
        )
        if (nodes.length === 1)
          throw new CliError(
            error instanceof DrainRefused ? error.reasons.join('\n') : error.message,
            1,
            error instanceof DrainRefused,
          )
      }
    if (failed) throw new CliError('some nodes could not be drained')
  },
}

/** Pods that may not be evicted without further flags. */
class DrainRefused extends Error {
  readonly reasons: readonly string[]
  constructor(reasons: readonly string[]) {
    super(reasons.length === 1 ? (reasons[0] ?? '') : `[${reasons.join(', ')}]`)
    this.name = 'DrainRefused'
    this.reasons = reasons
  }
}

type Verdict = { readonly evict: boolean; readonly error?: string; readonly warning?: string }

/** filters.go: what becomes of one pod. */
function judge(invocation: Invocation, pod: Pod): Verdict {
  const { flags } = invocation
  const done = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { evict: false }
  const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller)
  if (owner?.kind === 'DaemonSet' && !done)
    return flags.boolean('ignore-daemonsets')
      ? { evict: false, warning: 'ignoring DaemonSet-managed Pods' }
      : { evict: false, error: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
  if (!done && pod.spec?.volumes?.some((volume) => volume.emptyDir)) {
    if (!flags.boolean('delete-emptydir-data'))
      return {
        evict: false,
        error: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
      }
  }
  if (!owner && !done)
    return flags.boolean('force')
      ? { evict: true, warning: 'deleting Pods that declare no controller' }
      : { evict: false, error: 'cannot delete Pods that declare no controller (use --force to override)' }
  return { evict: true }
}

async function drainNode(invocation: Invocation, node: string): Promise<void> {
  const { flags, client, process } = invocation
  const list = await client.json('/api/v1/pods', {
    query: {
      fieldSelector: `spec.nodeName=${node}`,
      labelSelector: flags.string('pod-selector') || undefined,
    },
  })
  const pods = (isList(list) ? list.items : []) as Pod[]
  const evict: Pod[] = []
  const byMessage = { error: new Map<string, string[]>(), warning: new Map<string, string[]>() }
  for (const pod of pods) {
    const verdict = judge(invocation, pod)
    if (verdict.evict) evict.push(pod)
    for (const kind of ['error', 'warning'] as const) {
      const message = verdict[kind]
      if (message)
        byMessage[kind].set(message, [
          ...(byMessage[kind].get(message) ?? []),
          `${pod.metadata?.namespace}/${pod.metadata?.name}`,
        ])
    }
  }
  const texts = (kind: 'error' | 'warning') =>
    [...byMessage[kind]].map(([message, names]) => `${message}: ${names.join(', ')}`)
  if (byMessage.error.size > 0) throw new DrainRefused(texts('error'))
  if (byMessage.warning.size > 0) await invocation.err(`Warning: ${texts('warning').join('; ')}\n`)
  const timeout = flags.duration('timeout')
  const deadline = timeout > 0 ? process.clock.now() + timeout : Number.MAX_SAFE_INTEGER
  const mapping = await invocation.discovery.resource('pods')
  await Promise.all(
    evict.map(async (pod) => {
      const { name = '', namespace = '', uid } = pod.metadata ?? {}
      await evictOne(invocation, namespace, name, deadline, timeout)
      if (invocation.dryRun) return
      try {
        await waitUntilDeleted(invocation, { mapping, namespace, name }, uid, deadline)
      } catch (error) {
        if (error instanceof WaitTimeout)
          throw new CliError(
            `error when waiting for pod ${quote(name)} in namespace ${quote(namespace)} to terminate: global timeout reached: ${flags.string('timeout')}`,
          )
        throw error
      }
      await invocation.line(`pod/${name} evicted`)
    }),
  )
}

async function evictOne(
  invocation: Invocation,
  namespace: string,
  name: string,
  deadline: number,
  timeout: number,
): Promise<void> {
  const { flags, client, process } = invocation
  const grace = flags.integer('grace-period')
  const options = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  await invocation.line(`evicting pod ${namespace}/${name}${invocation.dryRunSuffix}`)
  if (invocation.dryRun === 'client') return
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  for (;;)
    try {
      if (flags.boolean('disable-eviction'))
        await client.json(path, { method: 'DELETE', body: JSON.stringify(options) })
      else
        await client.json(`${path}/eviction`, {
          method: 'POST',
          body: JSON.stringify({
            apiVersion: 'policy/v1',
            kind: 'Eviction',
            metadata: { name, namespace },
            ...(grace >= 0 ? { deleteOptions: options } : {}),
          }),
        })
      return
    } catch (error) {
      if (isStatus(error, 'NotFound')) return
      if (!isStatus(error, 'TooManyRequests')) throw error
      await invocation.err(
        `error when evicting pods/${quote(name)} -n ${quote(namespace)} (will retry after 5s): ${error.message}\n`,
      )
      const now = process.clock.now()
      if (now + 5000 > deadline) {
        await process.clock.sleep(Math.max(0, deadline - now), process.signal)
        throw new CliError(
          `error when evicting pods/${quote(name)} -n ${quote(namespace)}: global timeout reached: ${timeout / 1000}s`,
        )
      }
      await process.clock.sleep(5000, process.signal)
      await invocation.line(`evicting pod ${namespace}/${name}`)
    }
}
