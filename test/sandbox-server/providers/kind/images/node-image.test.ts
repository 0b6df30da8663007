import { describe, expect, it } from 'vitest'
import { prepareNodeImage } from '../../../../../sandbox-server/providers/kind/images/node-image.ts'
import { failure, fakeEngine } from './fake-engine.ts'

const inside = ['docker.io/library/traefik:v3', 'registry.k8s.io/pause:3.10'].join('\n')
const answers = {
  'run --detach': 'box\n',
  'exec box bash -euc \n(exec': inside,
  'image inspect': '["/init"]\n',
}
const nodeImage = 'node:v1'
const commandsOf = (calls: readonly string[]) => calls.map((call) => call.split(' ')[0])

describe('the prepared node image', () => {
  it('is the node image itself where it holds all that is wanted', async () => {
    const engine = fakeEngine({ images: { 'node:v1': 'n1' }, answers })
    const { image, missing } = await prepareNodeImage(engine, { nodeImage, images: ['traefik:v3'] })
    expect(missing).toEqual([])
    expect(engine.images.get(image)).toBe('n1')
    expect(commandsOf(engine.calls)).toEqual(['run', 'exec', 'tag', 'rm'])
  })

  it('gets what is missing from the engine, keeps the entrypoint, and is used again', async () => {
    const engine = fakeEngine({ images: { 'node:v1': 'n1', 'web:v1': 'w1' }, answers })
    const images = ['web:v1', 'traefik:v3']
    const first = await prepareNodeImage(engine, { nodeImage, images })
    expect(commandsOf(engine.calls)).toEqual(['run', 'exec', 'save', 'exec', 'exec', 'image', 'commit', 'rm'])
    expect(engine.calls).toContain('save web:v1')
    expect(engine.calls).toContain(`commit --change ENTRYPOINT ["/init"] --change CMD [] box ${first.image}`)
    engine.calls.length = 0
    expect(await prepareNodeImage(engine, { nodeImage, images: [...images].reverse() })).toEqual(first)
    expect(commandsOf(engine.calls)).toEqual(['run'])
  })

  it('names what neither has', async () => {
    const engine = fakeEngine({ images: { 'node:v1': 'n1' }, answers })
    expect((await prepareNodeImage(engine, { nodeImage, images: ['gone:v1'] })).missing).toEqual(['gone:v1'])
  })

  it('is another one for another list, another image of that name, another node image', async () => {
    const make = async (images: Record<string, string>, wanted: string[]) =>
      (await prepareNodeImage(fakeEngine({ images, answers }), { nodeImage, images: wanted })).image
    const made = await Promise.all([
      make({ 'node:v1': 'n1', 'web:v1': 'w1' }, ['web:v1']),
      make({ 'node:v1': 'n1', 'web:v1': 'w1' }, ['web:v1', 'traefik:v3']),
      make({ 'node:v1': 'n1', 'web:v1': 'w2' }, ['web:v1']),
      make({ 'node:v1': 'n2', 'web:v1': 'w1' }, ['web:v1']),
    ])
    expect(new Set(made).size).toBe(4)
  })

  it('is made once for two who want it at the same time', async () => {
    const engine = fakeEngine({ images: { 'node:v1': 'n1', 'web:v1': 'w1' }, answers })
    const options = { nodeImage, images: ['web:v1'] }
    const both = await Promise.all([prepareNodeImage(engine, options), prepareNodeImage(engine, options)])
    expect(both[0]).toEqual(both[1])
    expect(commandsOf(engine.calls).filter((command) => command === 'commit')).toHaveLength(1)
  })

  it('leaves no container behind where a step fails', async () => {
    const engine = fakeEngine({
      images: { 'node:v1': 'n1', 'web:v1': 'w1' },
      answers: { ...answers, commit: failure('no space left on device') },
    })
    await expect(prepareNodeImage(engine, { nodeImage, images: ['web:v1'] })).rejects.toThrow('no space left')
    expect(engine.calls.at(-1)).toBe('rm --force --volumes box')
  })

  it('cannot be made without a node image, and says how to get one', async () => {
    await expect(prepareNodeImage(fakeEngine(), { nodeImage, images: [] })).rejects.toMatchObject({
      message: 'The node image node:v1 is not on this machine.',
      hint: expect.stringContaining('fairlead images pull'),
    })
  })
})
