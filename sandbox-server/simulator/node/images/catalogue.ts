// The images there are: finds one by reference and makes the tree of its files, once for all containers of all clusters.
import type { Image } from '../image.ts'
import type { DirectoryNode } from '../inode.ts'
import type { Program } from '../process.ts'
import { alpineParts, debianParts, scratchParts } from './base-files.ts'
import { createTree } from './file-tree.ts'
import { formatImageReference, normaliseRepository, parseImageReference } from './reference.ts'

export interface AvailableImage {
  readonly image: Image
  /** Normalised, as the container runtime reports it. */
  readonly reference: string
  /** `repository@sha256:...`, the runtime's image id. */
  readonly id: string
  readonly tree: DirectoryNode
  /** Programs by the name in their executable files. */
  readonly programs: ReadonlyMap<string, Program>
}

export type ImageLookup =
  | { readonly found: true; readonly available: AvailableImage }
  | { readonly found: false; readonly reason: 'InvalidImageName' | 'unknown'; readonly message: string }

export interface ImageCatalogue {
  lookUp(reference: string): ImageLookup
  /** References that exist, as people write them. */
  references(): readonly string[]
  /** As a node's status lists them. */
  present(): { names: string[]; sizeBytes: number }[]
}

/** Programs of a base and the images built on it. */
export interface CatalogueParts {
  readonly images: readonly Image[]
  /** The shell and tools that Debian-like images carry in /usr/bin. */
  readonly basePrograms: Readonly<Record<string, Program>>
}

export function createCatalogue({ images, basePrograms }: CatalogueParts): ImageCatalogue {
  const trees = new Map<Image, { tree: DirectoryNode; programs: ReadonlyMap<string, Program> }>()
  const bases = new Map<Image['base'], DirectoryNode>()
  const builtOf = (image: Image) => {
    let built = trees.get(image)
    if (!built) {
      built = build(image, basePrograms, bases)
      trees.set(image, built)
    }
    return built
  }
  const references = images.flatMap((image) => {
    return image.repositories.map((repository) => `${repository}:${firstTag(image)}`)
  })
  return {
    references: () => references,
    present: () =>
      images.map((image) => ({
        names: image.repositories.map(
          (repository) => `${normaliseRepository(repository)}:${firstTag(image)}`,
        ),
        sizeBytes: image.sizeBytes,
      })),
    lookUp(text) {
      const reference = parseImageReference(text)
      if (!reference) {
        return {
          found: false,
          reason: 'InvalidImageName',
          message: `Failed to apply default image tag "${text}": couldn't parse image name "${text}": invalid reference format`,
        }
      }
      const image = images.find(
        (candidate) =>
          candidate.repositories.some(
            (repository) => normaliseRepository(repository) === reference.repository,
          ) &&
          (reference.digest !== undefined ||
            candidate.tags.includes('*') ||
            candidate.tags.includes(reference.tag)),
      )
      const shown = formatImageReference(reference)
      if (!image) {
        return {
          found: false,
          reason: 'unknown',
          message:
            `failed to pull and unpack image "${shown}": not found: images are simulated here, and this is none of them. ` +
            `There are: ${references.join(', ')}`,
        }
      }
      const digest = reference.digest ?? `sha256:${digestOf(shown)}`
      return {
        found: true,
        available: { image, reference: shown, id: `${reference.repository}@${digest}`, ...builtOf(image) },
      }
    },
  }
}

function firstTag(image: Image): string {
  return image.tags.find((tag) => tag !== '*') ?? 'latest'
}

function build(
  image: Image,
  basePrograms: Readonly<Record<string, Program>>,
  bases: Map<Image['base'], DirectoryNode>,
): { tree: DirectoryNode; programs: ReadonlyMap<string, Program> } {
  let base = bases.get(image.base)
  if (!base) {
    const executables = Object.fromEntries(
      Object.keys(basePrograms).map((name) => [`/usr/bin/${name}`, name]),
    )
    if (image.base === 'debian') base = createTree(createTree(undefined, debianParts), { executables })
    else if (image.base === 'alpine') base = createTree(createTree(undefined, alpineParts), { executables })
    else base = createTree(undefined, scratchParts)
    bases.set(image.base, base)
  }
  // A program named by a path lies there; one named by a word lies in /usr/local/bin.
  const executables: Record<string, string> = {}
  const programs = new Map(image.base === 'none' ? [] : Object.entries(basePrograms))
  for (const [name, program] of Object.entries(image.programs)) {
    executables[name.startsWith('/') ? name : `/usr/local/bin/${name}`] = name
    programs.set(name, program)
  }
  return { tree: createTree(base, { files: image.files, executables }), programs }
}

/** 64 hex digits that depend on the text alone (FNV-1a, stretched): a stand-in for a digest that nobody checks. */
function digestOf(text: string): string {
  let digest = ''
  for (let block = 0; block < 8; block++) {
    let hash = 0x811c9dc5 ^ block
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
    }
    digest += hash.toString(16).padStart(8, '0')
  }
  return digest
}
