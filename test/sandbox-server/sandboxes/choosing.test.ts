import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../sandbox-server/contract/errors.ts'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { type ServeOptions, serveSandboxes, statesOf } from '../../fakes/serve-sandboxes.ts'

const ada = learnerIdSchema.parse('ada')
const bob = learnerIdSchema.parse('bob')
const eve = learnerIdSchema.parse('eve')
const minute = 60_000

let store: Store
let timers: ManualTimers
let simulated: FakeProvider
let kind: FakeProvider
let sandboxes: Sandboxes

const serve = (options: Partial<ServeOptions> = {}) =>
  serveSandboxes({ providers: [simulated, kind], store, timers, ...options })

const lessonOn = (provider: 'simulated' | 'kind') => {
  const lesson = testLesson()
  return { ...lesson, exercise: { ...lesson.exercise, provider } }
}

const missingDocker = async () => ({
  available: false,
  missing: [{ what: 'Docker was not found', mend: 'sudo apt install docker.io' }],
})

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  simulated = new FakeProvider()
  kind = new FakeProvider({ name: 'kind', outlives: true })
  kind.takesMs = 40_000
  sandboxes = serve()
  await settle()
  return () => store.close()
})

describe('what a lesson can be done on', () => {
  it('is told with the expected wait, the preferred one as the default', async () => {
    expect(await sandboxes.choices(ada, testLesson())).toEqual([
      { provider: 'simulated', default: true, expectedMs: 10 },
      { provider: 'kind', default: false, expectedMs: 40_000 },
    ])
  })

  it('says in a sentence why one cannot be chosen', async () => {
    expect(await sandboxes.choices(ada, lessonOn('kind'))).toEqual([
      { provider: 'simulated', default: false, unavailable: 'This exercise needs a kind cluster.' },
      { provider: 'kind', default: true, expectedMs: 40_000 },
    ])
    kind.lacks = 'There is no image of Cilium here.'
    expect(await sandboxes.choices(ada, testLesson())).toMatchObject([
      { provider: 'simulated' },
      { provider: 'kind', default: false, unavailable: 'There is no image of Cilium here.' },
    ])
    kind.lacks = undefined
    kind.room = 0
    expect(await sandboxes.choices(ada, testLesson())).toMatchObject([
      { provider: 'simulated' },
      { provider: 'kind', unavailable: "The server's machine has no memory for one." },
    ])
  })

  it('is looked at again every minute while something is missing', async () => {
    const offers: string[] = []
    kind.look = missingDocker
    sandboxes = serve({ onOffer: ({ provider, state }) => offers.push(`${provider.name} ${state}`) })
    await settle()
    expect(await sandboxes.choices(ada, testLesson())).toMatchObject([
      { provider: 'simulated' },
      { provider: 'kind', unavailable: 'Docker was not found.' },
    ])
    kind.look = async () => ({ available: true, missing: [] })
    await timers.advance(minute)
    expect(offers.filter((offer) => offer.startsWith('kind'))).toEqual(['kind missing', 'kind available'])
    expect((await sandboxes.open(ada, lessonOn('kind'))).provider).toBe(kind)
  })

  it('an engine that hangs keeps nobody from simulated clusters, and is missing after half a minute', async () => {
    kind.look = () => new Promise(() => {})
    sandboxes = serve()
    await settle()
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    expect(sandbox.state).toMatchObject({ state: 'ready', provider: 'simulated' })
    expect((await sandboxes.choices(ada, testLesson()))[1]?.unavailable).toBe(
      'The server is still looking whether it works here.',
    )
    await timers.advance(30_000)
    expect((await sandboxes.choices(ada, testLesson()))[1]?.unavailable).toBe(
      'Looking for kind gave no answer in 30 s.',
    )
  })
})

