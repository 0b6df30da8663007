// One learner's sandbox for one lesson, as pages and the server see it: its state, files, terminal and when it expires.
import { AppError } from '../contract/errors.ts'
import type { SandboxId } from '../contract/ids.ts'
import type { SandboxState } from '../contract/sandbox.ts'
import type { WorkspaceFile } from '../contract/workspace.ts'
import type { Cluster, ClusterProvider } from '../providers/provider.ts'
import type { WorkKey } from '../store/store.ts'
import type { TerminalSession } from '../terminals/terminal-session.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import type { StartMode } from './create-cluster.ts'
import { Requests } from './requests.ts'
import type { SandboxEvent } from './sandbox-event.ts'
import { expectedStart, type SandboxLesson } from './sandbox-lesson.ts'
import { SandboxLife } from './sandbox-life.ts'
import type { SandboxOptions } from './sandbox-options.ts'
import { SandboxStates } from './sandbox-states.ts'

/** Announcing a later expiry more often than this would only be noise. */
const announceMs = 30_000

export class Sandbox {
  readonly id: SandboxId
  readonly key: WorkKey
  readonly lesson: SandboxLesson
  /** What its pages ask for. */
  readonly requests = new Requests()
  readonly #options: SandboxOptions
  readonly #states: SandboxStates
  readonly #life: SandboxLife
  #lastActivity: number
  #announcedExpiry = 0

  constructor(options: SandboxOptions) {
    const { id, key, lesson, timers } = options
    this.#options = options
    this.id = id
    this.key = key
    this.lesson = lesson
    this.#lastActivity = timers.now()
    this.#states = new SandboxStates({ id, lesson: lesson.slug, provider: options.provider.name })
    this.#life = new SandboxLife({
      options,
      states: this.#states,
      onReady: (note) => {
        this.#lastActivity = timers.now()
        this.#becomeReady(note)
      },
    })
  }

  get state(): SandboxState {
    return this.#states.now
  }

  get provider(): ClusterProvider {
    return this.#life.provider
  }

  /** How long a start would take now, in milliseconds; 0 where nobody can tell. */
  get expectedMs(): number {
    return expectedStart(this.provider, this.lesson, this.id) ?? 0
  }

  /** Pages that are open on it. */
  get attached(): number {
    return this.#states.listeners
  }

  get lastActivity(): number {
    return this.#lastActivity
  }

  get expiresAt(): number {
    return this.#lastActivity + this.#options.idleMs
  }

  /** Whether a cluster is behind it, also while that is set back. */
  get hasCluster(): boolean {
    return this.#life.attached !== undefined
  }

  /** Whether its cluster stays with the provider once it is stopped. */
  get outlives(): boolean {
    return this.#life.outlives
  }

  /** Whether the store lacks files that would be lost with the cluster. */
  get hasUnsaved(): boolean {
    return this.#life.files.unsaved.length > 0
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
    return this.#life.terminal
  }

  on(listener: (event: SandboxEvent) => void): () => void {
    return this.#states.on(listener)
  }

  /** Something was done by the learner: the sandbox expires later. */
  touch(): void {
    this.#lastActivity = this.#options.timers.now()
    if (this.state.state === 'ready' && this.expiresAt - this.#announcedExpiry >= announceMs)
      this.#becomeReady()
  }

  extend(): void {
    this.#lastActivity = this.#options.timers.now()
    if (this.state.state === 'ready') this.#becomeReady()
  }

  queue(place: number, expectedWaitMs: number, reason: string): void {
    this.#states.become({ state: 'queued', place, expectedWaitMs, reason })
  }

  /** Leaves the queue, or tells what is missing before there can be a cluster. */
  refuse(error: AppError): void {
    const { message: reason, hint = '' } = error
    this.#states.become({ state: 'failed', reason, hint, steps: [] })
  }

  /** Never rejects: what went wrong is the state. */
  start(mode: StartMode = 'resume'): Promise<void> {
    return this.#life.start(mode)
  }

  /** Start state of cluster and files: the same cluster where its provider can set it back. */
  reset(): Promise<void> {
    return this.#life.reset()
  }

  /** A new cluster in the start state; files stay. */
  restart(): Promise<void> {
    return this.#life.restart()
  }

  /** Clusters of another kind from the next start on; the present one is removed, files stay. */
  moveTo(provider: ClusterProvider): Promise<void> {
    return this.#life.moveTo(provider)
  }

  /** Keeps everything and lets the cluster go; gives up a start that is under way. */
  stop(reason: string): Promise<void> {
    return this.#life.stop(reason)
  }

  /** Waits until everything is in the store. */
  flush(): Promise<void> {
    return this.#life.flush()
  }

  /** Writes and waits until it is kept. Throws AppError CONFLICT where `baseRevision` is not the file's, NOT_SAVED. */
  writeFile(path: string, content: string, baseRevision: number, origin: string): Promise<WorkspaceFile> {
    return this.#life.files.write(this.cluster.workspace, path, content, { baseRevision, origin })
  }

  /** Throws AppError NOT_SAVED. */
  deleteFile(path: string, origin: string): Promise<void> {
    return this.#life.files.delete(this.cluster.workspace, path, origin)
  }

  /** Resolves once the sandbox is no longer on its way: a page's request may come while it starts. */
  async arrived(): Promise<void> {
    while (this.state.state === 'starting') await this.#life.settled
  }

  #ready() {
    if (this.#life.attached && this.state.state === 'ready') return this.#life.attached
    throw new AppError('SANDBOX_NOT_READY', `The sandbox is ${this.state.state}: ${this.state.reason}`, {
      hint: 'Wait until it is ready, then try again.',
    })
  }

  #becomeReady(note?: string): void {
    const nodes = [...(this.#life.attached?.cluster.nodes ?? [])]
    this.#announcedExpiry = this.expiresAt
    const reason = note ?? 'Your cluster is ready.'
    this.#states.become({ state: 'ready', reason, nodes, expiresAt: this.expiresAt })
  }
}
