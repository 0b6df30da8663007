// One WebSocket for the page: hello, heartbeat, reconnecting with backoff, and nothing sent is lost on the way.
import {
  type ClientMessage,
  decodeTerminalFrame,
  type ServerMessage,
  serverMessageSchema,
  socketVersion,
} from '../../sandbox-server/contract/socket.ts'
import { backoffMs } from './backoff.ts'
import { Outbox } from './outbox.ts'

export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly retryAt: number }
  | { readonly kind: 'offline' }
  /** The server will not have this page; trying again would not help. */
  | { readonly kind: 'refused'; readonly message: string }

export interface ConnectionEvents {
  state(state: ConnectionState): void
  message(message: ServerMessage): void
  terminal(offset: number, data: Uint8Array): void
  /** Asked on every connect: what the terminal shows already and how large it is. */
  hello(): { terminalOffset: number; columns: number; rows: number }
  /** Resolves to the socket's URL; makes or finds the sandbox first, since it may have expired meanwhile. */
  locate(): Promise<string>
}

/** What the connection needs of the browser; a test brings its own. */
export interface ConnectionEnvironment {
  open(url: string): WebSocket
  now(): number
  random(): number
  later(run: () => void, ms: number): () => void
  online(): boolean
}

const pingEveryMs = 10_000
const pongWithinMs = 8_000

