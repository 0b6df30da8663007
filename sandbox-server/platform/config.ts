// The server's settings, from flags and FAIRLEAD_* variables, parsed once with errors that name the flag.
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { repositoryRoot } from './repository.ts'

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const configSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: number(0, 65535).default(4780),
  /** HTTPS port of the clusters' API servers, for kubectl; left out, the one after `port` or any free one. */
  apiPort: number(0, 65535).optional(),
  /** Where learners reach the server, when a proxy stands before it: https://learn.example.com */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Where learners' kubectl reaches `apiPort`, when that is neither `host` nor the host of `publicUrl`, or another port. */
  apiUrl: z.url({ protocol: /^https$/ }).optional(),
  /** Trust X-Forwarded-For of a proxy in front. */
  trustProxy: z.boolean().default(false),
  data: z.string().min(1).default('.fairlead'),
  site: z.string().min(1).default(join(repositoryRoot, 'dist')),
  lessons: z.string().min(1).default(join(repositoryRoot, 'lessons')),
  /** What clusters can be made of; `auto`: simulated ones, and real ones by kind wherever that works. */
  clusters: z.enum(['auto', 'simulated', 'kind']).default('auto'),
  /** What they are made of where both will do and the learner does not choose. */
  defaultClusters: z.enum(['simulated', 'kind']).default('simulated'),
  kindNodeImage: z.string().min(1).optional(),
  toolboxImage: z.string().min(1).optional(),
  /** Every kind cluster's network is a /24 of this. */
  kindSubnets: z.cidrv4().optional(),
  /** Left out, as many as the machine's memory allows. */
  maxKindClusters: number(1, 256).optional(),
  /** Clusters kept ready of each configuration in use. */
  warm: number(0, 64).optional(),
  /** Days until a suspended cluster that nobody used is removed. */
  keepDays: number(1, 3650).default(7),
  maxSandboxes: number(1, 10_000).default(200),
  maxSandboxesPerLearner: number(1, 100).default(5),
  idleMinutes: number(1, 1440).default(60),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
})
export type Config = z.infer<typeof configSchema>
export type ConfigInput = { readonly [K in keyof Config]?: unknown }

export class ConfigError extends Error {}

/** Flags win over environment variables; both win over the defaults. Throws ConfigError naming flag and variable. */
export function readConfig(flags: ConfigInput, environment: NodeJS.ProcessEnv): Config {
  const given: Record<string, unknown> = {}
  for (const key of Object.keys(configSchema.shape)) {
    const variable = environment[variableName(key)]
    const flag = (flags as Record<string, unknown>)[key]
    if (flag !== undefined) given[key] = flag
    else if (variable !== undefined) given[key] = key === 'trustProxy' ? variable === 'true' : variable
  }
  const parsed = configSchema.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? '')
      return `--${kebab(key)} (${variableName(key)}): ${issue.message}; got ${JSON.stringify(given[key])}`
    })
    throw new ConfigError(lines.join('\n'))
  }
  const { data, site, lessons } = parsed.data
  return { ...parsed.data, data: resolve(data), site: resolve(site), lessons: resolve(lessons) }
}

/** The settings of kind clusters as the kind provider reads them, flags over variables. */
export function kindVariables(config: Config, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { kindNodeImage, toolboxImage, kindSubnets, maxKindClusters, warm } = config
  const set = { kindNodeImage, toolboxImage, kindSubnets, maxKindClusters, warm }
  const given = Object.entries(set).flatMap(([key, value]) =>
    value === undefined ? [] : [[variableName(key), String(value)]],
  )
  return { ...environment, ...Object.fromEntries(given) }
}

/** Variables of kind's settings that flags name more shortly. */
const otherNames: Readonly<Record<string, string>> = {
  toolboxImage: 'FAIRLEAD_KIND_TOOLBOX_IMAGE',
  maxKindClusters: 'FAIRLEAD_KIND_MAX_CLUSTERS',
  warm: 'FAIRLEAD_KIND_WARM',
}

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const variableName = (key: string) =>
  otherNames[key] ?? `FAIRLEAD_${kebab(key).replaceAll('-', '_').toUpperCase()}`
