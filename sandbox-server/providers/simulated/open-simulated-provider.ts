// Opens the simulated provider with its HTTPS server, whose certificates outlive the process where there is room to keep them.
import { isIP } from 'node:net'
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { loadParser } from '../../simulator/shell/interpreter/parse.ts'
import type { ClusterProvider } from '../provider.ts'
import type { ProviderOptions, Secrets } from '../provider-options.ts'
import type { ApiServer } from './api-server.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type ServeApiOptions, serveApi } from './serve-api.ts'
import { createSimulatedProvider } from './simulated-provider.ts'

const keptSchema = z.object({
  names: z.array(z.string()),
  madeAt: z.number(),
  certificates: z.object({
    authority: z.string(),
    serverCertificate: z.string(),
    serverKey: z.string(),
  }),
})

const keptName = 'api-certificates.json'
/** Certificates are valid for a year. */
const renewAfterMs = 300 * 86_400_000

/** Throws AppError PROVIDER_FAILED where the port is taken. */
export async function openSimulatedProvider({ timers, api }: ProviderOptions): Promise<ClusterProvider> {
  const { host, port, secrets, atRoot, orAnyPort } = api
  // The shell's parser takes a fifth of a second to load: not the first learner's.
  await loadParser()
  const names = [...new Set([isWildcard(host) ? '127.0.0.1' : host, 'localhost', '127.0.0.1'])]
  const certificates = await keptCertificates(names, secrets, timers.now())
  const secret = secrets && Buffer.from(secrets.secret('api-secret')).toString('hex')
  const publicHost = isWildcard(host) ? '127.0.0.1' : undefined
  const options = { host, secret, certificates, atRoot, publicHost }
  return createSimulatedProvider({ timers, api: await listen(options, port, orAnyPort ?? false) })
}

async function listen(options: ServeApiOptions, port: number, orAnyPort: boolean): Promise<ApiServer> {
  try {
    return await serveApi({ ...options, port })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw cause
    if (orAnyPort) return await serveApi({ ...options, port: 0 })
    throw new AppError('PROVIDER_FAILED', `Port ${port}, where kubectl would reach clusters, is in use.`, {
      hint: `Choose another one: --api-port ${port + 1} (0 for any free one).`,
      cause,
    })
  }
}

const isWildcard = (host: string) => isIP(host) !== 0 && /^(0\.0\.0\.0|::)$/.test(host)

async function keptCertificates(
  names: readonly string[],
  secrets: Secrets | undefined,
  now: number,
): Promise<Certificates> {
  const kept = keptSchema.safeParse(parseJson(secrets?.readText(keptName)))
  const isUsable =
    kept.success &&
    now - kept.data.madeAt < renewAfterMs &&
    names.every((name) => kept.data.names.includes(name))
  if (isUsable) return kept.data.certificates
  const certificates = await makeCertificates(names)
  secrets?.writeText(keptName, JSON.stringify({ names, madeAt: now, certificates }))
  return certificates
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined // Half-written by a process that was killed: new ones are made.
  }
}