describe('the provider of a sandbox', () => {
  it('is what the exercise demands, whatever the operator prefers', async () => {
    const sandbox = await sandboxes.open(ada, lessonOn('kind'))
    await settle()
    expect(sandbox.state).toMatchObject({ state: 'ready', provider: 'kind' })
  })

  it('is what the learner chose, also for the next server that prefers another', async () => {
    const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    expect(sandbox.state).toMatchObject({ state: 'ready', provider: 'kind' })
    await sandboxes.close()
    sandboxes = serve()
    await settle()
    const again = await sandboxes.open(ada, testLesson())
    await settle()
    expect(again.state).toMatchObject({ state: 'ready', provider: 'kind' })
    expect(kind.last).toBe(kind.clusters[0])
  })

  it('cannot be one that the exercise rules out', async () => {
    await expect(sandboxes.open(ada, lessonOn('kind'), 'simulated')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'You cannot have a simulated cluster for this exercise. This exercise needs a kind cluster.',
      hint: 'Choose another kind of cluster: kind.',
    })
    await expect(sandboxes.open(ada, testLesson(), 'kubernetes')).rejects.toMatchObject({
      message: 'You cannot have a kubernetes cluster for this exercise. This server does not offer it.',
    })
    sandboxes = serve({ providers: [simulated] })
    await expect(sandboxes.open(ada, lessonOn('kind'))).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'This exercise needs a kind cluster, which this server does not offer.',
      hint: 'Whoever runs the server can offer it: fairlead serve --clusters auto.',
    })
  })

  it('stays kind where kind is missing for a while, and the page is told what is missing', async () => {
    await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    await sandboxes.close()
    kind.look = missingDocker
    sandboxes = serve()
    await settle()
    const sandbox = await sandboxes.open(ada, testLesson())
    expect(sandbox.state).toMatchObject({
      state: 'failed',
      provider: 'kind',
      reason: 'This server has no kind clusters now: Docker was not found',
    })
    sandbox.on(() => {})
    kind.look = async () => ({ available: true, missing: [] })
    await timers.advance(minute)
    expect(sandbox.state).toMatchObject({ state: 'ready', provider: 'kind' })
  })

  it('waits in the queue while its provider is looked for', async () => {
    await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    await sandboxes.close()
    let found: () => void = () => {}
    kind.adopting = new Promise((resolve) => {
      found = resolve
    })
    sandboxes = serve()
    const opening = sandboxes.open(ada, testLesson())
    await timers.advance(1_000)
    const sandbox = await opening
    expect(sandbox.state).toMatchObject({
      state: 'queued',
      place: 1,
      expectedWaitMs: 40_000,
      reason: 'The server looks for its kind clusters. Yours starts in a moment.',
    })
    found()
    await settle()
    expect(sandbox.state.state).toBe('ready')
  })
})

describe('choosing another kind of cluster', () => {
  it('removes the old one, keeps the files, and says so in the terminal', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
    const seen = statesOf(sandbox)
    await sandboxes.choose(sandbox, 'kind')
    await settle()
    expect(seen.map(({ state, provider }) => `${state} ${provider}`)).toEqual([
      'stopping simulated',
      'stopped kind',
      'starting kind',
      'starting kind',
      'ready kind',
    ])
    expect(simulated.last.disposed).toBe(true)
    expect(kind.last.setup.snapshot).toBeUndefined()
    expect(sandbox.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
    await timers.advance(1_000)
    const kept = await store.terminals.read(sandbox.key)
    expect(new TextDecoder().decode(kept?.tail)).toContain(
      'A kind cluster takes the place of the simulated one. Your files stay.',
    )
  })

  it('discards the suspended cluster of a sandbox that is stopped', async () => {
    const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    await timers.advance(31 * minute)
    expect(sandbox.state.state).toBe('stopped')
    await sandboxes.open(ada, testLesson(), 'simulated')
    await settle()
    expect(kind.machine.suspended.size).toBe(0)
    expect((await store.workspaces.read(sandbox.key))?.provider).toBe('simulated')
  })

  it('gives up the start of the old one', async () => {
    kind.gate = new Promise(() => {})
    const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    expect(sandbox.state).toMatchObject({ state: 'starting', provider: 'kind', expectedMs: 40_000 })
    await sandboxes.choose(sandbox, 'simulated')
    await settle()
    expect(sandbox.state).toMatchObject({ state: 'ready', provider: 'simulated' })
    expect(sandboxes.counts().map(({ live }) => live)).toEqual([1, 0])
  })
})

