// Every image that a server with kind clusters needs, and what each is for.
import type { ClusterSpec } from '../../../contract/lesson.ts'
import type { AddOn } from '../add-ons/add-on.ts'
import { addOns, addOnsOf } from '../add-ons/add-ons-of.ts'
import { addOnImages } from '../add-ons/manifest-of.ts'
import type { KindSettings } from '../settings.ts'
import { fullImageName } from './image-name.ts'

export interface WantedImage {
  readonly name: string
  /** `toolbox` is built, all others are pulled. */
  readonly kind: 'node' | 'toolbox' | 'lesson' | 'add-on'
  /** For a person: `nodes`, `terminals`, `lessons`, `calico`. */
  readonly purpose: string
}

export interface Wanting {
  readonly settings: Pick<KindSettings, 'nodeImage' | 'toolboxImage'>
  /** Of lessons/images.yaml. */
  readonly lessonImages: readonly string[]
  readonly addOns: readonly AddOn[]
  /** Folder with the manifests that are not shipped. */
  readonly manifests: string | undefined
}

export function wantedImages({ settings, lessonImages, addOns: wanted, manifests }: Wanting): WantedImage[] {
  const all: WantedImage[] = [
    { name: settings.nodeImage, kind: 'node', purpose: 'nodes' },
    { name: settings.toolboxImage, kind: 'toolbox', purpose: 'terminals' },
    ...lessonImages.map((name) => ({ name, kind: 'lesson', purpose: 'lessons' }) as const),
    ...wanted.flatMap((addOn) =>
      addOnImages(addOn, manifests).map((name) => ({ name, kind: 'add-on', purpose: addOn.name }) as const),
    ),
  ]
  const first = new Map<string, WantedImage>()
  for (const one of all) if (!first.has(fullImageName(one.name))) first.set(fullImageName(one.name), one)
  return [...first.values()]
}

/** The add-ons that at least one of the specifications asks for. */
export function addOnsIn(specs: readonly ClusterSpec[]): AddOn[] {
  const used = new Set(specs.flatMap(addOnsOf))
  return addOns.filter((addOn) => used.has(addOn))
}

/** What must be inside the nodes of such a cluster: lessons may use any image of theirs, whichever cluster they run on. */
export function imagesOf(
  spec: ClusterSpec,
  { lessonImages, manifests }: Pick<Wanting, 'lessonImages' | 'manifests'>,
): string[] {
  return [...lessonImages, ...addOnsOf(spec).flatMap((addOn) => addOnImages(addOn, manifests))]
}