export const browserEnvironment: ConnectionEnvironment = {
  open: (url) => new WebSocket(url),
  now: () => Date.now(),
  random: () => Math.random(),
  later(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  online: () => navigator.onLine,
}

export class Connection {
  private socket: WebSocket | undefined
  private readonly outbox = new Outbox()
  private readonly tab: string
  private attempt = 0
  private sequence = 0
  private pinged: { sentAt: number; sequence: number } | undefined
  private cancelTimers: (() => void)[] = []
  private disposed = false
  private readonly events: ConnectionEvents
  private readonly environment: ConnectionEnvironment
  private welcomed = false

  constructor(
    events: ConnectionEvents,
    environment: ConnectionEnvironment = browserEnvironment,
    tab = randomId(),
  ) {
    this.events = events
    this.environment = environment
    this.tab = tab
  }

  connect(): void {
    this.clearTimers()
    if (this.disposed) return
    if (!this.environment.online()) {
      this.events.state({ kind: 'offline' })
      return
    }
    if (this.attempt === 0) this.events.state({ kind: 'connecting' })
    this.events.locate().then(
      (url) => this.openSocket(url),
      (error: unknown) => {
        if (error instanceof Refused) this.events.state({ kind: 'refused', message: error.message })
        else this.retry()
      },
    )
  }

  /** The browser found a network again, or the person asked to try now. */
  retryNow(): void {
    if (this.welcomed || this.disposed) return
    this.closeSocket()
    this.attempt = 0
    this.connect()
  }

  /** Drops a connection that works and makes another, for a sandbox that has to be asked for again. */
  connectAnew(): void {
    this.closeSocket()
    this.attempt = 0
    this.connect()
  }

  wentOffline(): void {
    this.closeSocket()
    this.clearTimers()
    this.events.state({ kind: 'offline' })
  }

  dispose(): void {
    this.disposed = true
    this.clearTimers()
    this.closeSocket()
  }

  /** Keeps the message until it is answered, whatever happens to the socket meanwhile. */
  request(message: Extract<ClientMessage, { requestId: string }>): void {
    this.outbox.add(message)
    this.transmit(message)
  }

  input(data: string): void {
    this.sequence += 1
    const message = { type: 'terminal-input', sequence: this.sequence, data } as const
    this.outbox.add(message)
    this.transmit(message)
  }

  /** For what only makes sense now: resize and acknowledgement. Dropped while there is no connection. */
  mention(message: Extract<ClientMessage, { type: 'terminal-resize' | 'terminal-ack' }>): void {
    this.transmit(message)
  }

  pending(requestId: string): ClientMessage | undefined {
    return this.outbox.peek(requestId)
  }

  private transmit(message: ClientMessage): void {
    if (this.welcomed) this.socket?.send(JSON.stringify(message))
  }

  private openSocket(url: string): void {
    if (this.disposed) return
    this.closeSocket()
    const socket = this.environment.open(url)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    this.welcomed = false
    const giveUp = this.environment.later(() => socket.close(), pongWithinMs)
    socket.onopen = () => {
      const hello: ClientMessage = {
        type: 'hello',
        version: socketVersion,
        tab: this.tab,
        ...this.events.hello(),
      }
      socket.send(JSON.stringify(hello))
    }
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket !== socket) return
      if (!this.welcomed) giveUp()
      this.received(event.data)
    }
    socket.onclose = () => {
      giveUp()
      if (this.socket === socket) this.retry()
    }
  }

  private received(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = decodeTerminalFrame(new Uint8Array(data))
      this.events.terminal(frame.offset, frame.data)
      return
    }
    const message = parseServerMessage(data)
    if (message === undefined) return
    switch (message.type) {
      case 'welcome':
        this.welcomed = true
        this.attempt = 0
        this.events.state({ kind: 'open' })
        this.events.message(message)
        for (const waiting of this.outbox.unconfirmed()) this.transmit(waiting)
        this.beat()
        return
      case 'pong':
        if (this.pinged?.sentAt === message.sentAt) {
          this.outbox.inputArrived(this.pinged.sequence)
          this.pinged = undefined
        }
        return
      case 'error':
        if (message.code === 'VERSION_MISMATCH') {
          this.events.state({ kind: 'refused', message: message.message })
          this.closeSocket()
          return
        }
        this.events.message(message)
        if (message.requestId !== undefined) this.outbox.answered(message.requestId)
        return
      case 'done':
      case 'applied':
      case 'attempt':
      case 'terminal-ran':
        this.events.message(message)
        this.outbox.answered(message.requestId)
        return
      default:
        this.events.message(message)
    }
  }

  private beat(): void {
    this.clearTimers()
    const socket = this.socket
    const ping = (): void => {
      if (this.socket !== socket || socket === undefined) return
      const sentAt = this.environment.now()
      this.pinged = { sentAt, sequence: this.sequence }
      socket.send(JSON.stringify({ type: 'ping', sentAt } satisfies ClientMessage))
      this.cancelTimers = [
        this.environment.later(() => {
          // A half-open socket can sit in closing for minutes; the page goes on without it.
          if (this.pinged?.sentAt === sentAt && this.socket === socket) this.retry()
        }, pongWithinMs),
        this.environment.later(ping, pingEveryMs),
      ]
    }
    this.cancelTimers = [this.environment.later(ping, pingEveryMs)]
  }

  private retry(): void {
    this.closeSocket()
    this.clearTimers()
    if (this.disposed) return
    if (!this.environment.online()) {
      this.events.state({ kind: 'offline' })
      return
    }
    const wait = backoffMs(this.attempt, this.environment.random)
    this.attempt += 1
    this.events.state({
      kind: 'reconnecting',
      attempt: this.attempt,
      retryAt: this.environment.now() + wait,
    })
    this.cancelTimers = [this.environment.later(() => this.connect(), wait)]
  }

  private closeSocket(): void {
    const socket = this.socket
    this.socket = undefined
    this.welcomed = false
    this.pinged = undefined
    if (socket !== undefined) {
      socket.onclose = null
      socket.onmessage = null
      socket.close()
    }
  }

  private clearTimers(): void {
    for (const cancel of this.cancelTimers) cancel()
    this.cancelTimers = []
  }
}

function parseServerMessage(data: unknown): ServerMessage | undefined {
  let json: unknown
  try {
    json = JSON.parse(String(data))
  } catch {
    console.error('The server sent a frame that is not JSON.')
    return undefined
  }
  const parsed = serverMessageSchema.safeParse(json)
  if (parsed.success) return parsed.data
  console.error('The server sent a message that this page does not know.', parsed.error.issues)
  return undefined
}

/** Thrown by `locate` where the server's answer will not change by asking again. */
export class Refused extends Error {}

/** `crypto.randomUUID` exists on secure origins only, and a classroom may be served over plain HTTP. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) =>
    byte.toString(36).padStart(2, '0'),
  ).join('')
}
