// How long clusters of each configuration took lately, kept over restarts, so that a learner is told what to expect.
import { z } from 'zod'
import { type ClusterSpec, clusterSpecSchema } from '../../../contract/lesson.ts'

export type TimedWork = 'create' | 'wake'

export interface Timings {
  /** Milliseconds. From clusters of other configurations where none of this was made yet. */
  expected(spec: ClusterSpec, work?: TimedWork): number
  measured(spec: ClusterSpec, tookMs: number, work?: TimedWork): void
}

/** A small file of the data directory. */
export interface TimingsFile {
  read(): string | undefined
  write(text: string): void
}

const schema = z.record(z.string(), z.number().positive())
const measuredSchema = clusterSpecSchema.extend({ work: z.enum(['create', 'wake']) })

/** How much the newest counts. */
const weight = 0.3

export function createTimings(file: TimingsFile): Timings {
  const means = new Map(Object.entries(readMeans(file.read())))
  return {
    expected: (spec, work = 'create') =>
      Math.round(means.get(keyOf(spec, work)) ?? guess(spec, work) * pace(means)),
    measured: (spec, tookMs, work = 'create') => {
      const key = keyOf(spec, work)
      const mean = means.get(key)
      means.set(key, Math.round(mean === undefined ? tookMs : mean + weight * (tookMs - mean)))
      file.write(JSON.stringify(Object.fromEntries(means)))
    },
  }
}

/** A file that cannot be read costs nothing but an estimate. */
function readMeans(text: string | undefined): Record<string, number> {
  try {
    return schema.parse(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

/** What costs time, in words that can be read back: `create 3 kindnet iptables traefik none ipv4`. */
function keyOf(spec: ClusterSpec, work: TimedWork): string {
  return [work, spec.nodes, spec.cni, spec.kubeProxy, spec.ingress, spec.loadBalancer, spec.ipFamily].join(
    ' ',
  )
}

/** Milliseconds on two cores, where nothing was measured yet. */
function guess(spec: ClusterSpec, work: TimedWork): number {
  if (work === 'wake') return 12_000 + 2_000 * (spec.nodes - 1)
  const plugin = spec.cni === 'kindnet' || spec.cni === 'none' ? 0 : 15_000
  const addOns = (spec.ingress === 'none' ? 0 : 5_000) + (spec.loadBalancer === 'none' ? 0 : 8_000)
  return 20_000 + 5_000 * (spec.nodes - 1) + plugin + addOns
}

/** How this machine compares with the guess, from everything that was measured. */
function pace(means: ReadonlyMap<string, number>): number {
  const ratios = [...means].flatMap(([key, mean]) => {
    const [work, nodes, cni, kubeProxy, ingress, loadBalancer, ipFamily] = key.split(' ')
    const spec = { nodes: Number(nodes), cni, kubeProxy, ingress, loadBalancer, ipFamily }
    const parsed = measuredSchema.safeParse({ ...spec, work })
    return parsed.success ? [mean / guess(parsed.data, parsed.data.work)] : []
  })
  return ratios.length === 0 ? 1 : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
}
