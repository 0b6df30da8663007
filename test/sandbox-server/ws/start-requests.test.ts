import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../sandbox-server/contract/errors.ts'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { type FullDisk, failingStore } from '../../fakes/failing-store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { openFakePage } from '../../fakes/page.ts'
import { serveSandboxes } from '../../fakes/serve-sandboxes.ts'

const learner = learnerIdSchema.parse('ada')

let store: Store
let disk: FullDisk
let timers: ManualTimers
let simulated: FakeProvider
let kind: FakeProvider
let sandboxes: Sandboxes

beforeEach(async () => {
  const sqlite = await openSqliteStore(':memory:')
  ;({ store, disk } = failingStore(sqlite))
  timers = manualTimers()
  simulated = new FakeProvider()
  kind = new FakeProvider({ name: 'kind', outlives: true })
  kind.takesMs = 40_000
  sandboxes = serveSandboxes({ providers: [simulated, kind], store, timers })
  await settle()
  return () => sqlite.close()
})

const page = (tab = 'tab-1') => openFakePage({ sandboxes, store, timers, learner, tab })

/** A page whose kind cluster is being made, until `made` is called. */
async function startingPage() {
  let made: () => void = () => {}
  kind.gate = new Promise((resolve) => {
    made = resolve
  })
  await sandboxes.open(learner, testLesson(), 'kind')
  const one = page()
  await one.hello()
  return { one, made }
}

describe('sandbox-cancel', () => {
  it('is carried out while the cluster starts, and every page is told', async () => {
    const { one } = await startingPage()
    const two = page('tab-2')
    await two.hello()
    await one.send({ type: 'sandbox-cancel', requestId: 'r' })
    expect(one.of('done')).toEqual([{ type: 'done', requestId: 'r' }])
    for (const { of } of [one, two]) {
      expect(of('sandbox').at(-1)?.sandbox).toMatchObject({
        state: 'stopped',
        provider: 'kind',
        reason: 'You cancelled the start.',
        kept: 'Your files are kept.',
      })
    }
  })

  it('of a sandbox that is ready is a clear error', async () => {
    const one = page()
    await one.hello()
    await one.send({ type: 'sandbox-cancel', requestId: 'r' })
    expect(one.of('error')).toMatchObject([{ requestId: 'r', code: 'CONFLICT' }])
  })

  it('then restart starts it again, once', async () => {
    const { one, made } = await startingPage()
    await one.send({ type: 'sandbox-cancel', requestId: 'r1' })
    made()
    await one.send({ type: 'sandbox-restart', requestId: 'r2' })
    expect(one.of('sandbox').at(-1)?.sandbox.state).toBe('ready')
    expect([one.of('done').length, kind.clusters.length]).toEqual([2, 1])
  })
})

describe('sandbox-provider', () => {
  it('makes a cluster of another kind for every page; the terminal says a line', async () => {
    const one = page()
    await one.hello()
    await one.send({
      type: 'file-write',
      requestId: 'w',
      path: 'web.yaml',
      content: 'mine\n',
      baseRevision: 1,
    })
    await one.send({ type: 'sandbox-provider', requestId: 'r', provider: 'kind' })
    expect(one.of('done').map(({ requestId }) => requestId)).toEqual(['w', 'r'])
    expect(one.of('sandbox').at(-1)?.sandbox).toMatchObject({ state: 'ready', provider: 'kind' })
    expect(one.of('files').at(-1)?.files).toMatchObject([{ path: 'web.yaml', content: 'mine\n' }])
    await timers.advance(10)
    expect(one.terminal).toContain('A kind cluster takes the place of the simulated one. Your files stay.')
  })

  it('is carried out while another kind starts', async () => {
    const { one } = await startingPage()
    await one.send({ type: 'sandbox-provider', requestId: 'r', provider: 'simulated' })
    expect(one.of('sandbox').at(-1)?.sandbox).toMatchObject({ state: 'ready', provider: 'simulated' })
  })

  it('that cannot be had is refused with the reason, and nothing changes', async () => {
    kind.lacks = 'There is no image of Cilium here.'
    const one = page()
    await one.hello()
    await one.send({ type: 'sandbox-provider', requestId: 'r', provider: 'kind' })
    expect(one.of('error')).toEqual([
      {
        type: 'error',
        requestId: 'r',
        code: 'BAD_REQUEST',
        message: 'You cannot have a kind cluster for this exercise. There is no image of Cilium here.',
        hint: 'Choose another kind of cluster: simulated.',
      },
    ])
    expect(simulated.last.disposed).toBe(false)
  })

  it('of two tabs at once makes one cluster', async () => {
    const [one, two] = [page('tab-1'), page('tab-2')]
    await one.hello()
    await two.hello()
    await Promise.all([
      one.send({ type: 'sandbox-provider', requestId: 'r1', provider: 'kind' }),
      two.send({ type: 'sandbox-provider', requestId: 'r2', provider: 'kind' }),
    ])
    expect(kind.clusters).toHaveLength(1)
    expect([one, two].map(({ of }) => of('done').length)).toEqual([1, 1])
    expect(two.of('sandbox').at(-1)?.sandbox).toMatchObject({ state: 'ready', provider: 'kind' })
  })
})

