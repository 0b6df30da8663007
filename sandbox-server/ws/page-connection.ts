// One page's socket: what it sends is carried out on the learner's sandbox, what happens there is told to it.
import { AppError } from '../contract/errors.ts'
import { type ClientMessage, type ServerMessage, socketVersion } from '../contract/socket.ts'
import type { Sandbox } from '../sandboxes/sandbox.ts'
import type { SandboxEvent } from '../sandboxes/sandbox-event.ts'
import type { TerminalHandle } from '../terminals/terminal-session.ts'
import { carryOut, type GatewayServices } from './carry-out.ts'
import { errorMessage } from './parse-message.ts'
import { createTerminalFrames } from './terminal-frames.ts'

export type Hello = Extract<ClientMessage, { type: 'hello' }>

export interface PageSocket {
  send(data: string | Uint8Array): void
  close(code: number, reason: string): void
}

export class PageConnection {
  readonly #socket: PageSocket
  readonly #services: GatewayServices
  readonly #open: () => Promise<Sandbox>
  #joined: { readonly hello: Hello; readonly sandbox: Sandbox; readonly leave: () => void } | undefined
  #joining = false
  #terminal: TerminalHandle | undefined
  #leaveWatch: (() => void) | undefined
  #offset: number
  #size: { columns: number; rows: number }
  #closed = false

  constructor(options: { socket: PageSocket; services: GatewayServices; open: () => Promise<Sandbox> }) {
    this.#socket = options.socket
    this.#services = options.services
    this.#open = options.open
    this.#offset = 0
    this.#size = { columns: 80, rows: 24 }
  }

  send(message: ServerMessage): void {
    if (!this.#closed) this.#socket.send(JSON.stringify(message))
  }

  async receive(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'hello':
        return await this.#hello(message)
      case 'ping':
        return this.send({ type: 'pong', sentAt: message.sentAt })
      default:
        return await this.#request(message)
    }
  }

  close(): void {
    this.#closed = true
    this.#leave()
    this.#joined?.leave()
    this.#joined = undefined
  }

  async #hello(hello: Hello): Promise<void> {
    if (hello.version !== socketVersion) {
      this.send({
        type: 'error',
        code: 'VERSION_MISMATCH',
        message: `The page speaks version ${hello.version}, the server version ${socketVersion}.`,
        hint: 'Reload the page.',
        path: 'version',
      })
      return this.#socket.close(4409, 'version mismatch')
    }
    if (this.#joined || this.#joining) {
      return this.send(errorMessage(new AppError('BAD_MESSAGE', 'This socket said hello already.')))
    }
    this.#joining = true
    try {
      const sandbox = await this.#open()
      if (this.#closed) return
      this.#offset = hello.terminalOffset
      this.#size = { columns: hello.columns, rows: hello.rows }
      this.#joined = { hello, sandbox, leave: sandbox.on((event) => this.#tell(event)) }
      sandbox.touch()
      this.send({ type: 'welcome', version: socketVersion, sandbox: sandbox.state, serverTime: Date.now() })
      if (sandbox.state.state === 'ready') this.#enter(sandbox)
    } catch (error) {
      this.send(errorMessage(error))
      this.#services.note(error)
    } finally {
      this.#joining = false
    }
  }

  async #request(message: Exclude<ClientMessage, { type: 'hello' | 'ping' }>): Promise<void> {
    const joined = this.#joined
    const requestId = 'requestId' in message ? message.requestId : undefined
    if (!joined) {
      return this.send(errorMessage(new AppError('BAD_MESSAGE', 'Say hello first.'), requestId))
    }
    const { sandbox, hello } = joined
    try {
      if (message.type !== 'terminal-ack') sandbox.touch()
      switch (message.type) {
        case 'terminal-ack':
          this.#offset = Math.max(this.#offset, message.offset)
          return this.#terminal?.acknowledge(message.offset)
        case 'terminal-resize':
          this.#size = { columns: message.columns, rows: message.rows }
          return this.#terminal?.resize(this.#size)
        default: {
          if (waitsForCluster(message, sandbox)) await sandbox.arrived()
          const page = {
            tab: hello.tab,
            sandbox,
            open: this.#open,
            send: (sent: ServerMessage) => this.send(sent),
          }
          return await carryOut(message, page, this.#services)
        }
      }
    } catch (error) {
      this.send(errorMessage(error, requestId))
      this.#services.note(error)
    }
  }

  #tell(event: SandboxEvent): void {
    const joined = this.#joined
    if (!joined) return
    switch (event.type) {
      case 'state':
        this.send({ type: 'sandbox', sandbox: event.state })
        // While a cluster is set back it stays, and so do its terminal and what is watched.
        if (event.state.state !== 'ready' && !joined.sandbox.hasCluster) this.#leave()
        return
      case 'cluster':
        this.#leave()
        this.#enter(joined.sandbox)
        return
      case 'files':
        this.#sendFiles(joined.sandbox)
        return
      case 'problem':
        this.send(errorMessage(event.error))
        return
      case 'workspace': {
        // A page's own writes come back as `done`; what others write is news.
        const { change } = event
        if (change.origin === joined.hello.tab) return
        if (change.type === 'written') this.send({ type: 'file-changed', file: change.file })
        else this.send({ type: 'file-deleted', path: change.path })
        return
      }
      default:
        event satisfies never
    }
  }

  /** The sandbox is ready: files, terminal and cluster are there to be shown. */
  #enter(sandbox: Sandbox): void {
    this.#sendFiles(sandbox)
    this.#leaveWatch = sandbox.watch.subscribe((change) =>
      this.send({
        type: 'cluster',
        reset: change.reset,
        changed: [...change.changed],
        deleted: [...change.deleted],
      }),
    )
    this.#terminal ??= this.#openTerminal(sandbox)
  }

  #sendFiles(sandbox: Sandbox): void {
    this.send({ type: 'files', files: [...sandbox.cluster.workspace.list()] })
  }

  #openTerminal(sandbox: Sandbox): TerminalHandle | undefined {
    const frames = createTerminalFrames((frame) => {
      if (!this.#closed) this.#socket.send(frame)
    }, this.#services.timers)
    return sandbox.terminal?.open({
      offset: this.#offset,
      size: this.#size,
      sink: {
        output: frames.add,
        reset: (offset, size) => {
          frames.flush()
          this.send({ type: 'terminal-reset', offset, ...size })
        },
        size: (size) => this.send({ type: 'terminal-size', ...size }),
      },
    })
  }

  #leave(): void {
    this.#leaveWatch?.()
    this.#leaveWatch = undefined
    this.#terminal?.close()
    this.#terminal = undefined
  }
}

type Request = Exclude<ClientMessage, { type: 'hello' | 'ping' | 'terminal-ack' | 'terminal-resize' }>

/** What is asked for while the sandbox starts is carried out once it is ready, unless it is about the start itself. */
function waitsForCluster(message: Request, sandbox: Sandbox): boolean {
  if (sandbox.state.state !== 'starting') return false
  switch (message.type) {
    case 'sandbox-cancel':
    case 'sandbox-provider':
      return false
    case 'terminal-input':
      return !sandbox.hasCluster
    default:
      return true
  }
}
