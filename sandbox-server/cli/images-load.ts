// `fairlead images load`: takes a bundle in.
import { resolve } from 'node:path'
import { defineCommand } from 'citty'
import { imagesArguments, openImagesOf } from './images-arguments.ts'

const { data } = imagesArguments

export const imagesLoad = defineCommand({
  meta: {
    name: 'load',
    description: 'Load the images of a bundle that fairlead images save wrote, once it is known to be whole.',
  },
  args: { file: { type: 'positional', required: true, description: 'fairlead-images.tar' }, data },
  async run({ args }) {
    const { images } = await (await openImagesOf({ all: false, data: args.data })).load(resolve(args.file))
    process.stdout.write(`${images.map(({ name }) => `${name}: loaded`).join('\n')}\n`)
    return 0
  },
})
