// The certificate authority that learners' kubeconfigs trust, kept where there is room so that yesterday's still work.
import { z } from 'zod'
import { type CertifiedKey, makeAuthority, makeServerCertificate } from './certificates.ts'

/** What the data directory keeps. */
export interface Secrets {
  /** A random secret that is made once and kept. */
  secret(name: string): Uint8Array
  readText(name: string): string | undefined
  writeText(name: string, text: string): void
}

const keptSchema = z.strictObject({ certificate: z.string(), key: z.string() })
const keptName = 'api-authority.json'

export async function keptAuthority(secrets: Secrets | undefined): Promise<CertifiedKey> {
  const kept = keptSchema.safeParse(parseJson(secrets?.readText(keptName)))
  if (kept.success && (await canSign(kept.data))) return kept.data
  const authority = await makeAuthority()
  secrets?.writeText(keptName, JSON.stringify(authority))
  return authority
}

async function canSign(authority: CertifiedKey): Promise<boolean> {
  try {
    await makeServerCertificate(authority, ['localhost'])
    return true
  } catch {
    return false // What was kept is damaged: a new one is made, and old kubeconfigs have to be downloaded again.
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined // Half-written by a process that was killed: a new one is made.
  }
}
