import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { SandboxState } from '../../../sandbox-server/contract/sandbox.ts'
import type { Sandbox } from '../../../sandbox-server/sandboxes/sandbox.ts'
import { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { silentLog } from '../../fakes/silent-log.ts'

const ada = learnerIdSchema.parse('ada')
const bob = learnerIdSchema.parse('bob')
const minute = 60_000

let store: Store
let timers: ManualTimers
let provider: FakeProvider
let sandboxes: Sandboxes

const serve = (limits: { live?: number; livePerLearner?: number; queued?: number } = {}) =>
  new Sandboxes({
    providers: [provider],
    store,
    timers,
    log: silentLog(),
    limits: { live: 10, livePerLearner: 3, queued: 10, idleMs: 30 * minute, keepDays: 7, ...limits },
    lesson: testLesson,
  })

/** The states that a page sees. */
const states = (sandbox: Sandbox) => {
  const seen: SandboxState[] = []
  sandbox.on((event) => {
    if (event.type === 'state') seen.push(event.state)
  })
  return seen
}

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  provider = new FakeProvider()
  sandboxes = serve()
  return () => store.close()
})

describe('opening a lesson', () => {
  it('makes one cluster a learner and lesson, with the files of the exercise', async () => {
    const [first, second] = await Promise.all([
      sandboxes.open(ada, testLesson()),
      sandboxes.open(ada, testLesson()),
    ])
    await settle()
    expect(first).toBe(second)
    expect(provider.clusters).toHaveLength(1)
    expect(provider.last.setup).toMatchObject({
      applied: [{ path: 'app.yaml', content: 'kind: Pod\n' }],
      files: [{ path: 'web.yaml', content: 'kind: Service\n' }],
    })
    expect(first.state).toEqual({
      id: first.id,
      lesson: 'pod-to-service/selectors',
      provider: 'simulated',
      state: 'ready',
      reason: 'Your cluster is ready.',
      nodes: ['node-a'],
      expiresAt: timers.now() + 30 * minute,
    })
  })

  it('tells a failed start with its reason, and Restart mends it', async () => {
    provider.failures.push(new Error('no room for node-b'))
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    expect(sandbox.state).toMatchObject({
      state: 'failed',
      reason: 'The cluster could not be made: no room for node-b',
      hint: 'Try Restart cluster. Your files are kept.',
      steps: [{ name: 'Start', state: 'running' }],
    })
    await sandbox.restart()
    expect(sandbox.state.state).toBe('ready')
  })
})

describe('limits', () => {
  it('queues beyond the global limit, tells place and wait, and starts when a place is free', async () => {
    sandboxes = serve({ live: 1 })
    const first = await sandboxes.open(ada, testLesson())
    const off = first.on(() => {})
    await settle()
    const second = await sandboxes.open(bob, testLesson())
    const third = await sandboxes.open(learnerIdSchema.parse('eve'), testLesson())
    second.on(() => {})
    third.on(() => {})
    expect(second.state).toMatchObject({
      state: 'queued',
      place: 1,
      expectedWaitMs: 30 * minute,
      reason: 'All clusters of this server are in use. Yours starts as soon as one is free.',
    })
    expect(third.state).toMatchObject({ state: 'queued', place: 2, expectedWaitMs: 60 * minute })
    off()
    await timers.advance(minute)
    expect([first.state.state, second.state.state]).toEqual(['stopped', 'ready'])
    // The first was given back after half a minute, which is what was measured.
    expect(third.state).toMatchObject({ state: 'queued', place: 1 })
    expect(third.state.state === 'queued' && third.state.expectedWaitMs).toBeLessThan(2 * minute)
  })

  it("stops the learner's own forgotten sandbox when they open one too many, and keeps it", async () => {
    sandboxes = serve({ livePerLearner: 1 })
    const first = await sandboxes.open(ada, testLesson('a/one'))
    await settle()
    const second = await sandboxes.open(ada, testLesson('a/two'))
    await settle()
    expect(first.state).toMatchObject({ state: 'stopped', reason: 'Another lesson needed the place.' })
    expect(second.state.state).toBe('ready')
    const other = await sandboxes.open(bob, testLesson('a/one'))
    await settle()
    expect(other.state.state).toBe('ready')
  })

  it('waits where all sandboxes of the learner are on a page, and lets other learners pass', async () => {
    sandboxes = serve({ livePerLearner: 1 })
    const first = await sandboxes.open(ada, testLesson('a/one'))
    first.on(() => {})
    await settle()
    const second = await sandboxes.open(ada, testLesson('a/two'))
    const other = await sandboxes.open(bob, testLesson('a/one'))
    await settle()
    expect(second.state).toMatchObject({
      state: 'queued',
      reason: 'You have 1 clusters open, as many as one learner may have. Close the page of another lesson.',
    })
    expect(other.state.state).toBe('ready')
  })

  it('refuses when the queue is full', async () => {
    sandboxes = serve({ live: 1, queued: 1 })
    const first = await sandboxes.open(ada, testLesson())
    first.on(() => {})
    await settle()
    await sandboxes.open(bob, testLesson())
    await expect(sandboxes.open(learnerIdSchema.parse('eve'), testLesson())).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    })
  })
})

