// kubectl top. Needs the metrics API, which is not simulated: says so as kubectl does without one.
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import { allNamespacesFlag, selectorFlag } from '../flags.ts'

const unavailable = async () => {
  throw new CliError('Metrics API not available')
}
const flags = {
  ...selectorFlag,
  ...allNamespacesFlag,
  containers: { type: 'boolean', default: 'false', summary: 'Per container' },
  'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
  'sort-by': { type: 'string', default: '', summary: 'cpu or memory', values: ['cpu', 'memory'] },
} as const

export const topCommand: KubectlCommand = {
  name: 'top',
  summary: 'Display resource (CPU/memory) usage',
  description:
    'Metrics are not simulated: simulated containers use no CPU and memory that could be measured.',
  group: 'Cluster Management Commands',
  subcommands: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      summary: 'Display resource (CPU/memory) usage of nodes',
      usage: '[NAME | -l label]',
      flags,
      arguments: 'nodes',
      run: unavailable,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      summary: 'Display resource (CPU/memory) usage of pods',
      usage: '[NAME | -l label]',
      flags,
      arguments: 'pods',
      run: unavailable,
    },
  ],
}
