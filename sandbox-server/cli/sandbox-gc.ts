// `fairlead sandbox gc`: what servers left behind in the container engine; removes what nobody owns.
import { defineCommand } from 'citty'
import { collectKindGarbage } from '../main.ts'
import { readConfig } from '../platform/config.ts'
import { environment } from '../platform/process.ts'
import { table } from './table.ts'

export const sandboxGc = defineCommand({
  meta: {
    name: 'gc',
    description:
      'Remove clusters that a dead server left and no learner owns. Exit code 1 where one could not be removed.',
  },
  args: {
    'dry-run': { type: 'boolean', default: false, description: 'Only say what would be removed' },
    data: { type: 'string', description: 'The data directory (default ./.fairlead)', valueHint: 'FOLDER' },
    'all-servers': {
      type: 'boolean',
      default: false,
      description: "Also what other servers' data directories on this machine no longer know",
    },
  },
  async run({ args }) {
    const config = readConfig({ data: args.data }, environment)
    const clusters = await collectKindGarbage(config, {
      isDry: args['dry-run'],
      allServers: args['all-servers'],
    })
    if (clusters.length === 0) {
      process.stdout.write('Nothing of Fairlead is in the container engine.\n')
      return 0
    }
    const rows = clusters.map((one) => [
      one.name,
      `${one.containers} (${one.running} running)`,
      String(one.networks),
      String(one.volumes),
      one.phase,
      one.owner ?? 'nobody',
      `${one.outcome}: ${one.why}`,
    ])
    const head = ['CLUSTER', 'CONTAINERS', 'NETWORKS', 'VOLUMES', 'RECORD', 'OWNER', 'OUTCOME']
    process.stdout.write(table(head, rows))
    const count = (outcome: string) => clusters.filter((one) => one.outcome === outcome).length
    const failed = count('failed')
    const gone = args['dry-run']
      ? `${count('to be removed')} would be removed`
      : `${count('removed')} ${count('removed') === 1 ? 'was' : 'were'} removed`
    process.stdout.write(
      `Of ${clusters.length} ${clusters.length === 1 ? 'cluster' : 'clusters'} ${gone}, ${count('kept')} kept${failed > 0 ? `, and ${failed} could not be removed` : ''}.\n`,
    )
    return failed > 0 ? 1 : 0
  },
})
