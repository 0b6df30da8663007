// Fetches the manifests of add-ons that Fairlead does not carry into a folder, each held to its digest where one is known.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { findProgram, runCommand } from '../../../platform/commands.ts'
import { readText, replaceFile } from '../../../platform/files.ts'
import type { AddOn, UpstreamManifest } from '../add-ons/add-on.ts'

const timeoutMs = 120_000

export type ManifestOutcome = 'is here' | 'fetched'

/** Throws AppError PROVIDER_FAILED with what the operator can do instead. */
export async function fetchManifest(
  { name, version, manifest }: AddOn & { readonly manifest: UpstreamManifest },
  folder: string,
  signal: AbortSignal,
): Promise<ManifestOutcome> {
  const path = join(folder, manifest.file)
  if (readText(path) !== undefined) return 'is here'
  const text =
    'url' in manifest.source
      ? await download(manifest.source.url, signal)
      : await print(manifest, path, signal)
  const problem = manifestProblem(manifest, text)
  if (problem !== undefined) {
    throw new AppError(
      'PROVIDER_FAILED',
      `The manifest of ${name} ${version} is not what it must be: ${problem}`,
    )
  }
  replaceFile(path, text)
  return 'fetched'
}

/** Why a text cannot be that manifest; undefined where it can. */
export function manifestProblem({ source }: UpstreamManifest, text: string): string | undefined {
  if (!('sha256' in source)) return text.includes('apiVersion:') ? undefined : 'it holds no object.'
  const found = createHash('sha256').update(text).digest('hex')
  return found === source.sha256 ? undefined : `its SHA-256 is ${found}, not ${source.sha256}.`
}

async function download(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return await response.text()
  } catch (cause) {
    signal.throwIfAborted()
    const { message, cause: reason } = cause as Error
    const said = reason instanceof Error ? reason.message : message
    throw new AppError('PROVIDER_FAILED', `${url} cannot be fetched: ${said}`, { cause })
  }
}

async function print({ source }: UpstreamManifest, path: string, signal: AbortSignal): Promise<string> {
  if (!('program' in source)) return ''
  const { program, args } = source
  if (findProgram(program) === undefined) {
    throw new AppError(
      'PROVIDER_FAILED',
      `${program} is not installed here, and only it can make this manifest.`,
      {
        hint: `On a machine that has it: ${program} ${args.join(' ')} >${path}`,
      },
    )
  }
  const { stdout, stderr, exitCode } = await runCommand(program, args, { signal, timeoutMs })
  if (exitCode === 0) return new TextDecoder().decode(stdout)
  throw new AppError('PROVIDER_FAILED', `${program} failed: ${stderr.trim()}`, { log: stderr })
}
