// What an operator can set of kind clusters: images, addresses, how many, and what each container may use.
import { z } from 'zod'
import { ConfigError } from '../../platform/config.ts'
import { version } from '../../platform/repository.ts'

/** The newest Kubernetes of kind v0.33.0, from its pkg/apis/config/defaults/image.go. Only with its digest is it the image of that release. */
export const stockNodeImage =
  'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5'

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const mebibytes = (least: number) => count(least, 1024 * 1024)
const cpus = z.coerce.number().min(0.1).max(1024)
const image = z.string().regex(/^[a-z0-9][^\s]*$/, 'is no image')

/** An IPv4 network that holds at least one /24: `10.201.0.0/16`. */
const subnets = z.cidrv4().refine((range) => Number(range.split('/')[1]) <= 24, 'must hold at least one /24')

export const kindSettingsSchema = z.strictObject({
  /** Which container engine; `auto` takes the first of docker, podman, nerdctl that answers. */
  engine: z.enum(['auto', 'docker', 'podman', 'nerdctl']).default('auto'),
  nodeImage: image.default(stockNodeImage),
  /** Built by `fairlead images pull` where it is not there. */
  toolboxImage: image.default(`fairlead/toolbox:${version}`),
  /** Folder with the manifests of add-ons that are not shipped; `manifests` in the data directory where left out. */
  manifests: z.string().min(1).optional(),
  /** Every cluster's network is a /24 of it. Outside of pods (10.244.0.0/16) and Services (10.96.0.0/16). */
  subnets: subnets.default('10.201.0.0/16'),
  /** Clusters at the same time; left out, as many as fit in the machine's memory. */
  maxClusters: count(1, 256).optional(),
  /** Clusters kept ready ahead of their learners, of the configurations in most demand. */
  warm: count(0, 64).default(1),
  /** Limits of each node container. Without memory and CPUs it may use all of the machine. */
  nodeMemoryMb: mebibytes(768).optional(),
  nodeCpus: cpus.optional(),
  /** Of processes and threads: a control plane without load has some 400. */
  nodePids: count(1024, 4_000_000).default(8192),
  /** Limits of each learner's terminal container. */
  toolboxMemoryMb: mebibytes(64).default(512),
  toolboxCpus: cpus.default(1),
  toolboxPids: count(32, 100_000).default(256),
})
export type KindSettings = z.infer<typeof kindSettingsSchema>

/** From FAIRLEAD_KIND_* variables. Throws ConfigError naming the variable. */
export function readKindSettings(environment: Readonly<Record<string, string | undefined>>): KindSettings {
  const given: Record<string, string> = {}
  for (const key of Object.keys(kindSettingsSchema.shape)) {
    const value = environment[kindVariable(key)]
    if (value !== undefined && value !== '') given[key] = value
  }
  const parsed = kindSettingsSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0] ?? '')
    return `${kindVariable(key)}: ${issue.message}; got ${JSON.stringify(given[key])}`
  })
  throw new ConfigError(lines.join('\n'))
}

/** `nodeMemoryMb` is FAIRLEAD_KIND_NODE_MEMORY_MB. */
export function kindVariable(setting: string): string {
  return `FAIRLEAD_KIND_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}
