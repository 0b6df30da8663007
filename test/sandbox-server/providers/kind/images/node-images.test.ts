import { describe, expect, it } from 'vitest'
import { clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { createNodeImages } from '../../../../../sandbox-server/providers/kind/images/node-images.ts'
import { fakeEngine } from './fake-engine.ts'

const answers = { 'run --detach': 'box\n', 'exec box bash -euc \n(exec': 'docker.io/library/web:v1' }
const open = (images: Record<string, string>, more: Record<string, string> = {}) => {
  const engine = fakeEngine({ images: { 'node:v1': 'n1', ...images }, answers: { ...answers, ...more } })
  const told: string[] = []
  const nodeImages = createNodeImages({
    engine,
    settings: { nodeImage: 'node:v1' },
    lessonImages: ['web:v1'],
    manifests: undefined,
    onMissing: (image) => told.push(image),
  })
  return { engine, told, nodeImages }
}

describe('node images by configuration', () => {
  it('are one for all that need the same images, and another with an add-on', async () => {
    const { nodeImages } = open({
      'quay.io/metallb/controller:v0.16.2': 'c',
      'quay.io/metallb/speaker:v0.16.2': 's',
    })
    const images = await Promise.all(
      [{}, { nodes: 1 }, { loadBalancer: 'metallb' }].map((spec) =>
        nodeImages.imageFor(clusterSpecSchema.parse(spec)),
      ),
    )
    expect(images[0]).toBe(images[1])
    expect(images[2]).not.toBe(images[0])
    expect(nodeImages.missing.size).toBe(0)
  })

  it('are refused where an add-on lacks an image, told once, until somebody fetched it', async () => {
    const speaker = 'quay.io/metallb/speaker:v0.16.2'
    const images = { 'quay.io/metallb/controller:v0.16.2': 'c' }
    // The list in the image that was made the first time.
    const { engine, nodeImages, told } = open(images, { 'run --rm': `${speaker}\n` })
    const spec = clusterSpecSchema.parse({ loadBalancer: 'metallb' })
    for (const _ of ['at first', 'again'])
      await expect(nodeImages.imageFor(spec)).rejects.toThrow(`metallb needs ${speaker}, which`)
    expect(told).toEqual([speaker])
    expect([...nodeImages.missing]).toEqual([speaker])
    engine.images.set(speaker, 's')
    await nodeImages.imageFor(spec)
    expect([...nodeImages.missing]).toEqual([])
  })

  it('are made again where somebody removed one', async () => {
    const { engine, nodeImages } = open({})
    const spec = clusterSpecSchema.parse({})
    const image = await nodeImages.imageFor(spec)
    engine.images.delete(image)
    expect(await nodeImages.imageFor(spec)).toBe(image)
    expect(engine.images.has(image)).toBe(true)
  })
})
