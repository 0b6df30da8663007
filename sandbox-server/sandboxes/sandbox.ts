// One learner's sandbox for one lesson: its cluster, terminal and files, from the first page to the last checkpoint.

import { AppError } from '../contract/errors.ts'
import type { SandboxId } from '../contract/ids.ts'
import type { SandboxState, Step } from '../contract/sandbox.ts'
import type { WorkspaceFile } from '../contract/workspace.ts'
import { type Debounced, debounce } from '../platform/debounce.ts'
import type { Cluster } from '../providers/provider.ts'
import type { WorkKey } from '../store/store.ts'
import { TerminalSession } from '../terminals/terminal-session.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { createCluster, type StartMode, startingReasons } from './create-cluster.ts'
import { KeptFiles } from './kept-files.ts'
import { Requests } from './requests.ts'
import type { SandboxEvent } from './sandbox-event.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'
import type { SandboxOptions } from './sandbox-options.ts'

/** Announcing a later expiry more often than this would only be noise. */
const announceMs = 30_000

type StateOf<S extends SandboxState['state']> = Extract<SandboxState, { state: S }>
type Unfixed = {
  [S in SandboxState['state']]: Omit<StateOf<S>, 'id' | 'lesson' | 'provider'>
}[SandboxState['state']]

export class Sandbox {
  readonly id: SandboxId
  readonly key: WorkKey
  readonly lesson: SandboxLesson
  /** What its pages ask for. */
  readonly requests = new Requests()
  readonly #files: KeptFiles
  readonly #options: SandboxOptions
  readonly #listeners = new Set<(event: SandboxEvent) => void>()
  readonly #checkpoint: Debounced
  #state: SandboxState
  #cluster:
    | { readonly cluster: Cluster; readonly watch: ClusterWatch; readonly detach: () => void }
    | undefined
  #terminal: TerminalSession | undefined
  #lifecycle: Promise<void> = Promise.resolve()
  #lastActivity: number
  #announcedExpiry = 0
  #abort = new AbortController()

