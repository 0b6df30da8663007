// `fairlead images pull`: brings everything that kind clusters and lessons need onto this machine.
import { defineCommand } from 'citty'
import { explain } from './explain.ts'
import { imagesArguments, openImagesOf } from './images-arguments.ts'

export const imagesPull = defineCommand({
  meta: {
    name: 'pull',
    description:
      'Pull the images of kind clusters and lessons, and build the terminal’s. Exit code 1 where one could not be had.',
  },
  args: {
    ...imagesArguments,
    'toolbox-base': {
      type: 'string',
      description: "An image that has the terminal's programs already (made from Debian where left out)",
      valueHint: 'IMAGE',
    },
  },
  async run({ args }) {
    const failed: string[] = []
    const images = await openImagesOf(args)
    await images.pull(
      ({ name, purpose, outcome, error }) => {
        if (outcome === undefined)
          failed.push(`${name} (${purpose}): ${explain(error).text.replaceAll('\n', ' ')}`)
        process.stdout.write(`${name}: ${outcome ?? 'FAILED'}\n`)
      },
      { toolboxBase: args['toolbox-base'] },
    )
    if (failed.length === 0) return 0
    process.stderr.write(`\nCould not be had:\n${failed.map((line) => `  ${line}\n`).join('')}`)
    return 1
  },
})