describe('places', () => {
  it('are as many as each provider has room for, with a queue of its own', async () => {
    kind.room = 1
    const first = await sandboxes.open(ada, testLesson(), 'kind')
    first.on(() => {})
    await settle()
    const second = await sandboxes.open(bob, testLesson(), 'kind')
    const other = await sandboxes.open(eve, testLesson())
    await settle()
    expect(other.state.state).toBe('ready')
    expect(second.state).toMatchObject({
      state: 'queued',
      place: 1,
      expectedWaitMs: 30 * minute + 40_000,
      provider: 'kind',
    })
    expect(sandboxes.counts()).toEqual([
      { provider: 'simulated', state: 'available', live: 1, queued: 0, suspended: 0, limit: 10 },
      { provider: 'kind', state: 'available', live: 1, queued: 1, suspended: 0, limit: 1 },
    ])
  })

  it('are fewer where the operator says so', async () => {
    sandboxes = serve({ limits: { liveOf: { kind: 2 } } })
    await settle()
    expect(sandboxes.counts().map(({ limit }) => limit)).toEqual([10, 2])
  })

  it('are free again after a start that failed', async () => {
    kind.room = 1
    kind.failures.push(new Error('kind failed'))
    const first = await sandboxes.open(ada, testLesson(), 'kind')
    first.on(() => {})
    await settle()
    const second = await sandboxes.open(bob, testLesson(), 'kind')
    await settle()
    expect([first.state.state, second.state.state]).toEqual(['failed', 'ready'])
    await expect(sandboxes.remake(first, 'restart')).resolves.toBeUndefined()
    expect(first.state.state).toBe('queued')
  })
})

describe('cancelling', () => {
  it('ends a start, and starting again works', async () => {
    kind.gate = new Promise(() => {})
    const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    const seen = statesOf(sandbox)
    await sandboxes.cancel(sandbox)
    expect(seen.map(({ state, reason }) => `${state}: ${reason}`)).toEqual([
      'stopping: You cancelled the start.',
      'stopping: You cancelled the start.',
      'stopped: You cancelled the start.',
    ])
    expect([kind.machine.halfMade.size, sandboxes.live]).toEqual([0, 0])
    kind.gate = Promise.resolve()
    await sandboxes.open(ada, testLesson())
    await settle()
    expect(sandbox.state.state).toBe('ready')
  })

  it('leaves the queue', async () => {
    kind.room = 1
    const first = await sandboxes.open(ada, testLesson(), 'kind')
    first.on(() => {})
    const second = await sandboxes.open(bob, testLesson(), 'kind')
    const third = await sandboxes.open(eve, testLesson(), 'kind')
    await settle()
    await sandboxes.cancel(second)
    expect(second.state).toMatchObject({ state: 'stopped', reason: 'You gave up your place in the queue.' })
    expect(third.state).toMatchObject({ state: 'queued', place: 1 })
  })

  it('of what is ready is refused', async () => {
    const sandbox = await sandboxes.open(ada, testLesson())
    await settle()
    await expect(sandboxes.cancel(sandbox)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('does not wait for a provider that does not give up', async () => {
    const stuck = kind.create.bind(kind)
    kind.create = (setup, progress) => stuck(setup, progress, new AbortController().signal)
    kind.gate = new Promise(() => {})
    const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
    await settle()
    const cancelled = sandboxes.cancel(sandbox)
    await timers.advance(60_000)
    await cancelled
    expect(sandbox.state.state).toBe('stopped')
  })
})

it('a failed start tells reason, hint, steps and the end of what the tool printed', async () => {
  const log = `${'x'.repeat(100_000)}the end`
  kind.failures.push(new AppError('PROVIDER_FAILED', 'kubeadm failed.', { hint: 'Look at the log.', log }))
  const sandbox = await sandboxes.open(ada, testLesson(), 'kind')
  await settle()
  expect(sandbox.state).toMatchObject({
    state: 'failed',
    reason: 'The cluster could not be made: kubeadm failed.',
    hint: 'Look at the log.',
    steps: [{ name: 'Start', state: 'running' }],
    log: log.slice(-64 * 1024),
  })
})
