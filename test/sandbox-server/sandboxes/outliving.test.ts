import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { FakeCluster, type FakeMachine, FakeProvider, fakeMachine } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { serveSandboxes, statesOf } from '../../fakes/serve-sandboxes.ts'

const ada = learnerIdSchema.parse('ada')
const bob = learnerIdSchema.parse('bob')
const minute = 60_000
const day = 24 * 60 * minute

let store: Store
let timers: ManualTimers
let machine: FakeMachine
let kind: FakeProvider
let sandboxes: Sandboxes

/** A server's start. Without `close` before it, the one before was killed. */
const start = async (options: { keepDays?: number; live?: number } = {}) => {
  kind = new FakeProvider({ name: 'kind', outlives: true, machine })
  sandboxes = serveSandboxes({ providers: [kind], store, timers, limits: options })
  await settle()
}

const open = async (learner = ada) => {
  const sandbox = await sandboxes.open(learner, testLesson())
  await settle()
  return sandbox
}

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  machine = fakeMachine()
  await start()
  return () => store.close()
})

describe('a cluster that outlives its server', () => {
  it('is suspended at an idle end, told in the counts, and the same one comes back', async () => {
    const sandbox = await open()
    await timers.advance(31 * minute)
    expect(sandbox.state).toMatchObject({ state: 'stopped', kept: 'Files, cluster and terminal are kept.' })
    expect(sandboxes.counts()).toMatchObject([{ live: 0, suspended: 1 }])
    const again = await open()
    expect(again.state).toMatchObject({ state: 'ready', reason: 'Your cluster is ready.' })
    expect([kind.clusters[0] === kind.clusters[1], kind.discarded]).toEqual([true, []])
    expect(sandboxes.counts()).toMatchObject([{ live: 1, suspended: 0 }])
  })

  it('tells that a part of it ended, and comes back by itself', async () => {
    const sandbox = await open()
    const states = statesOf(sandbox)
    kind.clusters[0]?.lose('node-a')
    await settle()
    await settle()
    const reason = 'A part of your cluster ended (node-a); it is brought back.'
    expect(states.map(({ state, reason }) => `${state}: ${reason}`)).toEqual([
      ...Array.from({ length: states.length - 1 }, () => `starting: ${reason}`),
      'ready: Your cluster is ready.',
    ])
    expect([kind.clusters[0] === kind.clusters[1], kind.discarded]).toEqual([true, []])
  })

  it('is suspended at an orderly end of the server', async () => {
    const sandbox = await open()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    await sandboxes.close()
    expect([...machine.suspended.keys()]).toEqual([sandbox.id])
    await start()
    expect(sandboxes.counts()).toMatchObject([{ live: 0, suspended: 1 }])
    const again = await open()
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })

  it('goes on at once after its server was killed, takes a place, and expires as any', async () => {
    const { id } = await open()
    await start()
    expect(sandboxes.counts()).toMatchObject([{ live: 1, suspended: 0 }])
    const sandbox = sandboxes.find(ada, testLesson().slug)
    expect(sandbox?.state).toMatchObject({ id, state: 'ready' })
    await timers.advance(31 * minute)
    expect([...machine.suspended.keys()]).toEqual([id])
  })

  it('that is gone is made anew with the files, and the learner is told', async () => {
    const sandbox = await open()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    await sandboxes.close()
    machine.suspended.clear()
    await start()
    const again = await open()
    expect(again.state.reason).toBe(
      'Your cluster or its terminal had to be started anew. The files of the editor are as you left them.',
    )
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })

  it('loses nothing of what its terminal and an editor wrote around the end of its server', async () => {
    const sandbox = await open()
    const { key } = sandbox
    // The editor was told, the server ended before its terminal got it; a program in the terminal went on.
    await store.workspaces.writeFile(key, { path: 'web.yaml', content: 'from the editor\n', revision: 9 })
    await store.workspaces.writeFile(key, { path: 'new.yaml', content: 'from the editor\n', revision: 9 })
    const { workspace } = kind.last
    await start()
    workspace.write('web.yaml', 'from the terminal\n', 'terminal')
    await sandboxes.close()
    await start()
    const files = [
      ['new.yaml', 'from the editor\n'],
      ['web.yaml', 'from the terminal\n'],
      ['web.yaml.from-terminal', 'kind: Service\n'],
    ]
    const again = await open()
    expect((await store.workspaces.read(key))?.files.map(({ path, content }) => [path, content])).toEqual(
      files,
    )
    expect(again.cluster.workspace.read('new.yaml')?.content).toBe('from the editor\n')
  })

  it('takes a place also where the limit is lower now, and others wait', async () => {
    await open()
    const off = (await open(bob)).on(() => {})
    await start({ live: 1 })
    expect(sandboxes.counts()).toMatchObject([{ live: 2, limit: 1 }])
    off()
  })

  it('of a page that comes back before it was adopted is the same one, made once', async () => {
    await open()
    let found: () => void = () => {}
    kind = new FakeProvider({ name: 'kind', outlives: true, machine })
    kind.adopting = new Promise((resolve) => {
      found = resolve
    })
    sandboxes = serveSandboxes({ providers: [kind], store, timers })
    const opening = sandboxes.open(ada, testLesson())
    await timers.advance(1_000)
    const sandbox = await opening
    expect(sandbox.state.state).toBe('queued')
    found()
    await settle()
    expect(sandbox.state.state).toBe('ready')
    expect(kind.clusters).toHaveLength(1)
    expect(sandboxes.live).toBe(1)
  })

  it('is removed where nobody owns it', async () => {
    const stranger = { ...kind.machine }
    machine.running.set('sandbox-stranger', new FakeCluster({ ...setupOf(), id: 'sandbox-stranger' }, kind))
    machine.suspended.set('sandbox-other', new FakeCluster({ ...setupOf(), id: 'sandbox-other' }, kind))
    expect(stranger.running.size).toBe(1)
    await start()
    expect(kind.discarded).toEqual(['sandbox-stranger', 'sandbox-other'])
    expect(sandboxes.counts()).toMatchObject([{ live: 0, suspended: 0 }])
  })

  it('is removed where its learner chose another kind meanwhile', async () => {
    const { id, key } = await open()
    await store.workspaces.setProvider(key, 'simulated')
    await start()
    expect(kind.discarded).toEqual([id])
  })
})

