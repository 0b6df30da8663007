// `fairlead images prune`: gives the disk back that prepared node images took.
import { defineCommand } from 'citty'
import { openImagesOf } from './images-arguments.ts'

export const imagesPrune = defineCommand({
  meta: {
    name: 'prune',
    description:
      'Remove node images that were prepared for lessons and that no cluster uses; they are made again when needed.',
  },
  async run() {
    const removed = await (await openImagesOf({ all: false })).prune()
    process.stdout.write(removed.map((name) => `${name}: removed\n`).join(''))
    if (removed.length === 0) process.stdout.write('Nothing to remove.\n')
    return 0
  },
})
