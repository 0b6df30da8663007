// A bundle for a machine without a network: one tar of all images as the engine saves them, and beside it a JSON file that says what is
// in it, with the digest of the tar.
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { readText, replaceFile } from '../../../platform/files.ts'
import { hashFile } from '../../../platform/hash-file.ts'
import { version } from '../../../platform/repository.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { portableImageName } from './image-name.ts'
import { findImages, type LocalImage } from './local-images.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const bundleSchema = z.strictObject({
  format: z.literal(1),
  fairlead: z.string(),
  tar: z.strictObject({ bytes: z.int(), sha256 }),
  /** `name` as settings and manifests write it, `saved` as it is called inside, `id` by the engine that saved it. */
  images: z.array(z.strictObject({ name: z.string(), saved: z.string(), id: z.string(), bytes: z.number() })),
  /** Of add-ons that Fairlead does not carry. */
  manifests: z.array(z.strictObject({ file: z.string().regex(/^[\w.-]+$/), sha256, text: z.string() })),
})
export type Bundle = z.infer<typeof bundleSchema>

const timeoutMs = 60 * 60_000

export interface SaveOptions {
  /** The tar; the JSON file is beside it, `FILE.json`. */
  readonly file: string
  readonly names: readonly string[]
  /** Names in the folder of manifests. */
  readonly manifestFiles: readonly string[]
  readonly manifests: string
  readonly signal: AbortSignal
}

/** Throws AppError PROVIDER_FAILED naming every image and manifest that is not here. */
export async function saveBundle(engine: ContainerEngine, options: SaveOptions): Promise<Bundle> {
  const { file, names, manifestFiles, manifests, signal } = options
  const found = await findImages(engine, names, { signal })
  const texts = new Map(manifestFiles.map((name) => [name, readText(join(manifests, name))]))
  const missing = [
    ...names.filter((name) => !found.has(name)),
    ...manifestFiles.filter((name) => texts.get(name) === undefined),
  ]
  if (missing.length > 0) {
    throw new AppError('PROVIDER_FAILED', `Not on this machine: ${missing.join(', ')}.`, {
      hint: 'fairlead images pull fetches what a bundle holds.',
    })
  }
  const images = [...found].map(([name, { id, bytes }]) => ({
    name,
    saved: portableImageName(name),
    id,
    bytes,
  }))
  for (const { name, saved } of images) {
    const local = found.get(name)?.name
    if (local !== undefined && local !== saved) await engine.run(['tag', local, saved], { signal })
  }
  const many = engine.name === 'podman' ? ['--multi-image-archive'] : []
  const saved = images.map((image) => image.saved)
  await engine.run(['save', ...many, '--output', file, ...saved], { signal, timeoutMs })
  const { sha256: digest, bytes } = await hashFile(file)
  const bundle: Bundle = {
    format: 1,
    fairlead: version,
    tar: { bytes, sha256: digest },
    images,
    manifests: [...texts].map(([name, text = '']) => ({ file: name, sha256: digestOf(text), text })),
  }
  replaceFile(`${file}.json`, `${JSON.stringify(bundle, undefined, 2)}\n`)
  return bundle
}

export interface LoadOptions {
  readonly file: string
  readonly manifests: string
  readonly signal: AbortSignal
}

/** Throws AppError BAD_REQUEST where the bundle is not whole, PROVIDER_FAILED where the engine does not take it. */
export async function loadBundle(
  engine: ContainerEngine,
  { file, manifests, signal }: LoadOptions,
): Promise<Bundle> {
  const bundle = readBundle(file)
  const tar = await hashFile(file)
  if (tar.sha256 !== bundle.tar.sha256) {
    const size =
      tar.bytes === bundle.tar.bytes ? '' : ` It has ${tar.bytes} bytes in place of ${bundle.tar.bytes}.`
    throw new AppError(
      'BAD_REQUEST',
      `${file} is not the file that ${basename(file)}.json describes.${size}`,
      {
        hint: 'Copy both files again, or save the bundle again.',
      },
    )
  }
  await engine.run(['load', '--input', file], { signal, timeoutMs })
  const found: ReadonlyMap<string, LocalImage> = await findImages(
    engine,
    bundle.images.map(({ saved }) => saved),
    { signal },
  )
  const lost = bundle.images.filter(({ saved }) => !found.has(saved))
  if (lost.length > 0) {
    const names = lost.map(({ name }) => name).join(', ')
    throw new AppError('PROVIDER_FAILED', `${engine.name} loaded ${file}, but does not have ${names}.`, {
      hint: `Run: ${engine.name} load --input ${file}, and see what it says.`,
    })
  }
  for (const { file: name, text } of bundle.manifests) replaceFile(join(manifests, name), text)
  return bundle
}

function readBundle(file: string): Bundle {
  const path = `${file}.json`
  const text = readText(path)
  if (text === undefined) {
    throw new AppError('BAD_REQUEST', `There is no ${path}, which says what ${file} holds.`, {
      hint: 'A bundle is two files, made by fairlead images save. Copy both.',
    })
  }
  try {
    const bundle = bundleSchema.parse(JSON.parse(text))
    const wrong = bundle.manifests.find((one) => digestOf(one.text) !== one.sha256)
    if (!wrong) return bundle
    throw new Error(`${wrong.file} does not have its digest`)
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new AppError('BAD_REQUEST', `${path} is no list of a bundle: ${reason}`, {
      hint: 'Save the bundle again, with the same version of Fairlead.',
      cause,
    })
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