const setupOf = () => {
  const { exercise } = testLesson()
  return { id: 'x', exercise, applied: [], files: [] }
}

describe('a suspended cluster that nobody uses', () => {
  it('is removed after some days; files stay, and the learner is told once', async () => {
    const sandbox = await open()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    await timers.advance(31 * minute)
    await timers.advance(7 * day)
    expect(kind.discarded).toEqual([sandbox.id])
    expect(sandboxes.counts()).toMatchObject([{ suspended: 0 }])
    const again = await open()
    expect(again.state).toMatchObject({
      state: 'ready',
      reason: 'Your cluster was removed after 7 days; it starts anew. Your files are as you left them.',
    })
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
    await sandboxes.close()
    await start()
    expect((await open()).state.reason).toBe('Your cluster is ready.')
  })

  it('is removed by a later server too, which knows when it was last used', async () => {
    const { id } = await open()
    await sandboxes.close()
    machine.since = timers.now() - 6 * day
    await start()
    expect(kind.discarded).toEqual([])
    await timers.advance(day + minute)
    expect(kind.discarded).toEqual([id])
  })
})

describe('a server that is killed while a cluster is made', () => {
  it('leaves nothing half made, and the next one makes it for the page that comes back; files stay', async () => {
    const sandbox = await open()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    kind.gate = new Promise(() => {})
    void sandboxes.remake(sandbox, 'restart')
    await settle()
    expect([sandbox.state.state, [...machine.halfMade]]).toEqual(['starting', [sandbox.id]])
    await start()
    expect([...machine.halfMade]).toEqual([])
    const again = await open()
    expect([again.id, again.state.state]).toEqual([sandbox.id, 'ready'])
    expect(again.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })

  it('knows the learner’s choice also where it was the first cluster', async () => {
    kind.gate = new Promise(() => {})
    const { id } = await open()
    await start()
    const simulated = new FakeProvider()
    sandboxes = serveSandboxes({ providers: [simulated, kind], store, timers })
    await settle()
    const again = await open()
    expect(again.state).toMatchObject({ id, state: 'ready', provider: 'kind' })
  })

  it('brings back no cluster that was half set back', async () => {
    const sandbox = await open()
    kind.onReset = () => new Promise(() => {})
    void sandboxes.remake(sandbox, 'reset')
    await settle()
    await start()
    expect(kind.discarded).toEqual([sandbox.id])
    expect((await open()).state.state).toBe('ready')
  })
})

describe('the wait for a cluster', () => {
  it('survives a reload of the page, and two tabs see the same', async () => {
    let made: () => void = () => {}
    kind.gate = new Promise((resolve) => {
      made = resolve
    })
    const one = await open()
    const off = one.on(() => {})
    off()
    await timers.advance(20_000)
    const two = await open()
    const seen = statesOf(two)
    made()
    await settle()
    expect(one).toBe(two)
    expect(seen.map(({ state }) => state)).toEqual(['ready'])
    expect(kind.clusters).toHaveLength(1)
  })

  it('in the queue survives a reload, and is given up half a minute after the last page', async () => {
    kind.room = 1
    ;(await open(bob)).on(() => {})
    const sandbox = await open()
    await timers.advance(20_000)
    sandbox.touch()
    expect(await open()).toBe(sandbox)
    await timers.advance(20_000)
    expect(sandbox.state).toMatchObject({ state: 'queued', place: 1 })
    await timers.advance(20_000)
    expect(sandbox.state).toMatchObject({ state: 'stopped', reason: 'The page was closed while it waited.' })
    expect((await open()).state).toMatchObject({ state: 'queued', place: 1 })
  })
})

describe('an engine that hangs', () => {
  it('while it is asked what is left makes kind missing, and is asked again', async () => {
    await open()
    kind = new FakeProvider({ name: 'kind', outlives: true, machine })
    kind.adopting = new Promise(() => {})
    const simulated = new FakeProvider()
    sandboxes = serveSandboxes({ providers: [simulated, kind], store, timers })
    await timers.advance(120_000)
    expect(sandboxes.counts()).toMatchObject([{ state: 'available' }, { state: 'missing' }])
    kind.adopting = Promise.resolve()
    await timers.advance(minute)
    expect(sandboxes.counts()).toMatchObject([{ live: 0 }, { state: 'available', live: 1 }])
  })

  it('while a cluster is suspended does not keep the server from its end', async () => {
    await open()
    kind.last.suspend = () => new Promise(() => {})
    const closed = sandboxes.close()
    await timers.advance(60_000)
    await closed
  })
})
