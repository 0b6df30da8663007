// The page's one socket: nothing that was sent is lost or done twice, whatever happens to the connection.
import { describe, expect, it } from 'vitest'
import type { ServerMessage } from '../../sandbox-server/contract/socket.ts'
import { backoffMs } from '../../src/sandbox-client/backoff.ts'
import {
  Connection,
  type ConnectionEnvironment,
  type ConnectionState,
} from '../../src/sandbox-client/connection.ts'

class FakeSocket {
  readonly sent: { type: string; [key: string]: unknown }[] = []
  closed = false
  binaryType = ''
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.closed = true
    this.onclose?.()
  }
  types(): string[] {
    return this.sent.map((message) => message.type)
  }
}

const sandbox = {
  id: 's1',
  lesson: 'a/b',
  provider: 'simulated',
  reason: 'Ready.',
  state: 'ready',
  nodes: [],
  expiresAt: 1,
}

function page() {
  const sockets: FakeSocket[] = []
  const states: ConnectionState['kind'][] = []
  const messages: ServerMessage['type'][] = []
  const timers: { run: () => void; at: number; gone: boolean }[] = []
  let now = 0
  let online = true
  const environment: ConnectionEnvironment = {
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    now: () => now,
    random: () => 0.5,
    later(run, ms) {
      const timer = { run, at: now + ms, gone: false }
      timers.push(timer)
      return () => {
        timer.gone = true
      }
    },
    online: () => online,
  }
  const connection = new Connection(
    {
      state: (state) => states.push(state.kind),
      message: (message) => messages.push(message.type),
      terminal: () => undefined,
      hello: () => ({ terminalOffset: 7, columns: 80, rows: 24 }),
      locate: async () => 'ws://server/socket',
    },
    environment,
    'tab',
  )
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  return {
    connection,
    sockets,
    states,
    messages,
    setOnline: (value: boolean) => {
      online = value
    },
    async advance(ms: number): Promise<void> {
      const end = now + ms
      for (;;) {
        const next = timers.filter((timer) => !timer.gone && timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        now = next.at
        next.gone = true
        next.run()
        await settle()
      }
      now = end
    },
    /** Connects and is welcomed; returns the socket. */
    async welcome(): Promise<FakeSocket> {
      await settle()
      const socket = sockets.at(-1)
      if (socket === undefined) throw new Error('no socket was opened')
      socket.onopen?.()
      socket.onmessage?.({ data: JSON.stringify({ type: 'welcome', version: 1, sandbox, serverTime: 0 }) })
      return socket
    },
  }
}

describe('a connection', () => {
  it('says hello first, with what the terminal shows already', async () => {
    const { connection, welcome } = page()
    connection.connect()
    const socket = await welcome()
    expect(socket.sent).toEqual([
      { type: 'hello', version: 1, tab: 'tab', terminalOffset: 7, columns: 80, rows: 24 },
    ])
  })

  it('keeps what is typed and asked while there is no connection, and sends it in order once there is', async () => {
    const { connection, welcome } = page()
    connection.connect()
    connection.input('l')
    connection.request({ type: 'check', requestId: 'r1', quiz: {} })
    connection.input('s')
    const socket = await welcome()
    expect(socket.sent.slice(1)).toEqual([
      { type: 'terminal-input', sequence: 1, data: 'l' },
      { type: 'check', requestId: 'r1', quiz: {} },
      { type: 'terminal-input', sequence: 2, data: 's' },
    ])
  })

  it('sends a request again after a reconnect under the same id, unless it was answered', async () => {
    const { connection, welcome, advance } = page()
    connection.connect()
    const first = await welcome()
    connection.request({ type: 'terminal-run', requestId: 'answered', command: 'ls' })
    connection.request({ type: 'terminal-run', requestId: 'open', command: 'pwd' })
    first.onmessage?.({ data: JSON.stringify({ type: 'terminal-ran', requestId: 'answered', exitCode: 0 }) })
    first.close()
    await advance(2_000)
    const second = await welcome()
    expect(second.sent.slice(1)).toEqual([{ type: 'terminal-run', requestId: 'open', command: 'pwd' }])
  })

  it('forgets input that a pong proves to have arrived', async () => {
    const { connection, welcome, advance } = page()
    connection.connect()
    const first = await welcome()
    connection.input('a')
    await advance(10_000)
    const ping = first.sent.at(-1)
    connection.input('b')
    first.onmessage?.({ data: JSON.stringify({ type: 'pong', sentAt: ping?.sentAt }) })
    first.close()
    await advance(2_000)
    const second = await welcome()
    expect(second.sent.slice(1)).toEqual([{ type: 'terminal-input', sequence: 2, data: 'b' }])
  })

  it('takes a socket that answers no ping for dead and makes another', async () => {
    const { connection, welcome, advance, states, sockets } = page()
    connection.connect()
    await welcome()
    await advance(18_001)
    expect(states).toEqual(['connecting', 'open', 'reconnecting'])
    await advance(1_000)
    expect(sockets).toHaveLength(2)
  })

  it('waits for the network instead of knocking while the browser is offline', async () => {
    const { connection, welcome, advance, states, sockets, setOnline } = page()
    connection.connect()
    await welcome()
    setOnline(false)
    connection.wentOffline()
    await advance(60_000)
    expect({ last: states.at(-1), sockets: sockets.length }).toEqual({ last: 'offline', sockets: 1 })
    setOnline(true)
    connection.retryNow()
    await welcome()
    expect(states.at(-1)).toBe('open')
  })

  it('stops where the server speaks another version', async () => {
    const { connection, welcome, advance, states, sockets } = page()
    connection.connect()
    const socket = await welcome()
    socket.onmessage?.({
      data: JSON.stringify({ type: 'error', code: 'VERSION_MISMATCH', message: 'Reload the page.' }),
    })
    await advance(60_000)
    expect({ last: states.at(-1), sockets: sockets.length }).toEqual({ last: 'refused', sockets: 1 })
  })
})

it('waits longer and longer between attempts, never more than 15 s, and never the same for all', () => {
  const most = Array.from({ length: 9 }, (_, attempt) => backoffMs(attempt, () => 1))
  expect(most).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
  expect(Array.from({ length: 3 }, (_, attempt) => backoffMs(attempt, () => 0))).toEqual([100, 100, 100])
})
