// A lesson page without a browser: speaks the socket as the site does, acknowledges terminal output, and can be asked to wait.
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import {
  type ClientMessage,
  decodeTerminalFrame,
  type ServerMessage,
  serverMessageSchema,
} from '../../sandbox-server/contract/socket.ts'

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>
type Body = ClientMessage extends infer M
  ? M extends { requestId: string }
    ? Omit<M, 'requestId'>
    : never
  : never

export interface SocketPageOptions {
  readonly url: string
  /** chapter/lesson */
  readonly lesson: string
  readonly cookie?: string | undefined
  readonly tab?: string
  /** The site whose page this pretends to be; the server's own where left out. */
  readonly origin?: string
  readonly terminalOffset?: number
  /** Off: output is counted and acknowledged but not kept. */
  readonly keepTerminal?: boolean
}

export class SocketPage {
  readonly messages: ServerMessage[] = []
  readonly #socket: WebSocket
  readonly #options: SocketPageOptions
  readonly #waiting = new Set<() => void>()
  #sequence = 0
  cookie: string | undefined
  terminal = ''
  offset = 0
  closed: number | undefined

  private constructor(options: SocketPageOptions) {
    this.#options = options
    this.cookie = options.cookie
    const origin = options.origin ?? new URL(options.url).origin
    const address = `${options.url.replace(/^http/, 'ws')}/api/v1/lessons/${options.lesson}/socket`
    this.#socket = new WebSocket(address, {
      origin,
      ...(options.cookie === undefined ? {} : { headers: { cookie: options.cookie } }),
    })
    this.#socket.on('upgrade', (response) => {
      const set = response.headers['set-cookie']?.[0]
      if (set) this.cookie = set.split(';')[0]
    })
    this.#socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary))
    this.#socket.on('close', (code) => {
      this.closed = code
      this.#wake()
    })
    this.#socket.on('error', () => {}) // `close` follows, which is what waiters look at.
  }

  /** Connects and says hello. */
  static async open(options: SocketPageOptions): Promise<SocketPage> {
    const page = new SocketPage(options)
    await new Promise<void>((resolve, reject) => {
      page.#socket.once('open', resolve)
      page.#socket.once('error', reject)
    })
    const { tab = 'tab-1', terminalOffset = 0 } = options
    page.offset = terminalOffset
    page.send({ type: 'hello', version: 1, tab, terminalOffset, columns: 100, rows: 30 })
    return page
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message))
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data)
  }

  type(data: string): void {
    this.#sequence += 1
    this.send({ type: 'terminal-input', sequence: this.#sequence, data })
  }

  /** Sends a request and waits for what ends it. Rejects for an `error`. */
  async ask<T extends 'done' | 'applied' | 'attempt' | 'terminal-ran'>(
    body: Body,
    answer: T,
    requestId: string = randomUUID(),
  ): Promise<Of<T>> {
    this.send({ ...body, requestId } as ClientMessage)
    const message = await this.until(
      () =>
        this.messages.find(
          (candidate) =>
            (candidate.type === answer || candidate.type === 'error') && candidate.requestId === requestId,
        ),
      120_000,
    )
    if (message.type === 'error') throw new Error(`${message.code}: ${message.message}`)
    return message as Of<T>
  }

  async ready(limitMs = 30_000): Promise<void> {
    await this.until(() => {
      const state = this.messages.findLast(
        (message) => message.type === 'sandbox' || message.type === 'welcome',
      )
      const sandbox = state && 'sandbox' in state ? state.sandbox : undefined
      if (sandbox?.state === 'failed') throw new Error(sandbox.reason)
      return sandbox?.state === 'ready' && this.of('files').length > 0 ? sandbox : undefined
    }, limitMs)
  }

  of<T extends ServerMessage['type']>(type: T): Of<T>[] {
    return this.messages.filter((message): message is Of<T> => message.type === type)
  }

  /** Waits until `look` gives something, looking after everything that arrives. */
  async until<T>(look: () => T | undefined | false, limitMs = 10_000): Promise<T> {
    const deadline = Date.now() + limitMs
    for (;;) {
      const found = look()
      if (found !== undefined && found !== false) return found
      if (this.closed !== undefined) throw new Error(`the socket was closed with ${this.closed}`)
      const left = deadline - Date.now()
      if (left <= 0)
        throw new Error(`nothing came within ${limitMs} ms; terminal: ${this.terminal.slice(-500)}`)
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(wake, left)
        this.#waiting.add(wake)
      })
    }
  }

  async close(): Promise<void> {
    if (this.closed !== undefined) return
    this.#socket.close()
    await new Promise((resolve) => this.#socket.once('close', resolve))
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const frame = decodeTerminalFrame(data)
      this.offset = frame.offset + frame.data.length
      if (this.#options.keepTerminal !== false) this.terminal += new TextDecoder().decode(frame.data)
      this.send({ type: 'terminal-ack', offset: this.offset })
    } else {
      const message = serverMessageSchema.parse(JSON.parse(data.toString()))
      if (message.type === 'terminal-reset') {
        this.terminal = ''
        this.offset = message.offset
      }
      this.messages.push(message)
    }
    this.#wake()
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}
