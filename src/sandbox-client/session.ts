// Everything a lesson page knows and can ask for: one connection, and stores that components watch.
import type { Attempt } from '../../sandbox-server/contract/check.ts'
import type { ProviderName, SandboxState } from '../../sandbox-server/contract/sandbox.ts'
import type { ClientMessage, ClusterObject, ServerMessage } from '../../sandbox-server/contract/socket.ts'
import { Documents, type WriteAnswer } from '../editor/documents.ts'
import { appliedSentence, errorSentence } from './answer-sentences.ts'
import { ClusterOffers } from './cluster-offers.ts'
import { Connection, type ConnectionState, randomId } from './connection.ts'
import { keepQuiz, keptQuiz } from './kept-quiz.ts'
import { locateSandbox } from './rest.ts'
import { type Applied, type CheckRun, type Notice, type RanState, shownAttempt } from './session-state.ts'
import { type StartClock, tellStart } from './start-clock.ts'
import { createStore, type Store } from './store.ts'
import { TerminalFeed } from './terminal-feed.ts'

type RequestBody = ClientMessage extends infer M
  ? M extends { requestId: string }
    ? Omit<M, 'requestId'>
    : never
  : never
type Answer = Extract<ServerMessage, { type: 'done' | 'applied' | 'attempt' | 'terminal-ran' | 'error' }>

export class LessonSession {
  readonly connection: Store<ConnectionState> = createStore<ConnectionState>({ kind: 'idle' })
  readonly sandbox: Store<SandboxState | undefined> = createStore<SandboxState | undefined>(undefined)
  readonly offers = new ClusterOffers(() => this.slug)
  /** There while the cluster starts. */
  readonly startClock: Store<StartClock | undefined> = createStore<StartClock | undefined>(undefined)
  readonly objects: Store<ReadonlyMap<string, ClusterObject>> = createStore(new Map())
  readonly check: Store<CheckRun> = createStore<CheckRun>({ running: false, results: new Map() })
  readonly applied: Store<ReadonlyMap<string, Applied>> = createStore(new Map())
  readonly ran: Store<ReadonlyMap<string, RanState>> = createStore(new Map())
  readonly quiz: Store<Readonly<Record<string, string>>> = createStore({})
  readonly notice: Store<Notice | undefined> = createStore<Notice | undefined>(undefined)
  /** Server's clock minus the page's, in milliseconds. */
  readonly clockSkew: Store<number> = createStore(0)
  readonly documents: Documents
  readonly terminal: TerminalFeed
  slug = ''
  private readonly link: Connection
  private readonly answers = new Map<string, (answer: Answer) => void>()

  constructor() {
    this.link = new Connection({
      state: (state) => {
        this.connection.set(state)
        // Not before: the first answer may give this browser its identity.
        if (state.kind === 'open' || state.kind === 'refused') void this.offers.learn()
      },
      message: (message) => this.received(message),
      terminal: (offset, data) => this.terminal.frame(offset, data),
      hello: () => this.terminal.hello(),
      locate: async () => {
        const located = await locateSandbox(this.slug)
        this.sandboxIs(located.sandbox)
        return located.url
      },
    })
    this.terminal = new TerminalFeed({
      input: (data) => this.link.input(data),
      resized: (columns, rows) => this.link.mention({ type: 'terminal-resize', columns, rows }),
      rendered: (offset) => this.link.mention({ type: 'terminal-ack', offset }),
    })
    this.documents = new Documents({
      write: (path, content, baseRevision) => this.write(path, content, baseRevision),
      delete: async (path) => void (await this.ask({ type: 'file-delete', path })),
    })
  }

