// Builds the image of the learner's terminal from toolbox/.
import { join } from 'node:path'
import { repositoryRoot } from '../../../platform/repository.ts'
import type { ContainerEngine } from '../engine/engine.ts'

export interface ToolboxImageOptions {
  /** An image that has the programs already; left out, it is made first, which needs a network. */
  readonly base?: string | undefined
  readonly tag: string
  readonly signal?: AbortSignal | undefined
}

/** Downloads of the programs included. */
const timeoutMs = 15 * 60_000

export async function buildToolboxImage(
  engine: ContainerEngine,
  options: ToolboxImageOptions,
): Promise<void> {
  const { tag, signal } = options
  const folder = join(repositoryRoot, 'toolbox')
  const run = { timeoutMs, ...(signal && { signal }) }
  const base = options.base ?? `${tag}-tools`
  if (options.base === undefined) await engine.run(['build', '--tag', base, join(folder, 'tools')], run)
  await engine.run(['build', '--build-arg', `BASE=${base}`, '--tag', tag, folder], run)
}
