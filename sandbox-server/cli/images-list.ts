// `fairlead images list`: what kind clusters need, and what of it is on this machine.
import { defineCommand } from 'citty'
import { imagesArguments, openImagesOf, size } from './images-arguments.ts'
import { table } from './table.ts'

export const imagesList = defineCommand({
  meta: {
    name: 'list',
    description:
      'List the images of kind clusters and lessons. Exit code 1 where one is not on this machine.',
  },
  args: imagesArguments,
  async run({ args }) {
    const images = await (await openImagesOf(args)).list()
    const rows = images.map(({ name, purpose, bytes }) => [
      name,
      purpose,
      bytes === undefined ? 'missing' : size(bytes),
    ])
    process.stdout.write(table(['IMAGE', 'FOR', 'HERE'], rows))
    const missing = images.filter(({ bytes }) => bytes === undefined).length
    if (missing === 0) return 0
    process.stdout.write(`${missing} of ${images.length} are missing. Next: fairlead images pull\n`)
    return 1
  },
})
