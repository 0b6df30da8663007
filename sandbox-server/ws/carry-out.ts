// What each request of a page does to the sandbox, and what the page is answered.
import type { CheckResult } from '../contract/check.ts'
import { AppError } from '../contract/errors.ts'
import type { ClientMessage, ServerMessage } from '../contract/socket.ts'
import type { Timers } from '../platform/host-timers.ts'
import { runAttempt } from '../sandboxes/run-attempt.ts'
import type { Sandbox } from '../sandboxes/sandbox.ts'
import type { Sandboxes } from '../sandboxes/sandboxes.ts'
import type { Store } from '../store/store.ts'
import type { TerminalSession } from '../terminals/terminal-session.ts'

export interface GatewayServices {
  readonly sandboxes: Sandboxes
  readonly store: Store
  readonly timers: Timers
  /** Puts what nobody foresaw into the log. */
  note(error: unknown): void
}

export interface Page {
  readonly tab: string
  readonly sandbox: Sandbox
  /** Asks for the sandbox's start where it is stopped. */
  open(): Promise<Sandbox>
  send(message: ServerMessage): void
}

type Request = Exclude<ClientMessage, { type: 'hello' | 'ping' | 'terminal-ack' | 'terminal-resize' }>
type Of<T extends Request['type']> = Extract<Request, { type: T }>

/** Throws AppError where a request cannot be carried out. */
export async function carryOut(message: Request, page: Page, services: GatewayServices): Promise<void> {
  const { sandbox, send } = page
  switch (message.type) {
    case 'terminal-input':
      return terminalOf(sandbox).input(page.tab, message.sequence, message.data)
    case 'terminal-run': {
      const { requestId, command } = message
      const exitCode = await terminalOf(sandbox).run(requestId, command)
      return send({ type: 'terminal-ran', requestId, exitCode })
    }
    case 'file-write':
      return await writeFile(message, page)
    case 'file-delete':
      await sandbox.requests.once(message.requestId, () => sandbox.deleteFile(message.path, page.tab))
      return send({ type: 'done', requestId: message.requestId })
    case 'apply':
      return await apply(message, page)
    case 'check':
      return await check(message, page, services)
    case 'sandbox-extend':
      sandbox.extend()
      await page.open()
      return send({ type: 'done', requestId: message.requestId })
    case 'sandbox-reset':
    case 'sandbox-restart':
      return await remake(message, page, services)
    case 'sandbox-cancel':
      await sandbox.requests.once(message.requestId, () => services.sandboxes.cancel(sandbox))
      return send({ type: 'done', requestId: message.requestId })
    case 'sandbox-provider':
      await sandbox.requests.once(message.requestId, () =>
        services.sandboxes.choose(sandbox, message.provider),
      )
      return send({ type: 'done', requestId: message.requestId })
    default:
      message satisfies never
  }
}

function terminalOf(sandbox: Sandbox): TerminalSession {
  if (sandbox.terminal) return sandbox.terminal
  throw new AppError('SANDBOX_NOT_READY', `The sandbox is ${sandbox.state.state}: ${sandbox.state.reason}`, {
    hint: 'Wait until it is ready, then try again.',
  })
}

async function remake(
  message: Of<'sandbox-reset' | 'sandbox-restart'>,
  { sandbox, send }: Page,
  { sandboxes }: GatewayServices,
): Promise<void> {
  const mode = message.type === 'sandbox-reset' ? 'reset' : 'restart'
  await sandbox.requests.once(message.requestId, () => sandboxes.remake(sandbox, mode))
  if (sandbox.state.state === 'queued') {
    throw new AppError('SANDBOX_NOT_READY', sandbox.state.reason, {
      hint: 'It happens when it is your turn.',
    })
  }
  send({ type: 'done', requestId: message.requestId })
}

async function writeFile(message: Of<'file-write'>, { sandbox, tab, send }: Page): Promise<void> {
  const { requestId, path, content, baseRevision } = message
  try {
    const file = await sandbox.requests.once(requestId, () =>
      sandbox.writeFile(path, content, baseRevision, tab),
    )
    // The page learns its new revision; the text is its own.
    send({ type: 'file-changed', file })
    send({ type: 'done', requestId })
  } catch (error) {
    const newer =
      error instanceof AppError && error.code === 'CONFLICT' && sandbox.cluster.workspace.read(path)
    if (newer) send({ type: 'file-changed', file: newer })
    throw error
  }
}

async function apply(message: Of<'apply'>, { sandbox, send }: Page): Promise<void> {
  const { requestId, path } = message
  const file = sandbox.cluster.workspace.read(path)
  if (!file) {
    throw new AppError('NOT_FOUND', `There is no file ${path} in the workspace.`, { hint: 'Save it first.' })
  }
  const documents = await sandbox.requests.once(requestId, () => sandbox.cluster.apply(file.content))
  send({ type: 'applied', requestId, documents: [...documents] })
}

async function check(
  message: Of<'check'>,
  { sandbox, send }: Page,
  services: GatewayServices,
): Promise<void> {
  const { requestId, quiz } = message
  const onResult = (result: CheckResult) => send({ type: 'check-result', requestId, result })
  const attempt = await sandbox.requests.once(requestId, () =>
    sandbox.requests.alone(() =>
      runAttempt({ sandbox, store: services.store, timers: services.timers, quiz, onResult }),
    ),
  )
  send({ type: 'attempt', requestId, attempt })
}
