// The node image of each cluster configuration, made ahead or at first need, and what could not be put into it.
import { AppError } from '../../../contract/errors.ts'
import type { ClusterSpec } from '../../../contract/lesson.ts'
import { addOnsOf } from '../add-ons/add-ons-of.ts'
import { addOnImages } from '../add-ons/manifest-of.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import type { KindSettings } from '../settings.ts'
import { findImage } from './local-images.ts'
import { type PreparedNodeImage, prepareNodeImage } from './node-image.ts'
import { imagesOf } from './wanted-images.ts'

export interface NodeImagesOptions {
  readonly engine: ContainerEngine
  readonly settings: Pick<KindSettings, 'nodeImage'>
  /** Of lessons/images.yaml. */
  readonly lessonImages: readonly string[]
  /** Folder with the manifests that are not shipped. */
  readonly manifests: string | undefined
  /** Told once of every image that is neither in the node image nor in the engine. */
  readonly onMissing: (image: string) => void
}

export interface NodeImages {
  /** Throws AppError PROVIDER_FAILED where the node image, or an image without which the cluster cannot start, is not here. */
  imageFor(spec: ClusterSpec): Promise<string>
  /** Found missing so far. */
  readonly missing: ReadonlySet<string>
}

export function createNodeImages(options: NodeImagesOptions): NodeImages {
  const { engine, settings, onMissing } = options
  const missing = new Set<string>()
  const known = new Map<string, Promise<PreparedNodeImage>>()

  async function prepare(images: readonly string[]): Promise<PreparedNodeImage> {
    const prepared = await prepareNodeImage(engine, { nodeImage: settings.nodeImage, images })
    for (const image of prepared.missing) {
      if (!missing.has(image)) onMissing(image)
      missing.add(image)
    }
    for (const image of images) if (!prepared.missing.includes(image)) missing.delete(image)
    return prepared
  }

  return {
    missing,
    async imageFor(spec) {
      const images = imagesOf(spec, options)
      const key = [...images].sort().join(' ')
      const earlier = await known.get(key)
      // Whoever fetches what was missing, or removes what was made, needs no restart.
      const isStill = earlier && earlier.missing.length === 0 && (await findImage(engine, earlier.image))
      if (isStill) return earlier.image
      const preparing = prepare(images)
      known.set(key, preparing)
      preparing.catch(() => known.delete(key))
      const prepared = await preparing
      refuseWithout(prepared.missing, spec, options.manifests)
      return prepared.image
    },
  }
}

/** What a lesson lacks shows in its pods; an add-on would be waited for in vain. */
function refuseWithout(missing: readonly string[], spec: ClusterSpec, manifests: string | undefined): void {
  for (const addOn of addOnsOf(spec)) {
    const lacking = addOnImages(addOn, manifests).filter((image) => missing.includes(image))
    if (lacking.length === 0) continue
    throw new AppError(
      'PROVIDER_FAILED',
      `${addOn.name} needs ${lacking.join(' and ')}, which this machine does not have.`,
      {
        hint: 'fairlead images pull fetches it, fairlead images load takes it from a bundle.',
      },
    )
  }
}
