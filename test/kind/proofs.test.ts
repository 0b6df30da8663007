// Every exercise of lessons/ proves itself on real clusters, with the same files and checks as on simulated ones. Lessons whose images
// this machine lacks are named and left out: FAIRLEAD_TEST_SKIP_LESSONS.
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openLessonCatalog } from '../../sandbox-server/lessons-catalog/lesson-catalog.ts'
import { hostTimers } from '../../sandbox-server/platform/host-timers.ts'
import { proofParts, provePart } from '../../sandbox-server/proofs/prove-lesson.ts'
import { reuseClusters } from '../../sandbox-server/proofs/reuse-clusters.ts'
import { openKind } from './support/open-kind.ts'

const catalog = openLessonCatalog(fileURLToPath(new URL('../../lessons', import.meta.url)))
const skipped = (process.env['FAIRLEAD_TEST_SKIP_LESSONS'] ?? '').split(',')
const provider = reuseClusters(await openKind())
afterAll(() => provider.dispose())

describe.each(catalog.slugs().filter((slug) => !skipped.includes(slug)))('%s', (slug) => {
  const lesson = catalog.get(slug)
  it.each(proofParts(lesson))('%s earns on a real cluster what it should', async (part) => {
    const { problems } = await provePart(lesson, part, {
      provider,
      timers: hostTimers,
      signal: new AbortController().signal,
    })
    expect(problems).toEqual([])
  })
})
