// The text of an add-on's manifest, and the images that it names.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readText } from '../../../platform/files.ts'
import type { AddOn } from './add-on.ts'

/** Undefined where its project's manifest is not in the folder yet. */
export function manifestOf(addOn: AddOn, manifests: string | undefined): string | undefined {
  const { manifest } = addOn
  if (manifest.kind === 'upstream') {
    return manifests === undefined ? undefined : readText(join(manifests, manifest.file))
  }
  return manifest.files.map((file) => readText(fileURLToPath(file)) ?? '').join('\n---\n')
}

/** Empty where the manifest is not there. */
export function addOnImages(addOn: AddOn, manifests: string | undefined): string[] {
  return imagesIn(manifestOf(addOn, manifests) ?? '')
}

/** Each once, in the order of the text. */
export function imagesIn(manifest: string): string[] {
  const found = manifest.matchAll(/^[^#\n]*?\bimage: *(['"]?)([^\s'"{},]+)\1/gm)
  return [...new Set([...found].map(([, , image = '']) => image))]
}