describe('sandbox-reset in place', () => {
  it('keeps the terminal and what is watched, and sends the files', async () => {
    simulated.onReset = async () => true
    const one = page()
    await one.hello()
    await one.send({
      type: 'file-write',
      requestId: 'w',
      path: 'web.yaml',
      content: 'mine\n',
      baseRevision: 1,
    })
    one.messages.length = 0
    await one.send({ type: 'sandbox-reset', requestId: 'r' })
    expect(one.messages.map(({ type }) => type)).toEqual([
      'sandbox',
      'file-changed',
      'sandbox',
      'sandbox',
      'files',
      'done',
    ])
    await one.send({ type: 'terminal-input', sequence: 1, data: 'ls\r' })
    expect(simulated.last.terminals.map(({ written }) => written)).toEqual([['ls\r']])
  })

  it('takes keys meanwhile', async () => {
    let go: (done: boolean) => void = () => {}
    simulated.onReset = () =>
      new Promise((resolve) => {
        go = resolve
      })
    const one = page()
    await one.hello()
    const reset = one.send({ type: 'sandbox-reset', requestId: 'r' })
    await settle()
    await one.send({ type: 'terminal-input', sequence: 1, data: 'l' })
    expect(simulated.last.terminals[0]?.written).toEqual(['l'])
    go(true)
    await reset
  })
})

it('a start that fails tells the page why, with the log', async () => {
  kind.failures.push(new AppError('PROVIDER_FAILED', 'kubeadm failed.', { log: 'kubelet is not healthy' }))
  const { one, made } = await startingPage()
  made()
  await settle()
  const failed = {
    state: 'failed',
    reason: 'The cluster could not be made: kubeadm failed.',
    log: 'kubelet is not healthy',
  }
  expect(one.of('sandbox').at(-1)?.sandbox).toMatchObject(failed)
})

it('a file that is not saved is an error with the reason, and the next save works', async () => {
  const one = page()
  await one.hello()
  const write = (requestId: string, content: string) =>
    one.send({ type: 'file-write', requestId, path: 'web.yaml', content, baseRevision: 1 })
  disk.full = true
  await write('r1', 'one\n')
  expect(one.of('error')).toMatchObject([
    { requestId: 'r1', code: 'NOT_SAVED', message: 'web.yaml was NOT saved: database or disk is full.' },
  ])
  disk.full = false
  await write('r2', 'two\n')
  expect(one.of('done')).toEqual([{ type: 'done', requestId: 'r2' }])
})

it('a check whose result is not saved says so, and may be run again', async () => {
  const one = page()
  await one.hello()
  disk.full = true
  await one.send({ type: 'check', requestId: 'r1', quiz: {} })
  expect(one.of('error')).toMatchObject([
    {
      requestId: 'r1',
      code: 'NOT_SAVED',
      message: 'The result of this check was NOT saved: database or disk is full.',
    },
  ])
  disk.full = false
  await one.send({ type: 'check', requestId: 'r2', quiz: {} })
  expect(one.of('attempt')).toMatchObject([{ requestId: 'r2' }])
})
