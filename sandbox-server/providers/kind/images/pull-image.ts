// Brings one image onto this machine: pulled, or built where it is our own.
import type { ContainerEngine } from '../engine/engine.ts'
import { buildToolboxImage } from '../toolbox/build-image.ts'
import { portableImageName } from './image-name.ts'
import { findImage } from './local-images.ts'
import type { WantedImage } from './wanted-images.ts'

export type PullOutcome = 'is here' | 'pulled' | 'built'

export interface PullOptions {
  /** An image with the toolbox's programs; made first where left out. */
  readonly toolboxBase?: string | undefined
  readonly signal: AbortSignal
}

/** A node image is some 500 MB compressed. */
const timeoutMs = 30 * 60_000

/** Throws AppError PROVIDER_FAILED with what the engine said. */
export async function pullImage(
  engine: ContainerEngine,
  { name, kind }: WantedImage,
  { toolboxBase, signal }: PullOptions,
): Promise<PullOutcome> {
  const found = await findImage(engine, name, { signal })
  if (found) {
    await tagPortable(engine, name, found.name)
    return 'is here'
  }
  if (kind === 'toolbox') {
    await buildToolboxImage(engine, { tag: name, base: toolboxBase, signal })
    return 'built'
  }
  await engine.run(['pull', name], { signal, timeoutMs })
  await tagPortable(engine, name, name)
  return 'pulled'
}

/** So that a bundle can hold it, see portableImageName. */
async function tagPortable(engine: ContainerEngine, name: string, local: string): Promise<void> {
  const portable = portableImageName(name)
  if (portable !== name && local !== portable) await engine.run(['tag', local, portable])
}
