// What an engine says of itself and of the machine that its containers run on.
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import type { ContainerEngine } from './engine.ts'

export interface EngineFacts {
  readonly version: string
  readonly isRootless: boolean
  readonly cgroupVersion: 1 | 2 | undefined
  /** Limits that containers cannot be given here: `memory`, `cpu`, `pids`. */
  readonly missingLimits: readonly string[]
  /** Where images and containers lie, as the engine's machine calls it. */
  readonly root: string | undefined
  /** Memory of the engine's machine, which on macOS and Windows is a virtual one. */
  readonly memoryBytes: number
  readonly cpus: number
  readonly architecture: string
}

/** `docker info` and `nerdctl info`, whose fields are Docker's. */
const dockerInfoSchema = z.object({
  ServerVersion: z.string().min(1),
  SecurityOptions: z.array(z.string()).nullish(),
  CgroupVersion: z.string().optional(),
  MemoryLimit: z.boolean().optional(),
  CpuCfsQuota: z.boolean().optional(),
  PidsLimit: z.boolean().optional(),
  DockerRootDir: z.string().optional(),
  MemTotal: z.number().optional(),
  NCPU: z.number().optional(),
  Architecture: z.string().optional(),
})

const podmanInfoSchema = z.object({
  host: z.object({
    arch: z.string().optional(),
    cpus: z.number().optional(),
    memTotal: z.number().optional(),
    cgroupVersion: z.string().optional(),
    cgroupControllers: z.array(z.string()).nullish(),
    security: z.object({ rootless: z.boolean().optional() }).optional(),
  }),
  store: z.object({ graphRoot: z.string().optional() }).optional(),
  version: z.object({ Version: z.string() }),
})

/** Throws AppError PROVIDER_FAILED where the engine does not answer. */
export async function readEngineFacts(engine: ContainerEngine, timeoutMs: number): Promise<EngineFacts> {
  const format = engine.name === 'podman' ? 'json' : '{{json .}}'
  const text = await engine.run(['info', '--format', format], { timeoutMs })
  try {
    const info: unknown = JSON.parse(text)
    return engine.name === 'podman' ? podmanFacts(info) : dockerFacts(info)
  } catch (cause) {
    const message = `${engine.program} info gives an answer that is not ${engine.name}'s.`
    throw new AppError('PROVIDER_FAILED', message, {
      hint: `Look at what ${engine.program} info says.`,
      log: text.slice(0, 4000),
      cause,
    })
  }
}

function dockerFacts(value: unknown): EngineFacts {
  const info = dockerInfoSchema.parse(value)
  const limits = { memory: info.MemoryLimit, cpu: info.CpuCfsQuota, pids: info.PidsLimit }
  return {
    version: info.ServerVersion,
    isRootless: info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false,
    cgroupVersion: cgroupVersionOf(info.CgroupVersion),
    missingLimits: Object.entries(limits).flatMap(([name, isThere]) => (isThere === false ? [name] : [])),
    root: info.DockerRootDir,
    memoryBytes: info.MemTotal ?? 0,
    cpus: info.NCPU ?? 1,
    architecture: info.Architecture ?? '',
  }
}

function podmanFacts(value: unknown): EngineFacts {
  const { host, store, version } = podmanInfoSchema.parse(value)
  const controllers = host.cgroupControllers
  return {
    version: version.Version,
    isRootless: host.security?.rootless ?? false,
    cgroupVersion: cgroupVersionOf(host.cgroupVersion),
    missingLimits: controllers ? ['memory', 'cpu', 'pids'].filter((name) => !controllers.includes(name)) : [],
    root: store?.graphRoot,
    memoryBytes: host.memTotal ?? 0,
    cpus: host.cpus ?? 1,
    architecture: host.arch ?? '',
  }
}

function cgroupVersionOf(text: string | undefined): 1 | 2 | undefined {
  if (text?.endsWith('2')) return 2
  return text?.endsWith('1') ? 1 : undefined
}
