// `fairlead cluster check`: what this machine can make clusters of, and what mends what is missing.
import { defineCommand } from 'citty'
import { checkProviders } from '../main.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { environment } from '../platform/process.ts'
import { table } from './table.ts'

export const clusterCheck = defineCommand({
  meta: {
    name: 'check',
    description:
      'Say what clusters can be made of on this machine, what is missing and what mends it. Exit code 1 where something is missing.',
  },
  async run() {
    const found = await checkProviders(readConfig({}, environment), createLog('warn'))
    const rows = found.flatMap(({ name, availability, capacity }): string[][] => {
      const first = [name, availability.available ? 'yes' : 'no', roomOf(availability.available, capacity)]
      const { missing } = availability
      if (missing.length === 0) return [[...first, '', '']]
      return missing.map(({ what, mend }, index) => [...(index === 0 ? first : ['', '', '']), what, mend])
    })
    process.stdout.write(table(['CLUSTERS', 'AVAILABLE', 'AT ONCE', 'MISSING', 'MENDED BY'], rows))
    return found.every(({ availability }) => availability.available) ? 0 : 1
  },
})

function roomOf(available: boolean, capacity: number): string {
  if (!available) return ''
  return Number.isFinite(capacity) ? String(capacity) : 'many'
}
