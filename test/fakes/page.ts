// A lesson page on a connection without a socket: every message it gets is checked against the contract.
import type { LearnerId } from '../../sandbox-server/contract/ids.ts'
import {
  decodeTerminalFrame,
  type ServerMessage,
  serverMessageSchema,
} from '../../sandbox-server/contract/socket.ts'
import type { Timers } from '../../sandbox-server/platform/host-timers.ts'
import type { Sandboxes } from '../../sandbox-server/sandboxes/sandboxes.ts'
import type { Store } from '../../sandbox-server/store/store.ts'
import { PageConnection } from '../../sandbox-server/ws/page-connection.ts'
import { parseFrame } from '../../sandbox-server/ws/parse-message.ts'
import { testLesson } from './lesson.ts'
import { settle } from './manual-timers.ts'

export interface FakePageOptions {
  readonly sandboxes: Sandboxes
  readonly store: Store
  readonly timers: Timers
  readonly learner: LearnerId
  readonly tab: string
}

export function openFakePage({ sandboxes, store, timers, learner, tab }: FakePageOptions) {
  const messages: ServerMessage[] = []
  let terminal = ''
  const connection = new PageConnection({
    socket: {
      send(data) {
        if (typeof data === 'string') messages.push(serverMessageSchema.parse(JSON.parse(data)))
        else terminal += new TextDecoder().decode(decodeTerminalFrame(data).data)
      },
      close: () => {},
    },
    services: { sandboxes, store, timers, note: () => {} },
    open: () => sandboxes.open(learner, testLesson()),
  })
  const send = async (message: unknown) => {
    const parsed = parseFrame(new TextEncoder().encode(JSON.stringify(message)), false)
    if ('error' in parsed) connection.send(parsed.error)
    else await connection.receive(parsed.message)
    await settle()
  }
  return {
    messages,
    connection,
    send,
    hello: () => send({ type: 'hello', version: 1, tab, columns: 80, rows: 24 }),
    of: <T extends ServerMessage['type']>(type: T) =>
      messages.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type),
    get terminal() {
      return terminal
    },
  }
}
