import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema, lessonSlugSchema } from '../../../sandbox-server/contract/ids.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { TerminalSession } from '../../../sandbox-server/terminals/terminal-session.ts'
import { windowBytes } from '../../../sandbox-server/terminals/terminal-view.ts'
import { FakeTerminal } from '../../fakes/fake-provider.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'

const key = { learner: learnerIdSchema.parse('ada'), lesson: lessonSlugSchema.parse('a/b') }
const size = { columns: 80, rows: 24 }

/** A page that shows what it gets and remembers where it is. */
class TestPage {
  text = ''
  offset = 0
  bytes = 0
  readonly events: string[] = []
  readonly sink = {
    output: (offset: number, data: Uint8Array) => {
      if (offset !== this.offset) this.events.push(`gap ${this.offset}..${offset}`)
      this.offset = offset + data.length
      this.bytes += data.length
      this.text += new TextDecoder().decode(data)
    },
    reset: (offset: number) => {
      this.events.push('reset')
      this.text = ''
      this.offset = offset
    },
    size: ({ columns, rows }: { columns: number; rows: number }) => this.events.push(`${columns}x${rows}`),
  }
}

let store: Store
let timers: ManualTimers
let shell: FakeTerminal
let session: TerminalSession

const make = async () =>
  new TerminalSession({
    key,
    store: store.terminals,
    timers,
    kept: await store.terminals.read(key),
    onError: (error) => {
      throw error
    },
  })

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  shell = new FakeTerminal()
  session = await make()
  session.connect(shell)
  return () => store.close()
})

describe('a shared terminal', () => {
  it('shows a fresh page all that was printed, after a reset', async () => {
    await shell.print('hello\r\n')
    const page = new TestPage()
    session.open({ sink: page.sink, size, offset: 0 })
    await shell.print('$ ')
    expect([page.events, page.text]).toEqual([['reset'], 'hello\r\n$ '])
  })

  it('goes on without loss or repetition for a page that comes back', async () => {
    const page = new TestPage()
    const first = session.open({ sink: page.sink, size, offset: 0 })
    await shell.print('one ')
    first.close()
    await shell.print('two ')
    session.open({ sink: page.sink, size, offset: page.offset })
    await shell.print('three')
    expect([page.events, page.text]).toEqual([['reset', '80x24'], 'one two three'])
  })

  it('resets a page whose bytes are no longer kept', async () => {
    const page = new TestPage()
    const first = session.open({ sink: page.sink, size, offset: 0 })
    await shell.print('one ')
    first.acknowledge(4)
    const watching = new TestPage()
    const view = session.open({ sink: watching.sink, size, offset: 0 })
    first.close()
    for (let mebibyte = 0; mebibyte < 12; mebibyte++) {
      const printed = shell.print(new Uint8Array(256 * 1024).fill(97))
      view.acknowledge(watching.offset)
      await printed
    }
    session.open({ sink: page.sink, size, offset: page.offset })
    expect(page.events).toEqual(['reset', 'reset'])
    expect(watching.events.filter((event) => event.startsWith('gap'))).toEqual([])
  })

  it('holds the program while no page renders, and lets it go on when one does', async () => {
    const page = new TestPage()
    const view = session.open({ sink: page.sink, size, offset: 0 })
    let printed = 0
    const program = (async () => {
      for (let chunk = 0; chunk < 100; chunk++) {
        await shell.print(new Uint8Array(64 * 1024).fill(121))
        printed += 64 * 1024
      }
    })()
    await settle()
    expect(page.bytes).toBe(windowBytes)
    expect(printed).toBeLessThanOrEqual(windowBytes)
    while (page.bytes < 100 * 64 * 1024) {
      view.acknowledge(page.offset)
      await settle()
    }
    await program
    expect(page.events).toEqual(['reset'])
  })

  it('is as large as the smallest page', () => {
    const large = new TestPage()
    const small = new TestPage()
    session.open({ sink: large.sink, size: { columns: 120, rows: 40 }, offset: 0 })
    const view = session.open({ sink: small.sink, size: { columns: 60, rows: 50 }, offset: 0 })
    view.close()
    expect(shell.sizes).toEqual([
      { columns: 120, rows: 40 },
      { columns: 60, rows: 40 },
      { columns: 120, rows: 40 },
    ])
    expect(large.events).toEqual(['120x40', 'reset', '60x40', '120x40'])
  })

  it('types each sequence number of a tab once', () => {
    session.input('tab-1', 1, 'a')
    session.input('tab-1', 2, 'b')
    session.input('tab-1', 2, 'b')
    session.input('tab-2', 1, 'c')
    expect(shell.written).toEqual(['a', 'b', 'c'])
  })

  it('runs a command once per request, also when it is asked again later', async () => {
    const both = await Promise.all([session.run('r1', 'false'), session.run('r1', 'false')])
    expect([...both, await session.run('r1', 'false')]).toEqual([1, 1, 1])
    expect(shell.ran).toEqual(['false'])
  })
})

describe('a terminal after the server was killed', () => {
  const restart = async () => {
    session = await make()
    shell = new FakeTerminal()
    session.connect(shell)
  }

  it('shows what was on the screen a second before, and numbers on where no page can have been', async () => {
    const page = new TestPage()
    session.open({ sink: page.sink, size, offset: 0 })
    await shell.print('kubectl get pods\r\n')
    await timers.advance(1000)
    await shell.print('lost')
    await restart()
    session.open({ sink: page.sink, size, offset: page.offset })
    await shell.print('$ ')
    expect(page.events).toEqual(['reset', 'reset'])
    expect(page.text.startsWith('kubectl get pods\r\n')).toBe(true)
    expect(page.text.endsWith('\r\n$ ')).toBe(true)
  })

  it('does not type again what a tab repeats', async () => {
    session.input('tab-1', 5, 'rm x\r')
    await timers.advance(1000)
    await restart()
    session.input('tab-1', 5, 'rm x\r')
    session.input('tab-1', 6, 'ls\r')
    expect(shell.written).toEqual(['ls\r'])
  })

  it('says that a command was cut short instead of running it again', async () => {
    shell.run = () => new Promise(() => {})
    void session.run('r1', 'kubectl apply -f x.yaml')
    await settle()
    await restart()
    await expect(session.run('r1', 'kubectl apply -f x.yaml')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(shell.ran).toEqual([])
  })
})
