// What a running cluster costs: memory and disk of each of its containers, as the engine tells them.
import { z } from 'zod'
import { nodeVolume } from '../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import { type Figure, figure, mebibytes } from './figures.ts'
import type { KindBench } from './kind-clusters.ts'

const units: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** `1.2GiB`, `85.3MB (virtual 1.6GB)` */
function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)\s*([A-Za-z]+)/.exec(text.trim()) ?? []
  return Number(number) * (units[unit] ?? Number.NaN)
}

const diskSchema = z.object({
  Containers: z.array(z.object({ Names: z.string(), Size: z.string() })),
  Volumes: z.array(z.object({ Name: z.string(), Size: z.string() })),
})

export interface Cost {
  readonly figures: readonly Figure[]
  /** Bytes of memory that the engine counts for all containers: what decides how many clusters fit. */
  readonly memory: number
}

/** Of the only cluster that runs. Docker alone tells all of this. */
export async function measureCost({ engine, server }: KindBench, nodes: number): Promise<Cost> {
  const filter = `label=dev.fairlead.server=${server()}`
  const listed = await engine.run(['ps', '--filter', filter, '--format', '{{.Names}}'])
  const containers = listed.split('\n').filter(Boolean).sort()
  const stats = await engine.run([
    ...['stats', '--no-stream', '--format', '{{.Name}}\t{{.MemUsage}}'],
    ...containers,
  ])
  const used = new Map(stats.split('\n').map((line) => line.split('\t') as [string, string | undefined]))
  const disk = diskSchema.parse(
    JSON.parse(await engine.run(['system', 'df', '--verbose', '--format', '{{json .}}'])),
  )
  const rows = await Promise.all(
    containers.map(async (container) => {
      // Of every process in it; pages that several share count for each.
      const top = await engine.run(['top', container, '-eo', 'pid,rss'])
      const resident = top
        .split('\n')
        .slice(1)
        .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[1] ?? 0) * 1024, 0)
      const layer = disk.Containers.find(({ Names }) => Names === container)
      const volumes = disk.Volumes.filter(({ Name }) => Name === nodeVolume(container))
      return {
        role: container.replace(/^fairlead-\w+-\w+-/, ''),
        memory: bytesOf(used.get(container)?.split('/')[0] ?? ''),
        resident,
        disk: [layer, ...volumes].reduce((sum, one) => sum + (one ? bytesOf(one.Size) : 0), 0),
      }
    }),
  )
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0)
  const total = { memory: sum((row) => row.memory), resident: sum((row) => row.resident) }
  const say = (row: { memory: number; resident: number; disk: number }) =>
    `${mebibytes(row.memory)} (resident ${mebibytes(row.resident)}), disk ${mebibytes(row.disk)}`
  return {
    memory: total.memory,
    figures: [
      ...rows.map((row) => figure(`  ${nodes} node${nodes > 1 ? 's' : ''}: ${row.role}`, say(row))),
      figure(`memory of a cluster, ${nodes} node(s)`, say({ ...total, disk: sum((row) => row.disk) })),
    ],
  }
}

/** For the machine itself and the server, as open-kind-provider.ts leaves free. */
const rest = 2 * 2 ** 30

export function figureFit(memory: number): Figure {
  return figure(
    'clusters of 3 nodes in 16 GiB, 2 GiB left free',
    String(Math.floor((16 * 2 ** 30 - rest) / memory)),
  )
}
