// What the subcommands of `fairlead images` share: their flags, and the images that those flags speak of.
import type { ArgsDef } from 'citty'
import { openImages } from '../main.ts'
import { readConfig } from '../platform/config.ts'
import { environment } from '../platform/process.ts'

export const imagesArguments = {
  all: {
    type: 'boolean',
    default: false,
    description: 'Images of every network plugin and add-on, not only of those that lessons ask for',
  },
  lessons: { type: 'string', description: 'The lessons (default lessons)', valueHint: 'FOLDER' },
  data: {
    type: 'string',
    description: 'The data directory, which keeps fetched manifests (default ./.fairlead)',
    valueHint: 'FOLDER',
  },
} as const satisfies ArgsDef

export function openImagesOf(args: {
  readonly all: boolean
  readonly lessons?: string | undefined
  readonly data?: string | undefined
}) {
  const { all, lessons, data } = args
  return openImages(readConfig({ lessons, data }, environment), { isAll: all })
}

/** As `docker images` writes it. */
export function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(0)} MB`
}
