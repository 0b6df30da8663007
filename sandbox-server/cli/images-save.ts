// `fairlead images save`: a bundle of all images, for a machine without a network.
import { resolve } from 'node:path'
import { defineCommand } from 'citty'
import { imagesArguments, openImagesOf, size } from './images-arguments.ts'

export const imagesSave = defineCommand({
  meta: {
    name: 'save',
    description: 'Write the images of kind clusters and lessons into FILE, and what it holds into FILE.json.',
  },
  args: {
    file: { type: 'positional', required: true, description: 'fairlead-images.tar' },
    ...imagesArguments,
  },
  async run({ args }) {
    const file = resolve(args.file)
    const { images, tar } = await (await openImagesOf(args)).save(file)
    process.stdout.write(
      `${images.length} images are in ${file} (${size(tar.bytes)}), listed in ${file}.json.\n`,
    )
    process.stdout.write(`Next: copy both files, then there: fairlead images load ${args.file}\n`)
    return 0
  },
})
