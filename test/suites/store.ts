// What every store does. Run it on a backend with `storeSuite(name, open)`; `open` gives the same store again after `close`.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../sandbox-server/contract/check.ts'
import { learnerIdSchema, lessonSlugSchema, sandboxIdSchema } from '../../sandbox-server/contract/ids.ts'
import type { Store } from '../../sandbox-server/store/store.ts'

const learner = learnerIdSchema.parse('ada')
const lesson = lessonSlugSchema.parse('pod-to-service/selectors')
const key = { learner, lesson }
const other = { learner: learnerIdSchema.parse('bob'), lesson }

const attempt = (id: string, points: number, startedAt: number): Attempt => ({
  id,
  lesson,
  startedAt,
  durationMs: 5,
  points,
  outOf: 100,
  results: [
    {
      id: 'answers',
      kind: 'traffic',
      title: 'The client is answered',
      weight: 100,
      points,
      outcome: points === 100 ? 'passed' : 'failed',
      message: 'Looked for web, found nobody.',
      observations: [{ did: 'curl web', found: 'refused', hops: [], data: { outcome: 'refused' } }],
      startedAt,
      durationMs: 4,
    },
  ],
})

export interface StoreUnderTest {
  open(): Promise<Store>
  remove(): Promise<void>
}

export function storeSuite(name: string, make: () => StoreUnderTest): void {
  describe(`store ${name}`, () => {
    let place: StoreUnderTest
    let store: Store
    const reopen = async () => {
      await store.close()
      store = await place.open()
    }
    beforeEach(async () => {
      place = make()
      store = await place.open()
    })
    afterEach(async () => {
      await store.close()
      await place.remove()
    })

    it('counts a learner once however often they come', async () => {
      await store.learners.touch(learner, 1)
      await store.learners.touch(learner, 2)
      await store.learners.touch(other.learner, 3)
      expect(await store.learners.count()).toBe(2)
    })

    it('keeps the best of all attempts, and tells learners apart', async () => {
      await store.progress.opened(key, 10)
      await store.attempts.add(key, attempt('a1', 60, 20))
      await store.attempts.add(key, attempt('a2', 40, 30))
      await store.progress.answer(key, 'recall', 'b')
      await store.progress.answer(key, 'recall', 'c')
      await store.progress.opened(key, 40)
      await reopen()
      expect(await store.progress.read(learner)).toEqual({
        lessons: {
          [lesson]: { best: 60, outOf: 100, attempts: 2, lastOpenedAt: 40, answers: { recall: 'c' } },
        },
      })
      expect(await store.progress.read(other.learner)).toEqual({ lessons: {} })
    })

    it('keeps every attempt with its evidence, newest first, and none twice', async () => {
      await store.attempts.add(key, attempt('a1', 60, 20))
      await store.attempts.add(key, attempt('a2', 100, 30))
      await store.attempts.add(key, attempt('a2', 100, 30))
      await reopen()
      expect(await store.attempts.list(key, 10)).toEqual([attempt('a2', 100, 30), attempt('a1', 60, 20)])
      expect(await store.attempts.list(key, 1)).toEqual([attempt('a2', 100, 30)])
      expect([await store.attempts.count(key), await store.attempts.count(other)]).toEqual([2, 0])
    })

    it('keeps a workspace: files as they are written and deleted, the snapshot as bytes', async () => {
      expect(await store.workspaces.read(key)).toBeUndefined()
      const sandbox = sandboxIdSchema.parse('sandbox-1')
      const files = [
        { path: 'b.yaml', content: 'b', revision: 1 },
        { path: 'a.yaml', content: 'a', revision: 2 },
      ]
      await store.workspaces.create(key, { sandbox, provider: 'simulated', savedAt: 5, files })
      await store.workspaces.writeFile(key, { path: 'a.yaml', content: 'ä\n', revision: 3 })
      await store.workspaces.deleteFile(key, 'b.yaml')
      await store.workspaces.saveSnapshot(key, new Uint8Array([0, 255, 1]), 6)
      await reopen()
      const kept = await store.workspaces.read(key)
      expect(kept).toEqual({
        sandbox,
        provider: 'simulated',
        savedAt: 6,
        snapshot: new Uint8Array([0, 255, 1]),
        anew: false,
        notice: undefined,
        files: [{ path: 'a.yaml', content: 'ä\n', revision: 3 }],
      })
      await store.workspaces.replaceFiles(key, files)
      await store.workspaces.dropSnapshot(key)
      expect(await store.workspaces.read(key)).toMatchObject({
        snapshot: undefined,
        files: [files[1], files[0]],
      })
    })

    it('keeps whose sandbox it is, what its clusters are made of, and what is told at the next start', async () => {
      const sandbox = sandboxIdSchema.parse('sandbox-1')
      const file = { path: 'a.yaml', content: 'a', revision: 1 }
      await store.workspaces.create(key, { sandbox, provider: 'simulated', savedAt: 0, files: [] })
      await store.workspaces.saveSnapshot(key, new Uint8Array([1]), 1)
      await store.workspaces.setProvider(key, 'kind')
      expect(await store.workspaces.read(key)).toMatchObject({
        provider: 'kind',
        snapshot: undefined,
        anew: true,
      })
      await store.workspaces.started(key, 7, [file])
      await store.workspaces.started(key, 8)
      await reopen()
      expect(await store.workspaces.read(key)).toMatchObject({ anew: false, savedAt: 8, files: [file] })
      await store.workspaces.dropSnapshot(key, 'It was removed.')
      expect(await store.workspaces.read(key)).toMatchObject({ anew: true, notice: 'It was removed.' })
      await store.workspaces.started(key, 9)
      expect(await store.workspaces.read(key)).toMatchObject({ anew: false, notice: undefined })
      expect(await store.workspaces.findBySandbox(sandbox)).toEqual(key)
      expect(await store.workspaces.findBySandbox('sandbox-2')).toBeUndefined()
    })

    it('keeps the end of a terminal, and takes each run once', async () => {
      expect(await store.terminals.read(key)).toBeUndefined()
      await store.terminals.save(key, { end: 2 ** 40, tail: new Uint8Array([36, 32]), inputs: { tab: 7 } })
      expect(await store.terminals.noteRun(key, 'r1', 1)).toBe(true)
      expect(await store.terminals.noteRun(key, 'r1', 2)).toBe(false)
      expect(await store.terminals.readRun(key, 'r1')).toBe('unfinished')
      await store.terminals.finishRun(key, 'r1', 130)
      await reopen()
      expect(await store.terminals.read(key)).toEqual({
        end: 2 ** 40,
        tail: new Uint8Array([36, 32]),
        inputs: { tab: 7 },
      })
      expect(await store.terminals.readRun(key, 'r1')).toBe(130)
      expect(await store.terminals.readRun(key, 'r2')).toBeUndefined()
      expect(await store.terminals.noteRun(other, 'r1', 1)).toBe(true)
    })

    it('carries out what is asked at the same time one after the other', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.attempts.add(key, attempt(`a${index}`, index, index))),
      )
      expect((await store.progress.read(learner)).lessons[lesson]).toMatchObject({ best: 19, attempts: 20 })
    })
  })
}
