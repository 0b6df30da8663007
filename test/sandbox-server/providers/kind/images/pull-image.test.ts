import { describe, expect, it } from 'vitest'
import { pullImage } from '../../../../../sandbox-server/providers/kind/images/pull-image.ts'
import { failure, fakeEngine } from './fake-engine.ts'

const signal = new AbortController().signal
const pinned = `kindest/node:v1.37.0@sha256:${'ab'.repeat(32)}`
const portable = 'fairlead/pinned/kindest/node:v1.37.0-abababababab'

describe('pulling an image', () => {
  it('does nothing where it is here', async () => {
    const engine = fakeEngine({ images: { 'web:v1': 'w1' } })
    const web = { name: 'web:v1', kind: 'lesson', purpose: 'lessons' } as const
    expect(await pullImage(engine, web, { signal })).toBe('is here')
    expect(engine.calls).toEqual([])
  })

  it('gives an image that is pinned by its digest a tag that a bundle can hold', async () => {
    const engine = fakeEngine()
    const node = { name: pinned, kind: 'node', purpose: 'nodes' } as const
    expect(await pullImage(engine, node, { signal })).toBe('pulled')
    expect(engine.calls).toEqual([`pull ${pinned}`, `tag ${pinned} ${portable}`])
  })

  it('takes the tag of a bundle for the image itself', async () => {
    const engine = fakeEngine({ images: { [portable]: 'n1' } })
    expect(await pullImage(engine, { name: pinned, kind: 'node', purpose: 'nodes' }, { signal })).toBe(
      'is here',
    )
    expect(engine.calls).toEqual([])
  })

  it('builds the terminal’s', async () => {
    const engine = fakeEngine()
    const toolbox = { name: 'fairlead/toolbox:v0', kind: 'toolbox', purpose: 'terminals' } as const
    expect(await pullImage(engine, toolbox, { signal, toolboxBase: 'tools:v1' })).toBe('built')
    expect(engine.calls).toEqual([
      expect.stringMatching(/^build --build-arg BASE=tools:v1 --tag fairlead\/toolbox:v0 /),
    ])
  })

  it('rejects with what the engine says', async () => {
    const engine = fakeEngine({ answers: { pull: failure('no such host') } })
    const web = { name: 'web:v1', kind: 'lesson', purpose: 'lessons' } as const
    await expect(pullImage(engine, web, { signal })).rejects.toThrow('no such host')
  })
})
