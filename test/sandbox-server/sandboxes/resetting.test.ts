import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { Sandbox } from '../../../sandbox-server/sandboxes/sandbox.ts'
import type { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { serveSandboxes, statesOf } from '../../fakes/serve-sandboxes.ts'

const ada = learnerIdSchema.parse('ada')

let store: Store
let timers: ManualTimers
let kind: FakeProvider
let sandboxes: Sandboxes
let sandbox: Sandbox

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  kind = new FakeProvider({ name: 'kind', outlives: true })
  sandboxes = serveSandboxes({ providers: [kind], store, timers })
  sandbox = await sandboxes.open(ada, testLesson())
  await settle()
  sandbox.on(() => {})
  await sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')
  await sandbox.writeFile('extra.yaml', 'mine\n', 0, 'tab-1')
  return () => store.close()
})

const files = async () =>
  (await store.workspaces.read(sandbox.key))?.files.map(({ path, content }) => [path, content])
const atStart = [['web.yaml', 'kind: Service\n']]

describe('Reset', () => {
  it('sets the same cluster back where its provider can: terminal and watch stay, files are replaced', async () => {
    kind.onReset = async () => true
    const { watch } = sandbox
    const events: string[] = []
    sandbox.on(({ type }) => events.push(type))
    const seen = statesOf(sandbox)
    await sandboxes.remake(sandbox, 'reset')
    expect(seen).toMatchObject([
      { state: 'starting', steps: [{ name: 'Set the exercise back', state: 'running' }] },
      { state: 'starting', steps: [{ name: 'Set the exercise back', state: 'done', durationMs: 0 }] },
      { state: 'ready' },
    ])
    expect(events.filter((type) => type !== 'state')).toEqual(['workspace', 'workspace', 'files'])
    expect(kind.clusters).toHaveLength(1)
    expect(kind.last.resets).toMatchObject([
      { files: [{ path: 'web.yaml' }], applied: [{ path: 'app.yaml' }] },
    ])
    expect([sandbox.watch === watch, kind.last.terminals[0]?.disposed]).toEqual([true, false])
    expect(sandbox.cluster.workspace.list().map(({ path }) => path)).toEqual(['web.yaml'])
    expect(await files()).toEqual(atStart)
    expect((await store.workspaces.read(sandbox.key))?.anew).toBe(false)
  })

  it.each([
    ['cannot', async () => false],
    ['fails at it', () => Promise.reject(new Error('a finalizer stays'))],
  ])('makes a new cluster where the provider %s', async (_, onReset) => {
    kind.onReset = onReset
    await sandboxes.remake(sandbox, 'reset')
    expect(kind.clusters.map(({ disposed }) => disposed)).toEqual([true, false])
    expect(sandbox.state.state).toBe('ready')
    expect(await files()).toEqual(atStart)
  })

  it('makes a new cluster where the provider hangs', async () => {
    kind.onReset = () => new Promise(() => {})
    const done = sandboxes.remake(sandbox, 'reset')
    await timers.advance(60_000)
    await done
    expect(kind.clusters).toHaveLength(2)
    expect(sandbox.state.state).toBe('ready')
  })

  it('that is cancelled half way removes the cluster and keeps the files', async () => {
    let go: (done: boolean) => void = () => {}
    kind.onReset = () =>
      new Promise((resolve) => {
        go = resolve
      })
    const done = sandboxes.remake(sandbox, 'reset')
    await settle()
    const cancelled = sandboxes.cancel(sandbox)
    go(true)
    await Promise.all([done, cancelled])
    expect(sandbox.state).toMatchObject({ state: 'stopped', reason: 'You cancelled the start.' })
    expect(kind.last.disposed).toBe(true)
    expect(await files()).toEqual([
      ['extra.yaml', 'mine\n'],
      ['web.yaml', 'mine\n'],
    ])
    await sandboxes.open(ada, testLesson())
    await settle()
    expect([sandbox.state.state, kind.clusters.length]).toEqual(['ready', 2])
  })

  it('of a stopped sandbox makes one cluster, in the start state', async () => {
    await sandboxes.stop(sandbox, 'Nothing was done.')
    await sandboxes.remake(sandbox, 'reset')
    expect(kind.discarded).toEqual([sandbox.id])
    expect([sandbox.state.state, kind.clusters.length]).toEqual(['ready', 2])
    expect(await files()).toEqual(atStart)
  })
})

it('Restart always makes a new cluster and keeps the files', async () => {
  kind.onReset = async () => true
  await sandboxes.remake(sandbox, 'restart')
  expect(kind.clusters.map(({ disposed }) => disposed)).toEqual([true, false])
  expect(sandbox.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
})