  constructor(options: SandboxOptions) {
    this.#options = options
    this.id = options.id
    this.key = options.key
    this.lesson = options.lesson
    this.#files = new KeptFiles(options.store.workspaces, options.key, (error) =>
      options.log.error({ err: error, sandbox: options.id }, 'file could not be kept'),
    )
    this.#lastActivity = options.timers.now()
    this.#checkpoint = debounce(1000, options.timers, () => this.#saveCheckpoint())
    this.#state = this.#fixed({ state: 'stopped', reason: 'Not started yet.', kept: 'Nothing yet.' })
  }

  get state(): SandboxState {
    return this.#state
  }

  /** Pages that are open on it. */
  get attached(): number {
    return this.#listeners.size
  }

  get lastActivity(): number {
    return this.#lastActivity
  }

  get expiresAt(): number {
    return this.#lastActivity + this.#options.idleMs
  }

  /** Throws AppError SANDBOX_NOT_READY. */
  get cluster(): Cluster {
    return this.#ready().cluster
  }

  get watch(): ClusterWatch {
    return this.#ready().watch
  }

  /** There from the first start on, also while the cluster is made anew. */
  get terminal(): TerminalSession | undefined {
    return this.#terminal
  }

  on(listener: (event: SandboxEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something was done by the learner: the sandbox expires later. */
  touch(): void {
    this.#lastActivity = this.#options.timers.now()
    if (this.#state.state === 'ready' && this.expiresAt - this.#announcedExpiry >= announceMs)
      this.#becomeReady()
  }

  extend(): void {
    this.#lastActivity = this.#options.timers.now()
    if (this.#state.state === 'ready') this.#becomeReady()
  }

  queue(place: number, expectedWaitMs: number, reason: string): void {
    this.#become({ state: 'queued', place, expectedWaitMs, reason })
  }

  /** Never rejects: what went wrong is the state. */
  start(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#cluster) return
      await this.#create('resume')
    })
  }

  /** Start state of cluster and files. */
  reset(): Promise<void> {
    return this.#remake('reset', 'The exercise was reset to its start.')
  }

  /** A new cluster in the start state; files stay. */
  restart(): Promise<void> {
    return this.#remake('restart', 'The cluster was made anew; your files are as they were.')
  }

  /** Keeps everything and lets the cluster go. */
  stop(reason: string): Promise<void> {
    this.#abort.abort(new Error(reason))
    return this.#inOrder(async () => {
      if (!this.#cluster && this.#state.state === 'stopped') return
      this.#become({ state: 'stopping', reason })
      await this.flush()
      await this.#dispose()
      await this.#terminal?.dispose()
      this.#terminal = undefined
      this.#become({ state: 'stopped', reason, kept: 'Files, cluster and terminal are kept.' })
    })
  }

  /** Waits until everything is in the store. */
  async flush(): Promise<void> {
    await this.#checkpoint.flush()
    await this.#files.flush()
    await this.#terminal?.flush()
  }

  /** Writes and waits until it is kept. Throws AppError CONFLICT where `baseRevision` is not the file's. */
  writeFile(path: string, content: string, baseRevision: number, origin: string): Promise<WorkspaceFile> {
    return this.#files.write(this.cluster.workspace, path, content, { baseRevision, origin })
  }

  async deleteFile(path: string, origin: string): Promise<void> {
    this.cluster.workspace.delete(path, origin)
    await this.#files.flush()
  }

  /** Resolves once the sandbox is no longer on its way: a page's request may come while it starts. */
  async arrived(): Promise<void> {
    while (this.#state.state === 'starting') await this.#lifecycle
  }

  #ready() {
    if (this.#cluster && this.#state.state === 'ready') return this.#cluster
    throw new AppError('SANDBOX_NOT_READY', `The sandbox is ${this.#state.state}: ${this.#state.reason}`, {
      hint: 'Wait until it is ready, then try again.',
    })
  }

  #inOrder(step: () => Promise<void>): Promise<void> {
    const run = this.#lifecycle.then(step)
    this.#lifecycle = run.catch((error) => {
      this.#options.log.error({ err: error, sandbox: this.id }, 'sandbox lifecycle step failed')
    })
    return this.#lifecycle
  }

  #remake(mode: 'reset' | 'restart', line: string): Promise<void> {
    return this.#inOrder(async () => {
      this.#checkpoint.cancel()
      await this.#checkpoint.flush()
      await this.#dispose()
      await this.#options.store.workspaces.dropSnapshot(this.key)
      this.#terminal?.announce(line)
      await this.#create(mode)
    })
  }

  async #create(mode: StartMode): Promise<void> {
    const { provider, store, log, timers } = this.#options
    this.#abort = new AbortController()
    let steps: readonly Step[] = []
    const progress = (reported: readonly Step[]) => {
      steps = reported
      this.#become({ state: 'starting', reason: startingReasons[mode], steps: [...reported] })
    }
    progress([])
    try {
      const { id, key, lesson } = this
      const { signal } = this.#abort
      const made = await createCluster({
        id,
        key,
        lesson,
        provider,
        store,
        log,
        timers,
        mode,
        progress,
        signal,
      })
      await this.#connect(made.cluster)
      this.#lastActivity = timers.now()
      this.#becomeReady(made.note)
      this.#tell({ type: 'cluster' })
      this.#checkpoint.request()
    } catch (error) {
      await this.#dispose()
      log.error({ err: error, sandbox: this.id }, 'cluster could not be made')
      const reason = error instanceof Error ? error.message : String(error)
      const hint = (error instanceof AppError && error.hint) || 'Try Restart cluster. Your files are kept.'
      this.#become({
        state: 'failed',
        reason: `The cluster could not be made: ${reason}`,
        hint,
        steps: [...steps],
      })
    }
  }

  async #connect(cluster: Cluster): Promise<void> {
    const { store, timers, log } = this.#options
    const offWorkspace = cluster.workspace.onChange((change) => {
      this.#files.keep(change)
      this.#tell({ type: 'workspace', change })
    })
    const offDirty = cluster.onDirty(() => this.#checkpoint.request())
    const watch = new ClusterWatch(cluster, timers)
    const detach = () => {
      offWorkspace()
      offDirty()
      watch.dispose()
    }
    this.#cluster = { cluster, watch, detach }
    this.#terminal ??= new TerminalSession({
      key: this.key,
      store: store.terminals,
      timers,
      kept: await store.terminals.read(this.key),
      onError: (error) => log.error({ err: error, sandbox: this.id }, 'terminal could not be kept'),
    })
    this.#terminal.connect(await cluster.openTerminal(this.#terminal.size))
  }

  async #dispose(): Promise<void> {
    const current = this.#cluster
    this.#cluster = undefined
    this.#terminal?.disconnect()
    current?.detach()
    await current?.cluster.dispose()
  }

  async #saveCheckpoint(): Promise<void> {
    const { store, timers, log } = this.#options
    try {
      const snapshot = await this.#cluster?.cluster.checkpoint()
      if (snapshot) await store.workspaces.saveSnapshot(this.key, snapshot, timers.now())
    } catch (error) {
      log.error({ err: error, sandbox: this.id }, 'checkpoint failed')
    }
  }

  #becomeReady(note?: string): void {
    const nodes = [...(this.#cluster?.cluster.nodes ?? [])]
    this.#announcedExpiry = this.expiresAt
    this.#become({
      state: 'ready',
      reason: note ?? 'Your cluster is ready.',
      nodes,
      expiresAt: this.expiresAt,
    })
  }

  #become(state: Unfixed): void {
    this.#state = this.#fixed(state)
    this.#tell({ type: 'state', state: this.#state })
  }

  #fixed(state: Unfixed): SandboxState {
    const fixed = {
      id: this.#options.id,
      lesson: this.#options.lesson.slug,
      provider: this.#options.provider.name,
    }
    return { ...fixed, ...state } as SandboxState
  }

  #tell(event: SandboxEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}
