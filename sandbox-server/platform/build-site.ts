// Builds the site before it is served, when it is missing or older than what it is made of.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { latestChange } from './files.ts'
import { repositoryRoot } from './repository.ts'

export class BuildError extends Error {}

const sources = [
  'src',
  'lessons',
  'public',
  'astro.config.mjs',
  'package.json',
  'sandbox-server/contract',
].map((path) => join(repositoryRoot, path))

/** Whether `site` has to be built. Every build writes index.html, so its time is the build's. */
export function isSiteStale(site: string): boolean {
  const index = join(site, 'index.html')
  return !existsSync(index) || latestChange([index]) < latestChange(sources)
}

/** Runs `astro build`. Throws BuildError with the end of its output. */
export async function buildSite(site: string): Promise<void> {
  const astro = join(repositoryRoot, 'node_modules/astro/bin/astro.mjs')
  if (!existsSync(astro)) {
    throw new BuildError('The packages are not installed. Run npm ci first.')
  }
  const output: string[] = []
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [astro, 'build', '--outDir', site], {
      cwd: repositoryRoot,
      env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (data: Buffer) => output.push(data.toString()))
    child.stderr.on('data', (data: Buffer) => output.push(data.toString()))
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })
  if (code !== 0) {
    const tail = output.join('').trimEnd().split('\n').slice(-25).join('\n')
    throw new BuildError(`The site cannot be built (astro build ended with ${code}):\n${tail}`)
  }
}
