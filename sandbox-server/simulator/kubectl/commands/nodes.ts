// kubectl cordon, uncordon and taint. Source: kubectl/pkg/cmd/drain, pkg/drain/cordon.go, pkg/cmd/taint.
import { patchToMatch, sendPatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { pathOf } from '../discovery.ts'
import { CliError, usageError } from '../errors.ts'
import { dryRunFlag, type FlagSpecs, fieldManagerFlag, printFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { at, clone, isList, listAt, nameOf, setAt } from '../object.ts'
import { resultPrinter } from '../output/printer.ts'
import { type Found, fetchObjects } from '../targets.ts'

/** The nodes that the arguments or the selector name. */
export async function chosenNodes(invocation: Invocation, command: string): Promise<Found[]> {
  const { args, flags } = invocation
  const selector = flags.string('selector')
  if (args.length > 0 && selector)
    throw usageError(command, 'error: cannot specify both a node name and a --selector option')
  if (args.length === 0 && !selector) throw usageError(command, `USAGE: ${command} NODE [flags]`)
  const mapping = await invocation.discovery.resource('nodes')
  if (selector) {
    const list = await invocation.client.json(pathOf(mapping, undefined), {
      query: { labelSelector: selector },
    })
    return isList(list)
      ? list.items.map((object) => ({ mapping, namespace: undefined, name: nameOf(object), object }))
      : []
  }
  const names = args.map((arg) => arg.replace(/^(node|nodes|no)\//, ''))
  return fetchObjects(
    invocation,
    names.map((name) => ({ mapping, namespace: undefined, name })),
  )
}

export async function cordon(invocation: Invocation, node: Found, unschedulable: boolean): Promise<void> {
  const word = unschedulable ? 'cordoned' : 'uncordoned'
  const already = (at(node.object, 'spec', 'unschedulable') === true) === unschedulable
  if (!already && invocation.dryRun !== 'client')
    await sendPatch(
      invocation,
      node,
      'strategic',
      JSON.stringify({ spec: { unschedulable: unschedulable || null } }),
      'kubectl-drain',
    )
  await invocation.line(`node/${node.name} ${already ? 'already ' : ''}${word}${invocation.dryRunSuffix}`)
}

const flags: FlagSpecs = { ...selectorFlag, ...dryRunFlag }

export const cordonCommand: KubectlCommand = {
  name: 'cordon',
  summary: 'Mark node as unschedulable',
  group: 'Cluster Management Commands',
  usage: 'NODE',
  flags,
  arguments: 'nodes',
  run: async (invocation) => {
    for (const node of await chosenNodes(invocation, 'cordon')) await cordon(invocation, node, true)
  },
}

export const uncordonCommand: KubectlCommand = {
  name: 'uncordon',
  summary: 'Mark node as schedulable',
  group: 'Cluster Management Commands',
  usage: 'NODE',
  flags,
  arguments: 'nodes',
  run: async (invocation) => {
    for (const node of await chosenNodes(invocation, 'uncordon')) await cordon(invocation, node, false)
  },
}

interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

function parseTaints(specs: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const add: Taint[] = []
  const remove: Taint[] = []
  for (const spec of specs) {
    const removing = spec.endsWith('-')
    const text = removing ? spec.slice(0, -1) : spec
    const match = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(text)
    const taint = { key: match?.[1] ?? '', value: match?.[2] ?? '', effect: match?.[3] ?? '' }
    if (!match || (!removing && taint.effect === '')) throw usageError('taint', `invalid taint spec: ${spec}`)
    if (taint.effect !== '' && !['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(taint.effect))
      throw usageError('taint', `invalid taint effect: ${taint.effect}, unsupported taint effect`)
    if (removing) remove.push(taint)
    else add.push(taint)
  }
  return { add, remove }
}

export const taintCommand: KubectlCommand = {
  name: 'taint',
  summary: 'Update the taints on one or more nodes',
  group: 'Cluster Management Commands',
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  examples: [
    ['Keep pods off a node', 'kubectl taint nodes fairlead-worker2 lesson=only:NoSchedule'],
    ['Let them come again', 'kubectl taint nodes fairlead-worker2 lesson-'],
  ],
  flags: {
    ...selectorFlag,
    ...dryRunFlag,
    ...printFlags,
    ...fieldManagerFlag('kubectl-taint'),
    all: { type: 'boolean', default: 'false', summary: 'All nodes' },
    overwrite: { type: 'boolean', default: 'false', summary: 'Replace taints that are there' },
  },
  arguments: 'nodes',
  run: taint,
}

async function taint(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation
  const isSpec = (arg: string) => /[=:]/.test(arg) || arg.endsWith('-')
  const specs = args.filter(isSpec)
  const [type, ...names] = args.filter((arg) => !isSpec(arg))
  if (type === undefined) throw new CliError('one or more resources must be specified as <resource> <name>')
  if (specs.length === 0) throw new CliError('at least one taint update is required')
  const mapping = await invocation.discovery.resource(type.split('/')[0] ?? type)
  if (mapping.kind !== 'Node')
    throw new CliError(`invalid resource type ${type}, only node types are supported`)
  const { add, remove } = parseTaints(specs)
  const all = flags.boolean('all') || flags.string('selector') !== ''
  if (!all && names.length === 0 && !type.includes('/'))
    throw new CliError("at least one resource name must be specified since 'all' parameter is not set")
  const wanted = type.includes('/') ? [type.split('/')[1] ?? '', ...names] : names
  const targets = all
    ? [{ mapping, namespace: undefined, labelSelector: flags.string('selector') }]
    : wanted.map((name) => ({ mapping, namespace: undefined, name }))
  const print = resultPrinter(invocation)
  for (const node of await fetchObjects(invocation, targets)) {
    const current = listAt(node.object, 'spec', 'taints')
    const same = (a: Record<string, unknown>, b: Taint) =>
      a.key === b.key && (b.effect === '' || a.effect === b.effect)
    if (!flags.boolean('overwrite')) {
      const known = add.filter((item) => current.some((other) => same(other, item)))
      if (known.length > 0)
        throw new CliError(
          `node ${node.name} already has ${known.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
        )
    }
    for (const item of remove)
      if (!current.some((other) => same(other, item)))
        throw new CliError(
          `taint ${JSON.stringify(`${item.key}${item.effect ? `:${item.effect}` : ''}`)} not found`,
        )
    const kept = current.filter((other) => ![...add, ...remove].some((item) => same(other, item)))
    const added = add.map(({ key, value, effect }) => ({ key, effect, ...(value ? { value } : {}) }))
    const copy = clone(node.object)
    setAt(copy, ['spec', 'taints'], [...added, ...kept])
    const patched = await patchToMatch(invocation, node, copy, 'kubectl-taint')
    const operation =
      add.length > 0 && remove.length > 0 ? 'modified' : remove.length > 0 ? 'untainted' : 'tainted'
    await print(patched ?? copy, operation, mapping)
  }
}
