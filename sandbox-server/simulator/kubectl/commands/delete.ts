// kubectl delete. Source: kubectl/pkg/cmd/delete/delete.go.
import type { KubectlCommand } from '../command.ts'
import { kindName, pathOf } from '../discovery.ts'
import { CliError, isStatus, StatusError, throwAll } from '../errors.ts'
import { allNamespacesFlag, dryRunFlag, fieldSelectorFlag, fileFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { textAt } from '../object.ts'
import { type Found, fetchObjects, missingResources, resolveTargets } from '../targets.ts'
import { waitUntilDeleted } from '../waiting.ts'

export const deleteCommand: KubectlCommand = {
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  description: `Waits until the objects are gone. Pods get their grace period first; --now gives them one second, --force with
--grace-period=0 does not wait for the node at all.`,
  group: 'Basic Commands (Intermediate)',
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  examples: [
    ['Delete what a file describes', 'kubectl delete -f web.yaml'],
    ['Delete a pod and a Service of the same name', 'kubectl delete pod,service web'],
    ['Delete by label', 'kubectl delete pods,services -l app=web'],
    ['Delete every pod of the namespace', 'kubectl delete pods --all'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...fieldSelectorFlag,
    ...allNamespacesFlag,
    ...dryRunFlag,
    all: { type: 'boolean', default: 'false', summary: 'All objects of the types in the namespace' },
    cascade: {
      type: 'string',
      default: 'background',
      bare: 'background',
      summary: 'What becomes of dependents: background, foreground or orphan',
      values: ['background', 'foreground', 'orphan'],
    },
    force: {
      type: 'boolean',
      default: 'false',
      summary: 'Remove at once from the API, without a grace period',
    },
    'grace-period': {
      type: 'integer',
      default: '-1',
      summary: 'Seconds to end gracefully; -1 leaves it to the object',
    },
    'ignore-not-found': { type: 'boolean', default: 'false', summary: 'Take what does not exist as deleted' },
    interactive: { type: 'boolean', short: 'i', default: 'false', summary: 'Ask before deleting' },
    now: { type: 'boolean', default: 'false', summary: 'A grace period of one second' },
    output: {
      type: 'string',
      short: 'o',
      default: '',
      summary: 'Only "name" is supported',
      values: ['name'],
    },
    raw: { type: 'string', default: '', summary: 'Send DELETE to this path' },
    timeout: { type: 'duration', default: '0s', summary: 'How long to wait; 0 waits as long as it takes' },
    wait: { type: 'boolean', default: 'true', summary: 'Wait until the objects are gone' },
  },
  arguments: 'types-and-names',
  run: deleteObjects,
}

async function deleteObjects(invocation: Invocation): Promise<void> {
  const { flags, args, client } = invocation
  if (flags.string('raw')) return invocation.out(await client.text(flags.string('raw'), { method: 'DELETE' }))
  const output = flags.string('output')
  if (output !== '' && output !== 'name')
    throw new CliError(`unexpected -o output mode: ${output}. We only support '-o name'`)
  const all = flags.boolean('all')
  if (all && flags.string('selector')) throw new CliError('cannot set --all and --selector at the same time')
  if (all && flags.string('field-selector'))
    throw new CliError('cannot set --all and --field-selector at the same time')
  const grace = gracePeriod(invocation)
  if (grace.warn)
    await invocation.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  const ignoreNotFound = flags.boolean('ignore-not-found') || all
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.boolean('all-namespaces'),
    typeAloneMeansAll: all,
    missing: missingResources,
  })
  const errors: unknown[] = []
  const collect = (error: unknown) => {
    if (!(ignoreNotFound && isStatus(error, 'NotFound'))) errors.push(error)
  }
  // Named objects are deleted without being read first; collections are listed.
  const found: Found[] = []
  for (const target of targets)
    if (target.name !== undefined)
      found.push({
        mapping: target.mapping,
        namespace: target.namespace,
        name: target.name,
        object: {},
        ...(target.source ? { source: target.source } : {}),
      })
    else found.push(...(await fetchObjects(invocation, [target], collect)))
  if (flags.boolean('interactive') && !(await confirmed(invocation, found))) {
    await invocation.line('deletion is cancelled')
    return
  }
  const deleted: { found: Found; uid: string | undefined }[] = []
  for (const item of found)
    try {
      deleted.push({ found: item, uid: await deleteOne(invocation, item, grace.seconds) })
    } catch (error) {
      collect(error instanceof StatusError && item.source ? error.during('deleting', item.source) : error)
    }
  throwAll(errors)
  if (found.length === 0) return invocation.line('No resources found')
  if (!flags.boolean('wait') || invocation.dryRun) return
  const limit = flags.duration('timeout') || 168 * 3_600_000
  const deadline = invocation.process.clock.now() + limit
  for (const { found: item, uid } of deleted) await waitUntilDeleted(invocation, item, uid, deadline)
}

function gracePeriod(invocation: Invocation): { seconds: number; warn: boolean } {
  const { flags } = invocation
  let seconds = flags.integer('grace-period')
  if (flags.boolean('now')) {
    if (seconds !== -1) throw new CliError('--now and --grace-period cannot be specified together')
    seconds = 1
  }
  if (flags.boolean('force')) {
    if (seconds < 0) seconds = 0
    if (seconds > 0 && !flags.boolean('now'))
      throw new CliError('--force and --grace-period greater than 0 cannot be specified together')
    return { seconds, warn: seconds === 0 }
  }
  // Without --force, 0 means the shortest grace period (delete.go).
  return { seconds: seconds === 0 ? 1 : seconds, warn: false }
}

async function deleteOne(invocation: Invocation, found: Found, grace: number): Promise<string | undefined> {
  const { flags, client } = invocation
  const { mapping, namespace, name } = found
  const policies: Readonly<Record<string, string>> = {
    background: 'Background',
    true: 'Background',
    foreground: 'Foreground',
    orphan: 'Orphan',
    false: 'Orphan',
  }
  const policy = policies[flags.string('cascade')]
  if (!policy)
    throw new CliError(
      `invalid cascade value (${flags.string('cascade')}). Must be "background", "foreground", or "orphan"`,
    )
  let uid: string | undefined
  if (invocation.dryRun !== 'client') {
    const answer = await client.json(pathOf(mapping, namespace, name), {
      method: 'DELETE',
      body: JSON.stringify({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
        propagationPolicy: policy,
        ...(invocation.dryRun === 'server' ? { dryRun: ['All'] } : {}),
      }),
    })
    uid = textAt(answer, 'details', 'uid') ?? answer.metadata?.uid
  }
  const operation = `${grace === 0 ? 'force deleted' : 'deleted'}${mapping.namespaced ? ` from ${namespace} namespace` : ''}`
  if (flags.string('output') === 'name') await invocation.line(`${kindName(mapping)}/${name}`)
  else await invocation.line(`${kindName(mapping)} "${name}" ${operation}${invocation.dryRunSuffix}`)
  return uid
}

async function confirmed(invocation: Invocation, found: readonly Found[]): Promise<boolean> {
  await invocation.line(`You are about to delete the following ${found.length} resource(s):`)
  for (const { mapping, name } of found) await invocation.line(`${kindName(mapping)}/${name}`)
  await invocation.out('Do you want to continue? (y/N): ')
  const answer = await invocation.process.stdin.read(invocation.process.signal)
  return /^y/i.test(new TextDecoder().decode(answer ?? new Uint8Array()))
}
