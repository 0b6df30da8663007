// kubectl autoscale. Source: kubectl/pkg/cmd/autoscale/autoscale.go.
import type { KubectlCommand } from '../command.ts'
import { apiVersionOf } from '../discovery.ts'
import { CliError } from '../errors.ts'
import { fileFlags } from '../flags.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'
import { createFlags, createObject, kinds } from './create/objects.ts'

export const autoscaleCommand: KubectlCommand = {
  name: 'autoscale',
  summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  group: 'Deploy Commands',
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  examples: [['Between two and five', 'kubectl autoscale deployment web --min=2 --max=5 --cpu=80%']],
  flags: {
    ...fileFlags,
    ...createFlags,
    cpu: { type: 'string', default: '', summary: 'Target, such as 80% or 500m' },
    'cpu-percent': { type: 'integer', default: '-1', summary: 'Target in percent of the request' },
    max: { type: 'integer', default: '-1', summary: 'Most pods. Required.' },
    memory: { type: 'string', default: '', summary: 'Target, such as 60% or 64Mi' },
    min: { type: 'integer', default: '-1', summary: 'Fewest pods' },
    name: { type: 'string', default: '', summary: 'Name of the autoscaler' },
  },
  arguments: 'types-and-names',
  resourceTypes: ['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'],
  run: async (invocation) => {
    const { flags, args } = invocation
    const max = flags.integer('max')
    const min = flags.integer('min')
    if (!flags.has('max')) throw new CliError('required flag(s) "max" not set')
    if (max < 1) throw new CliError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
    if (max < min)
      throw new CliError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
    const targets = await resolveTargets(invocation, args, { missing: missingResources })
    for (const { mapping, name } of await fetchObjects(invocation, targets)) {
      const cpu =
        flags.string('cpu') || (flags.integer('cpu-percent') >= 0 ? `${flags.integer('cpu-percent')}%` : '')
      const metrics = [metric('cpu', cpu), metric('memory', flags.string('memory'))].filter(
        (item) => item !== undefined,
      )
      await createObject(invocation, {
        kind: kinds.autoscaler,
        operation: 'autoscaled',
        fieldManager: 'kubectl-autoscale',
        object: {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: flags.string('name') || name },
          spec: {
            maxReplicas: max,
            ...(metrics.length > 0 ? { metrics } : {}),
            ...(min > 0 ? { minReplicas: min } : {}),
            scaleTargetRef: { apiVersion: apiVersionOf(mapping), kind: mapping.kind, name },
          },
          status: { currentMetrics: null, desiredReplicas: 0 },
        },
      })
    }
  },
}

function metric(name: string, target: string): Record<string, unknown> | undefined {
  if (target === '') return undefined
  const percent = /^(\d+)%$/.exec(target)?.[1]
  return {
    type: 'Resource',
    resource: {
      name,
      target: percent
        ? { type: 'Utilization', averageUtilization: Number(percent) }
        : { type: 'AverageValue', averageValue: target },
    },
  }
}
