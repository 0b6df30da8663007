import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import type { Sandbox } from '../../../sandbox-server/sandboxes/sandbox.ts'
import type { SandboxEvent } from '../../../sandbox-server/sandboxes/sandbox-event.ts'
import type { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { type FullDisk, failingStore } from '../../fakes/failing-store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { serveSandboxes } from '../../fakes/serve-sandboxes.ts'

const ada = learnerIdSchema.parse('ada')
const minute = 60_000

let store: Store
let disk: FullDisk
let timers: ManualTimers
let provider: FakeProvider
let sandboxes: Sandboxes
let sandbox: Sandbox
let events: SandboxEvent[]

beforeEach(async () => {
  const sqlite = await openSqliteStore(':memory:')
  ;({ store, disk } = failingStore(sqlite))
  timers = manualTimers()
  provider = new FakeProvider()
  sandboxes = serveSandboxes({ providers: [provider], store, timers })
  sandbox = await sandboxes.open(ada, testLesson())
  await settle()
  await timers.advance(1_000)
  events = []
  sandbox.on((event) => events.push(event))
  return () => sqlite.close()
})

const keptText = async (path: string) =>
  (await store.workspaces.read(sandbox.key))?.files.find((file) => file.path === path)?.content

const notSaved = (path: string) => ({
  code: 'NOT_SAVED',
  message: `${path} was NOT saved: database or disk is full.`,
  hint: "The server's disk may be full; whoever runs it can make room. Save again then: nothing on this page is lost.",
})

describe('a file that the store cannot keep', () => {
  it('is refused to the page that wrote it, which may save again once there is room', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'one\n', 1, 'tab-1')).rejects.toMatchObject(
      notSaved('web.yaml'),
    )
    await expect(sandbox.writeFile('web.yaml', 'two\n', 1, 'tab-1')).rejects.toMatchObject(
      notSaved('web.yaml'),
    )
    expect(await keptText('web.yaml')).toBe('kind: Service\n')
    disk.full = false
    await sandbox.writeFile('web.yaml', 'three\n', 1, 'tab-1')
    expect(await keptText('web.yaml')).toBe('three\n')
    await sandbox.writeFile(
      'web.yaml',
      'four\n',
      sandbox.cluster.workspace.read('web.yaml')?.revision ?? 0,
      'tab-1',
    )
    expect(await keptText('web.yaml')).toBe('four\n')
  })

  it('is in the store soon after there is room again, and its writer goes on without a conflict', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toThrow()
    disk.full = false
    await timers.advance(5_000)
    expect(await keptText('web.yaml')).toBe('mine\n')
    await sandbox.writeFile('web.yaml', 'mine again\n', 1, 'tab-1')
    expect(await keptText('web.yaml')).toBe('mine again\n')
  })

  it('of another writer is a conflict as ever', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toThrow()
    disk.full = false
    await expect(sandbox.writeFile('web.yaml', 'theirs\n', 1, 'tab-2')).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })

  it('of the terminal is told to every page, once', async () => {
    disk.full = true
    sandbox.cluster.workspace.write('sed.yaml', 'a\n', 'terminal')
    await settle()
    await timers.advance(20_000)
    const problems = events.flatMap((event) => (event.type === 'problem' ? [event.error] : []))
    expect(problems).toMatchObject([notSaved('sed.yaml')])
    disk.full = false
    await timers.advance(5_000)
    expect(await keptText('sed.yaml')).toBe('a\n')
  })

  it('that could not be deleted says so', async () => {
    disk.full = true
    await expect(sandbox.deleteFile('web.yaml', 'tab-1')).rejects.toMatchObject(notSaved('web.yaml'))
    disk.full = false
    await timers.advance(5_000)
    expect(await keptText('web.yaml')).toBeUndefined()
  })

  it('keeps its cluster from an idle end, which would lose it', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toThrow()
    await timers.advance(31 * minute)
    expect(sandbox.state.state).toBe('ready')
    disk.full = false
    await timers.advance(minute)
    expect(sandbox.state.state).toBe('stopped')
    expect(await keptText('web.yaml')).toBe('mine\n')
  })

  it('is named where the server ends all the same', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toThrow()
    await sandboxes.close()
    expect(sandbox.state).toMatchObject({
      state: 'stopped',
      kept: 'NOT saved for want of room: web.yaml. All else is kept.',
    })
  })

  it('comes back into a cluster that is made anew before there is room', async () => {
    disk.full = true
    await expect(sandbox.writeFile('web.yaml', 'mine\n', 1, 'tab-1')).rejects.toThrow()
    await sandbox.stop('Stopped by hand.')
    await sandbox.start()
    expect(sandbox.cluster.workspace.read('web.yaml')?.content).toBe('mine\n')
  })
})

it('a cluster whose checkpoint cannot be kept is saved once there is room', async () => {
  disk.full = true
  provider.last.becomeDirty()
  await timers.advance(3_000)
  disk.full = false
  await timers.advance(2_000)
  const kept = await store.workspaces.read(sandbox.key)
  expect(new TextDecoder().decode(kept?.snapshot)).toBe(`snapshot ${provider.last.checkpoints}`)
})

it('a reset that cannot be noted leaves cluster and files as they are and says so', async () => {
  disk.full = true
  await expect(sandboxes.remake(sandbox, 'reset')).rejects.toMatchObject(notSaved('The new start'))
  expect([sandbox.state.state, provider.last.disposed]).toEqual(['ready', false])
  disk.full = false
  await sandboxes.remake(sandbox, 'reset')
  expect([sandbox.state.state, provider.clusters.length]).toEqual(['ready', 2])
})
