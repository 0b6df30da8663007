// Plays the server's part for one lesson page, so that a test can tell the page any state a cluster may be in, and read
// what the page asked for. The site itself comes from the real server.
import type { Page, WebSocketRoute } from 'playwright-core'
import {
  type ClusterChoice,
  type SandboxState,
  sandboxStateSchema,
} from '../../../sandbox-server/contract/sandbox.ts'
import {
  type ClientMessage,
  clientMessageSchema,
  type ServerMessage,
  serverMessageSchema,
} from '../../../sandbox-server/contract/socket.ts'

/** A sandbox's state without what names the sandbox. */
export type ToldSandbox = {
  [S in SandboxState['state']]: Omit<Extract<SandboxState, { state: S }>, 'id' | 'lesson'>
}[SandboxState['state']]

export class ToldServer {
  readonly asked: ClientMessage[] = []
  readonly #sockets = new Set<WebSocketRoute>()
  readonly #slug: string
  #sandbox: SandboxState

  private constructor(slug: string, sandbox: ToldSandbox) {
    this.#slug = slug
    this.#sandbox = this.#named(sandbox)
  }

  /** Call before the page is opened. */
  static async on(
    page: Page,
    slug: string,
    { choices, sandbox }: { choices: readonly ClusterChoice[]; sandbox: ToldSandbox },
  ): Promise<ToldServer> {
    const server = new ToldServer(slug, sandbox)
    const lesson = `**/api/v1/lessons/${slug}`
    await page.route(`${lesson}/clusters`, (route) => route.fulfill({ json: { choices } }))
    await page.route(`${lesson}/sandbox`, (route) => route.fulfill({ json: { sandbox: server.#sandbox } }))
    await page.routeWebSocket(/\/socket$/, (socket) => {
      server.#sockets.add(socket)
      socket.onClose(() => server.#sockets.delete(socket))
      socket.onMessage((data) =>
        server.#received(clientMessageSchema.parse(JSON.parse(String(data))), socket),
      )
    })
    return server
  }

  /** The sandbox's state from now on, told to the page. */
  becomes(sandbox: ToldSandbox): void {
    this.#sandbox = this.#named(sandbox)
    this.tell({ type: 'sandbox', sandbox: this.#sandbox })
  }

  tell(message: ServerMessage): void {
    const text = JSON.stringify(serverMessageSchema.parse(message))
    for (const socket of this.#sockets) socket.send(text)
  }

  /** The newest message of this type that the page sent, without what only names the request. */
  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> | undefined {
    return this.asked.findLast(
      (message): message is Extract<ClientMessage, { type: T }> => message.type === type,
    )
  }

  #named(sandbox: ToldSandbox): SandboxState {
    return sandboxStateSchema.parse({ id: `sandbox-${'a'.repeat(16)}`, lesson: this.#slug, ...sandbox })
  }

  #received(message: ClientMessage, socket: WebSocketRoute): void {
    this.asked.push(message)
    const answer = (sent: ServerMessage): void => socket.send(JSON.stringify(sent))
    if (message.type === 'hello')
      answer({ type: 'welcome', version: message.version, sandbox: this.#sandbox, serverTime: Date.now() })
    else if (message.type === 'ping') answer({ type: 'pong', sentAt: message.sentAt })
    else if (message.type === 'sandbox-cancel' || message.type === 'sandbox-provider')
      answer({ type: 'done', requestId: message.requestId })
  }
}
