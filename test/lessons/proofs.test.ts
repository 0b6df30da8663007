// Every exercise of lessons/ proves itself on the simulated provider. `npm run -s fairlead -- lesson prove` prints the same as a table.
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openLessonCatalog } from '../../sandbox-server/lessons-catalog/lesson-catalog.ts'
import { fastTimers } from '../../sandbox-server/platform/fast-timers.ts'
import { proofParts, provePart } from '../../sandbox-server/proofs/prove-lesson.ts'
import { openApiGateway } from '../../sandbox-server/providers/api-gateway/open-api-gateway.ts'
import { openProvider } from '../../sandbox-server/providers/registry.ts'
import { silentLog } from '../fakes/silent-log.ts'

const catalog = openLessonCatalog(fileURLToPath(new URL('../../lessons', import.meta.url)))
const timers = fastTimers(4)
const gateway = await openApiGateway()
const provider = await openProvider('simulated', { timers, log: silentLog(), gateway })
afterAll(async () => {
  await provider.dispose()
  await gateway.close()
})

describe.each(catalog.slugs())('%s', (slug) => {
  const lesson = catalog.get(slug)
  it.concurrent.each(proofParts(lesson))('%s earns what it should', async (part) => {
    const { problems } = await provePart(lesson, part, {
      provider,
      timers,
      signal: new AbortController().signal,
    })
    expect(problems).toEqual([])
  })
})
