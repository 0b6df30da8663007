// What `fairlead images` does, on the engine of this machine.
import { join } from 'node:path'
import type { ClusterSpec } from '../../../contract/lesson.ts'
import type { AddOn, UpstreamManifest } from '../add-ons/add-on.ts'
import { addOns } from '../add-ons/add-ons-of.ts'
import { manifestOf } from '../add-ons/manifest-of.ts'
import { requireEngine } from '../engine/open-engine.ts'
import { readKindSettings } from '../settings.ts'
import { type Bundle, loadBundle, saveBundle } from './bundle.ts'
import { readLessonImages } from './lesson-images.ts'
import { findImages } from './local-images.ts'
import { type PullOptions, pullImage } from './pull-image.ts'
import { removePrepared } from './remove-prepared.ts'
import { fetchManifest } from './upstream-manifests.ts'
import { addOnsIn, wantedImages } from './wanted-images.ts'

export interface ImagesOptions {
  /** The folder of lessons. */
  readonly lessons: string
  /** What exercises ask for. */
  readonly specs: readonly ClusterSpec[]
  /** Every add-on, not only those that exercises ask for. */
  readonly isAll: boolean
  /** The data directory. */
  readonly data: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** An image, or the manifest of an add-on that names more of them. */
export interface Listed {
  readonly name: string
  readonly purpose: string
  /** Undefined where it is not on this machine. */
  readonly bytes: number | undefined
}

export interface Pulled {
  readonly name: string
  readonly purpose: string
  /** `is here`, `pulled`, `built`, `fetched`; undefined where it failed. */
  readonly outcome: string | undefined
  readonly error?: unknown
}

export interface Images {
  list(): Promise<readonly Listed[]>
  /** Everything that can be had; what cannot does not stop the rest. Told one by one. */
  pull(onPulled: (pulled: Pulled) => void, options: Pick<PullOptions, 'toolboxBase'>): Promise<void>
  /** Throws AppError PROVIDER_FAILED where something is not here. */
  save(file: string): Promise<Bundle>
  load(file: string): Promise<Bundle>
  /** Removes prepared node images that no container uses; gives their names. The next cluster that needs one makes it again. */
  prune(): Promise<readonly string[]>
}

/** Where manifests that are not shipped are kept, unless settings say otherwise. */
export const manifestFolder = (data: string): string => join(data, 'manifests')

/** Throws ConfigError, and AppError PROVIDER_FAILED where no container engine answers. */
export async function openImages(options: ImagesOptions): Promise<Images> {
  const { lessons, specs, isAll, data, environment, signal } = options
  const settings = readKindSettings(environment)
  const engine = await requireEngine(settings.engine === 'auto' ? undefined : settings.engine)
  const manifests = settings.manifests ?? manifestFolder(data)
  const chosen = isAll ? addOns : addOnsIn(specs)
  const upstream = chosen.filter(isUpstream)
  const lessonImages = readLessonImages(lessons).map(({ name }) => name)
  // Anew each time: a manifest that was fetched meanwhile names more of them.
  const wanted = () => wantedImages({ settings, lessonImages, addOns: chosen, manifests })

  return {
    async list() {
      const images = wanted()
      const found = await findImages(
        engine,
        images.map(({ name }) => name),
        { signal },
      )
      return [
        ...images.map(({ name, purpose }) => ({ name, purpose, bytes: found.get(name)?.bytes })),
        ...upstream.map((addOn) => ({
          name: addOn.manifest.file,
          purpose: addOn.name,
          bytes: manifestOf(addOn, manifests)?.length,
        })),
      ]
    },
    async pull(onPulled, { toolboxBase }) {
      const attempt = async (name: string, purpose: string, act: () => Promise<string>) => {
        try {
          onPulled({ name, purpose, outcome: await act() })
        } catch (error) {
          signal.throwIfAborted()
          onPulled({ name, purpose, outcome: undefined, error })
        }
      }
      for (const addOn of upstream)
        await attempt(addOn.manifest.file, addOn.name, () => fetchManifest(addOn, manifests, signal))
      for (const image of wanted())
        await attempt(image.name, image.purpose, () => pullImage(engine, image, { toolboxBase, signal }))
    },
    save: (file) =>
      saveBundle(engine, {
        file,
        names: wanted().map(({ name }) => name),
        manifestFiles: upstream.map(({ manifest }) => manifest.file),
        manifests,
        signal,
      }),
    load: (file) => loadBundle(engine, { file, manifests, signal }),
    prune: () => removePrepared(engine, signal),
  }
}

function isUpstream(addOn: AddOn): addOn is AddOn & { readonly manifest: UpstreamManifest } {
  return addOn.manifest.kind === 'upstream'
}