describe('idle expiry', () => {
  it('stops an idle sandbox with everything kept, and opening starts it where it was', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    const seen = states(sandbox)
    await settle()
    provider.last.becomeDirty()
    await timers.advance(31 * minute)
    expect(seen.map((state) => state.state)).toEqual(['starting', 'ready', 'stopping', 'stopped'])
    expect(sandbox.state).toMatchObject({
      reason: 'Nothing was done for 30 minutes.',
      kept: 'Files, cluster and terminal are kept.',
    })
    expect(provider.last.disposed).toBe(true)
    await sandboxes.open(ada, testLesson())
    await settle()
    expect(sandbox.state.state).toBe('ready')
    expect(new TextDecoder().decode(provider.last.setup.snapshot)).toMatch(/^snapshot \d$/)
  })

  it('moves with every activity, and is announced when it moved by half a minute', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    const seen = states(sandbox)
    sandbox.touch()
    await timers.advance(20 * minute)
    sandbox.touch()
    expect(seen).toMatchObject([{ state: 'ready', expiresAt: timers.now() + 30 * minute }])
    await timers.advance(20 * minute)
    expect(sandbox.state.state).toBe('ready')
  })
})

describe('what is kept', () => {
  it('a file is in the store before its writing is acknowledged, the cluster a second after it changed', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await timers.advance(1000)
    await sandbox.writeFile('web.yaml', 'kind: Service # mine\n', 1, 'tab-1')
    provider.last.becomeDirty()
    const before = await store.workspaces.read(sandbox.key)
    expect(before?.files).toEqual([{ path: 'web.yaml', content: 'kind: Service # mine\n', revision: 2 }])
    const checkpoints = provider.last.checkpoints
    await timers.advance(1000)
    expect(provider.last.checkpoints).toBe(checkpoints + 1)
  })

  it('another server goes on with cluster and files after this one was killed', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await timers.advance(1000)
    await sandbox.writeFile('web.yaml', 'newer than the snapshot\n', 1, 'tab-1')
    provider.last.workspace.delete('gone.yaml', 'terminal')
    sandboxes = serve()
    const again = await sandboxes.open(ada, testLesson())
    await settle()
    expect(again.id).toBe(sandbox.id)
    expect(new TextDecoder().decode(provider.last.setup.snapshot)).toBe('snapshot 1')
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('newer than the snapshot\n')
  })

  it('starts anew with the files where the snapshot cannot be read, and says so', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await timers.advance(1000)
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    sandboxes = serve()
    provider.failures.push(new Error('unknown format'))
    const again = await sandboxes.open(ada, testLesson())
    await settle()
    expect(again.state).toMatchObject({
      state: 'ready',
      reason: 'Your cluster could not be brought back and starts anew. Your files are as you left them.',
    })
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })

  it('refuses a write that is based on an older text than the terminal wrote', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    sandbox.cluster.workspace.write('web.yaml', 'sed was here\n', 'terminal')
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'web.yaml was changed meanwhile.',
    })
    expect(sandbox.cluster.workspace.read('web.yaml')?.content).toBe('sed was here\n')
  })
})

describe('starting over', () => {
  it('Reset brings cluster and files back to their start', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    await sandbox.writeFile('extra.yaml', 'mine\n', 0, 'tab-1')
    await sandbox.reset()
    expect(provider.clusters.map((cluster) => cluster.disposed)).toEqual([true, false])
    expect(provider.last.setup.snapshot).toBeUndefined()
    expect((await store.workspaces.read(sandbox.key))?.files).toEqual([
      { path: 'web.yaml', content: 'kind: Service\n', revision: 1 },
    ])
  })

  it('Restart makes a new cluster and keeps the files', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    await sandbox.restart()
    expect(provider.last.setup.snapshot).toBeUndefined()
    expect(sandbox.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })
})

it('an orderly end keeps every sandbox', async () => {
  const sandbox = await sandboxes.open(ada, testLesson())
  await settle()
  const { last } = provider
  last.becomeDirty()
  await sandboxes.close()
  expect([last.disposed, sandbox.state.state]).toEqual([true, 'stopped'])
  expect((await store.workspaces.read(sandbox.key))?.snapshot).toBeDefined()
})
