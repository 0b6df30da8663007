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
  provider: z.enum(['simulated', 'kind', 'kubernetes']).default('simulated'),
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

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const variableName = (key: string) => `FAIRLEAD_${kebab(key).replaceAll('-', '_').toUpperCase()}`
