// kubectl scale. Source: kubectl/pkg/cmd/scale/scale.go, pkg/scale.
import { sendPatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, throwAll } from '../errors.ts'
import { dryRunFlag, fileFlags, printFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { numberAt } from '../object.ts'
import { resultPrinter } from '../output/printer.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'

export const scaleCommand: KubectlCommand = {
  name: 'scale',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  group: 'Deploy Commands',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  examples: [
    ['Three replicas', 'kubectl scale --replicas=3 deployment/web'],
    ['Only if there are two now', 'kubectl scale --current-replicas=2 --replicas=3 deployment/web'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...dryRunFlag,
    ...printFlags,
    all: { type: 'boolean', default: 'false', summary: 'All objects of the type in the namespace' },
    'current-replicas': { type: 'integer', default: '-1', summary: 'Scale only from this size' },
    replicas: { type: 'integer', default: '0', summary: 'The new size. Required.' },
    'resource-version': { type: 'string', default: '', summary: 'Scale only this version of the object' },
    timeout: {
      type: 'duration',
      default: '0s',
      summary: 'How long to wait for the new size; 0 does not wait',
    },
  },
  arguments: 'types-and-names',
  resourceTypes: ['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'],
  run: scale,
}

async function scale(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const replicas = flags.integer('replicas')
  if (!flags.has('replicas')) throw new CliError('required flag(s) "replicas" not set')
  if (replicas < 0)
    throw new CliError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    typeAloneMeansAll: flags.boolean('all'),
    missing: missingResources,
  })
  const errors: unknown[] = []
  const found = await fetchObjects(invocation, targets, (error) => errors.push(error))
  if (found.length === 0 && errors.length === 0) throw new CliError('no objects passed to scale')
  const print = resultPrinter(invocation)
  for (const item of found)
    try {
      const expected = flags.integer('current-replicas')
      const current = numberAt(item.object, 'spec', 'replicas') ?? 1
      if (expected >= 0 && current !== expected)
        throw new CliError(`Expected replicas to be ${expected}, was ${current}`)
      const version = flags.string('resource-version')
      if (version && item.object.metadata?.resourceVersion !== version)
        throw new CliError(
          `Expected resource version to be ${version}, was ${item.object.metadata?.resourceVersion}`,
        )
      if (invocation.dryRun !== 'client')
        await sendPatch(
          invocation,
          item,
          'merge',
          JSON.stringify({ spec: { replicas } }),
          'kubectl-scale',
          'scale',
        )
      await print(item.object, 'scaled', item.mapping)
    } catch (error) {
      errors.push(error)
    }
  throwAll(errors)
}
