import { beforeEach, describe, expect, it } from 'vitest'
import { learnerIdSchema } from '../../../sandbox-server/contract/ids.ts'
import {
  decodeTerminalFrame,
  type ServerMessage,
  serverMessageSchema,
} from '../../../sandbox-server/contract/socket.ts'
import { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { PageConnection } from '../../../sandbox-server/ws/page-connection.ts'
import { parseFrame } from '../../../sandbox-server/ws/parse-message.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { type ManualTimers, manualTimers, settle } from '../../fakes/manual-timers.ts'
import { silentLog } from '../../fakes/silent-log.ts'

const learner = learnerIdSchema.parse('ada')

let store: Store
let timers: ManualTimers
let provider: FakeProvider
let sandboxes: Sandboxes

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  timers = manualTimers()
  provider = new FakeProvider()
  const limits = { live: 10, livePerLearner: 3, queued: 10, idleMs: 1_800_000, keepDays: 7 }
  sandboxes = new Sandboxes({
    providers: [provider],
    store,
    timers,
    log: silentLog(),
    limits,
    lesson: testLesson,
  })
  return () => store.close()
})

/** A page: sends frames, keeps what it gets by type, every message checked against the contract. */
function page(tab = 'tab-1') {
  const messages: ServerMessage[] = []
  let terminal = ''
  let closed: number | undefined
  const connection = new PageConnection({
    socket: {
      send(data) {
        if (typeof data === 'string') messages.push(serverMessageSchema.parse(JSON.parse(data)))
        else terminal += new TextDecoder().decode(decodeTerminalFrame(data).data)
      },
      close: (code) => {
        closed = code
      },
    },
    services: { sandboxes, store, timers, note: () => {} },
    open: () => sandboxes.open(learner, testLesson()),
  })
  const sendRaw = async (data: Uint8Array, isBinary = false) => {
    const parsed = parseFrame(data, isBinary)
    if ('error' in parsed) connection.send(parsed.error)
    else await connection.receive(parsed.message)
    await settle()
  }
  return {
    messages,
    connection,
    sendRaw,
    send: (message: unknown) => sendRaw(new TextEncoder().encode(JSON.stringify(message))),
    hello: async () => {
      await sendRaw(
        new TextEncoder().encode(JSON.stringify({ type: 'hello', version: 1, tab, columns: 80, rows: 24 })),
      )
    },
    of: <T extends ServerMessage['type']>(type: T) =>
      messages.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type),
    get terminal() {
      return terminal
    },
    get closed() {
      return closed
    },
  }
}

describe('a page that says hello', () => {
  it('is welcomed and told of the start, the files, the terminal and the cluster', async () => {
    const one = page()
    await one.hello()
    expect(one.messages.map((message) => message.type)).toEqual([
      'welcome',
      'sandbox',
      'sandbox',
      'files',
      'terminal-reset',
      'cluster',
    ])
    expect(one.of('files')[0]?.files).toEqual([{ path: 'web.yaml', content: 'kind: Service\n', revision: 1 }])
  })

  it('of another version is told to reload', async () => {
    const one = page()
    await one.send({ type: 'hello', version: 2, tab: 't', columns: 80, rows: 24 })
    expect(one.messages).toMatchObject([
      { type: 'error', code: 'VERSION_MISMATCH', hint: 'Reload the page.' },
    ])
    expect(one.closed).toBe(4409)
  })

  it('must say it before anything else', async () => {
    const one = page()
    await one.send({ type: 'terminal-run', requestId: 'r', command: 'ls' })
    expect(one.messages).toEqual([
      { type: 'error', requestId: 'r', code: 'BAD_MESSAGE', message: 'Say hello first.' },
    ])
  })
})

describe('what does not follow the contract', () => {
  const frames: [string, Uint8Array | string, boolean, object][] = [
    [
      'binary',
      new Uint8Array([0, 1]),
      true,
      { code: 'BAD_MESSAGE', message: 'Binary frames go from server to page only.' },
    ],
    ['no JSON', '{', false, { code: 'BAD_MESSAGE', hint: 'Send one JSON object a frame.' }],
    ['no UTF-8', new Uint8Array([0xff, 0xfe]), false, { code: 'BAD_MESSAGE' }],
    ['null', 'null', false, { code: 'BAD_MESSAGE' }],
    [
      'an unknown type',
      '{"type":"format-disk"}',
      false,
      { path: 'type', message: 'No message has the type "format-disk".' },
    ],
    ['an unknown member', '{"type":"ping","sentAt":1,"x":1}', false, { code: 'BAD_MESSAGE' }],
    [
      'a path out of the workspace',
      '{"type":"file-write","requestId":"r","path":"../etc/passwd","content":"","baseRevision":0}',
      false,
      { requestId: 'r', path: 'path', code: 'BAD_MESSAGE' },
    ],
    [
      'a manifest of 5 MB',
      JSON.stringify({
        type: 'file-write',
        requestId: 'r',
        path: 'a',
        content: 'x'.repeat(5e6),
        baseRevision: 0,
      }),
      false,
      { requestId: 'r', code: 'TOO_LARGE', hint: 'A file may have 1048576 bytes. Split it.' },
    ],
    [
      'a file over the limit',
      JSON.stringify({
        type: 'file-write',
        requestId: 'r',
        path: 'a',
        content: 'x'.repeat(1.2e6),
        baseRevision: 0,
      }),
      false,
      { requestId: 'r', code: 'TOO_LARGE', path: 'content' },
    ],
  ]
  it.each(frames)(
    '%s is an error that names the place, and the socket goes on',
    async (_, frame, binary, error) => {
      const one = page()
      await one.hello()
      one.messages.length = 0
      await one.sendRaw(typeof frame === 'string' ? new TextEncoder().encode(frame) : frame, binary)
      await one.send({ type: 'ping', sentAt: 5 })
      expect(one.messages).toMatchObject([
        { type: 'error', ...error },
        { type: 'pong', sentAt: 5 },
      ])
    },
  )
})