  /** Called once, in the browser. */
  start(slug: string): void {
    this.slug = slug
    this.quiz.set(keptQuiz(slug))
    this.link.connect()
    addEventListener('online', () => this.link.retryNow())
    addEventListener('offline', () => this.link.wentOffline())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return
      if (this.connection.get().kind === 'reconnecting') this.link.retryNow()
      else void this.offers.refresh()
    })
    addEventListener('pagehide', (event) => {
      if (!event.persisted) this.link.dispose()
    })
  }

  reconnect(): void {
    this.link.retryNow()
  }

  /** Opens the lesson's sandbox again after it stopped or failed: asking for it is what starts it. */
  startAgain(): void {
    this.link.connectAnew()
  }

  /** Gives up the start that is under way, or the place in the queue. */
  async cancelStart(): Promise<void> {
    const answer = await this.ask({ type: 'sandbox-cancel' })
    if (answer.type === 'error') this.tell(errorSentence(answer), 'problem')
  }

  /** Another kind of cluster, in the exercise's start state; files stay. */
  async useCluster(provider: ProviderName): Promise<void> {
    const answer = await this.ask({ type: 'sandbox-provider', provider })
    if (answer.type === 'error') this.tell(errorSentence(answer), 'problem')
    await this.offers.refresh()
  }

  async apply(path: string): Promise<void> {
    const note = (applied: Applied): void => this.applied.update((all) => new Map(all).set(path, applied))
    note({ running: true, documents: [] })
    await this.documents.save(path)
    const document = this.documents.open.get().get(path)
    if (document?.problem !== undefined || document?.theirs !== undefined) {
      note({
        running: false,
        documents: [],
        problem: document.problem ?? 'Choose a version of the file first; nothing was applied.',
      })
      return
    }
    const answer = await this.ask({ type: 'apply', path })
    if (answer.type === 'applied') {
      note({ running: false, documents: answer.documents })
      this.tell(appliedSentence(answer.documents))
    } else if (answer.type === 'error') {
      note({ running: false, documents: [], problem: errorSentence(answer) })
    }
  }

  async runCheck(): Promise<void> {
    if (this.check.get().running) return
    this.check.update((before) => ({ running: true, results: before.results }))
    await Promise.all([...this.documents.open.get().keys()].map((path) => this.documents.save(path)))
    const answer = await this.ask({ type: 'check', quiz: this.quiz.get() })
    this.check.update((before) => {
      if (answer.type === 'attempt') return shownAttempt(answer.attempt)
      if (answer.type === 'error')
        return { running: false, results: before.results, problem: errorSentence(answer) }
      return { ...before, running: false }
    })
  }

  answerQuiz(id: string, option: string): void {
    this.quiz.update((quiz) => ({ ...quiz, [id]: option }))
    keepQuiz(this.slug, this.quiz.get())
  }

  /** Shows what an earlier visit found. A run of this page wins. */
  remember(attempt: Attempt): void {
    const before = this.check.get()
    if (!before.running && before.attempt === undefined) this.check.set(shownAttempt(attempt))
  }

  async runCommand(command: string): Promise<void> {
    if (this.ran.get().get(command) === 'running') return
    this.noteRan(command, 'running')
    const answer = await this.ask({ type: 'terminal-run', command })
    if (answer.type === 'terminal-ran') this.noteRan(command, 'ran')
    else {
      this.noteRan(command, 'failed')
      if (answer.type === 'error') this.tell(errorSentence(answer), 'problem')
    }
  }

  noteRan(command: string, state: RanState): void {
    this.ran.update((all) => new Map(all).set(command, state))
  }

  async sandboxDo(type: 'sandbox-extend' | 'sandbox-reset' | 'sandbox-restart', done: string): Promise<void> {
    const answer = await this.ask({ type })
    if (answer.type === 'error') this.tell(errorSentence(answer), 'problem')
    else this.tell(done)
    if (type === 'sandbox-reset' && answer.type !== 'error') {
      this.check.set({ running: false, results: new Map() })
      this.applied.set(new Map())
    }
  }

  tell(text: string, tone: Notice['tone'] = 'info'): void {
    this.notice.set({ tone, text })
  }

  private sandboxIs(sandbox: SandboxState): void {
    const before = this.sandbox.get()
    if (before !== undefined && before.provider !== sandbox.provider) {
      // What was told of the other cluster is not true of this one.
      this.objects.set(new Map())
      this.applied.set(new Map())
    }
    if (before?.state !== sandbox.state && (sandbox.state === 'failed' || sandbox.state === 'queued'))
      void this.offers.refresh()
    this.startClock.update((clock) => tellStart(clock, sandbox, Date.now()))
    this.sandbox.set(sandbox)
  }

  private async write(path: string, content: string, baseRevision: number): Promise<WriteAnswer> {
    const answer = await this.ask({ type: 'file-write', path, content, baseRevision })
    if (answer.type !== 'error')
      return { outcome: 'written', revision: this.revisionAfterWrite(path, content, baseRevision) }
    if (answer.code === 'CONFLICT') return { outcome: 'conflict', theirs: this.lastSeen.get(path) }
    return { outcome: 'failed', message: errorSentence(answer) }
  }

  /** The newest file that the server told of, which is what a conflict is about. */
  private readonly lastSeen = new Map<string, { path: string; content: string; revision: number }>()

  private revisionAfterWrite(path: string, content: string, baseRevision: number): number {
    const seen = this.lastSeen.get(path)
    // A cluster made anew counts from 1 again, so that the newest is not always the largest.
    return seen?.content === content ? seen.revision : Math.max(baseRevision + 1, seen?.revision ?? 0)
  }

  private ask(body: RequestBody): Promise<Answer> {
    const requestId = randomId()
    return new Promise((resolve) => {
      this.answers.set(requestId, resolve)
      this.link.request({ ...body, requestId })
    })
  }

  private received(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.clockSkew.set(message.serverTime - Date.now())
        this.sandboxIs(message.sandbox)
        return
      case 'sandbox':
        this.sandboxIs(message.sandbox)
        return
      case 'files':
        for (const file of message.files) this.lastSeen.set(file.path, file)
        this.documents.serverHas(message.files)
        return
      case 'file-changed':
        this.lastSeen.set(message.file.path, message.file)
        this.documents.serverChanged(message.file)
        return
      case 'file-deleted':
        this.lastSeen.delete(message.path)
        this.documents.serverDeleted(message.path)
        return
      case 'terminal-reset':
        this.terminal.reset(message.offset, message.columns, message.rows)
        return
      case 'terminal-size':
        this.terminal.sizeIs(message.columns, message.rows)
        return
      case 'cluster':
        this.objects.update((before) => {
          const next = new Map(message.reset ? [] : before)
          for (const uid of message.deleted) next.delete(uid)
          for (const object of message.changed) next.set(object.uid, object)
          return next
        })
        return
      case 'check-result':
        this.check.update((before) => ({
          ...before,
          results: new Map(before.results).set(message.result.id, message.result),
        }))
        return
      case 'done':
      case 'applied':
      case 'attempt':
      case 'terminal-ran':
        this.settle(message.requestId, message)
        return
      case 'error':
        if (message.requestId === undefined) this.tell(errorSentence(message), 'problem')
        else this.settle(message.requestId, message)
        return
      case 'pong':
        return
      default:
        message satisfies never
    }
  }

  private settle(requestId: string, answer: Answer): void {
    this.answers.get(requestId)?.(answer)
    this.answers.delete(requestId)
  }
}

/** The page's one session. Making it touches nothing of the browser, so pages can be rendered at build time. */
export const session = new LessonSession()
