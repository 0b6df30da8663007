import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../../../../../sandbox-server/platform/repository.ts'
import { buildToolboxImage } from '../../../../../sandbox-server/providers/kind/toolbox/build-image.ts'
import { createFakeEngine } from './fake-engine.ts'

const commands = async (base?: string) => {
  const { engine, runs } = createFakeEngine()
  await buildToolboxImage(engine, { tag: 'toolbox:1', base })
  return runs.map(({ args }) => args.join(' ').replaceAll(repositoryRoot.replace(/\/$/, ''), ''))
}

describe('toolbox image', () => {
  it('is built on the programs, which are built first', async () => {
    expect(await commands()).toEqual([
      'build --tag toolbox:1-tools /toolbox/tools',
      'build --build-arg BASE=toolbox:1-tools --tag toolbox:1 /toolbox',
    ])
  })

  it('is built on an image that has them', async () => {
    expect(await commands('base:1')).toEqual(['build --build-arg BASE=base:1 --tag toolbox:1 /toolbox'])
  })
})
