import { beforeEach, describe, expect, it } from 'vitest'
import type { LessonSource } from '../../../sandbox-server/lessons-catalog/lesson-source.ts'
import type { Proof } from '../../../sandbox-server/proofs/prove-lesson.ts'
import { proveLessons } from '../../../sandbox-server/proofs/prove-lessons.ts'
import { reuseClusters } from '../../../sandbox-server/proofs/reuse-clusters.ts'
import type { ClusterProvider } from '../../../sandbox-server/providers/provider.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'

let kind: FakeProvider
let lesson: LessonSource

/** Time that passes whenever somebody waits for it. */
const timers = () => {
  let now = 0
  return {
    now: () => now,
    setTimeout(callback: () => void, ms: number) {
      now += ms
      setImmediate(callback)
    },
    clearTimeout: () => {},
  }
}

async function prove(provider: ClusterProvider): Promise<Proof[]> {
  const proofs: Proof[] = []
  const { signal } = new AbortController()
  const catalog = { slugs: () => [lesson.slug], get: () => lesson }
  const onProof = (_: string, proof: Proof) => proofs.push(proof)
  await proveLessons({ catalog, provider, timers: timers(), jobs: 1, onProof, signal })
  return proofs
}

beforeEach(() => {
  kind = new FakeProvider({ name: 'kind', outlives: true })
  lesson = testLesson()
})

describe('a lesson that the provider cannot prove', () => {
  it('is left out with the reason where it demands another provider', async () => {
    lesson = { ...lesson, exercise: { ...lesson.exercise, provider: 'simulated' } }
    expect(await prove(kind)).toEqual([
      {
        part: 'all',
        points: 0,
        expected: '',
        problems: [],
        durationMs: 0,
        leftOut: 'This exercise needs a simulated cluster.',
      },
    ])
  })

  it('is left out where the provider lacks something for its cluster', async () => {
    kind.lacks = 'There is no image of Cilium here.'
    expect(await prove(kind)).toMatchObject([{ leftOut: 'There is no image of Cilium here.' }])
    expect(kind.clusters).toEqual([])
  })
})

describe('clusters that take long to make', () => {
  it('are set back for the next part, and removed at the end', async () => {
    kind.onReset = async () => true
    const provider = reuseClusters(kind)
    const proofs = await prove(provider)
    await provider.dispose()
    expect(proofs.map(({ part, points }) => [part, points])).toEqual([
      ['start', 60],
      ['solution', 100],
    ])
    expect(kind.clusters.map(({ resets, disposed }) => [resets.length, disposed])).toEqual([[1, true]])
  })

  it.each([
    ['cannot be set back', async () => false],
    ['fail at it', () => Promise.reject(new Error('a finalizer stays'))],
  ])('that %s are made anew', async (_, onReset) => {
    kind.onReset = onReset
    const provider = reuseClusters(kind)
    const proofs = await prove(provider)
    await provider.dispose()
    expect(proofs.flatMap(({ problems }) => problems)).not.toContain('a finalizer stays')
    expect(kind.clusters.map(({ disposed }) => disposed)).toEqual([true, true])
  })
})