describe('requests', () => {
  it('that come while the sandbox starts are carried out once it is ready, in order', async () => {
    let open: () => void = () => {}
    provider.gate = new Promise((resolve) => {
      open = resolve
    })
    const one = page()
    await one.hello()
    const sent = ['l', 's', '\r'].map((data, index) =>
      one.send({ type: 'terminal-input', sequence: index, data }),
    )
    await settle()
    open()
    await Promise.all(sent)
    expect(provider.last.terminals[0]?.written).toEqual(['l', 's', '\r'])
  })

  it('write a file, tell the other tab, and tell the writer its revision', async () => {
    const [one, two] = [page('tab-1'), page('tab-2')]
    await one.hello()
    await two.hello()
    one.messages.length = 0
    two.messages.length = 0
    await one.send({ type: 'file-write', requestId: 'r', path: 'a.yaml', content: 'a', baseRevision: 0 })
    const file = { path: 'a.yaml', content: 'a', revision: 2 }
    expect(one.messages).toEqual([
      { type: 'file-changed', file },
      { type: 'done', requestId: 'r' },
    ])
    expect(two.messages).toEqual([{ type: 'file-changed', file }])
  })

  it('based on an older text get the newer one and CONFLICT', async () => {
    const one = page()
    await one.hello()
    provider.last.workspace.write('web.yaml', 'sed\n', 'terminal')
    one.messages.length = 0
    await one.send({ type: 'file-write', requestId: 'r', path: 'web.yaml', content: 'mine', baseRevision: 1 })
    expect(one.messages).toMatchObject([
      { type: 'file-changed', file: { content: 'sed\n' } },
      { type: 'error', requestId: 'r', code: 'CONFLICT' },
    ])
  })

  it('apply the file as it is in the workspace', async () => {
    const one = page()
    await one.hello()
    await one.send({ type: 'apply', requestId: 'r1', path: 'web.yaml' })
    await one.send({ type: 'apply', requestId: 'r2', path: 'nowhere.yaml' })
    expect(one.of('applied')).toMatchObject([{ requestId: 'r1', documents: [{ object: 'service/web' }] }])
    expect(one.of('error')).toMatchObject([{ requestId: 'r2', code: 'NOT_FOUND' }])
    expect(provider.last.applied).toEqual(['kind: Service\n'])
  })

  it('run a command once however many tabs and reconnects repeat it', async () => {
    const one = page('tab-1')
    await one.hello()
    await one.send({ type: 'terminal-run', requestId: 'r', command: 'false' })
    one.connection.close()
    const [again, other] = [page('tab-1'), page('tab-2')]
    await again.hello()
    await other.hello()
    await again.send({ type: 'terminal-run', requestId: 'r', command: 'false' })
    await other.send({ type: 'terminal-run', requestId: 'r', command: 'false' })
    const ran = [{ type: 'terminal-ran', requestId: 'r', exitCode: 1 }]
    expect([one.of('terminal-ran'), again.of('terminal-ran'), other.of('terminal-ran')]).toEqual([
      ran,
      ran,
      ran,
    ])
    expect(provider.last.terminals[0]?.ran).toEqual(['false'])
  })

  it('check: every result as it comes, then the attempt, which is in the store by then', async () => {
    const one = page()
    await one.hello()
    await one.send({ type: 'check', requestId: 'r', quiz: { why: 'b' } })
    expect(one.of('check-result').map(({ result }) => [result.id, result.outcome, result.points])).toEqual([
      ['why', 'passed', 40],
      ['answers', 'passed', 60],
    ])
    const [told] = one.of('attempt')
    expect(told?.attempt).toMatchObject({ points: 100, outOf: 100 })
    expect(await store.attempts.list({ learner, lesson: testLesson().slug }, 9)).toEqual([told?.attempt])
  })

  it('reset the exercise: the page gets the new files, the same terminal tells it', async () => {
    const one = page()
    await one.hello()
    await one.send({
      type: 'file-write',
      requestId: 'r1',
      path: 'web.yaml',
      content: 'mine',
      baseRevision: 1,
    })
    one.messages.length = 0
    await one.send({ type: 'sandbox-reset', requestId: 'r2' })
    expect(one.of('files').at(-1)?.files).toMatchObject([{ path: 'web.yaml', content: 'kind: Service\n' }])
    expect(one.of('done')).toEqual([{ type: 'done', requestId: 'r2' }])
    await timers.advance(10)
    expect(one.terminal).toContain('The exercise was reset to its start.')
  })

  it('while the sandbox has failed say so', async () => {
    provider.failures.push(new Error('no room'))
    const one = page()
    await one.hello()
    await one.send({ type: 'apply', requestId: 'r', path: 'web.yaml' })
    expect(one.of('error')).toEqual([
      {
        type: 'error',
        requestId: 'r',
        code: 'SANDBOX_NOT_READY',
        message: 'The sandbox is failed: The cluster could not be made: no room',
        hint: 'Wait until it is ready, then try again.',
      },
    ])
  })
})
