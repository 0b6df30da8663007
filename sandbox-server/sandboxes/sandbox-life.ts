// A sandbox's life, one step after the other: its cluster is made, set back, made anew, kept for later or removed.
import type { Step } from '../contract/sandbox.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import { TerminalSession } from '../terminals/terminal-session.ts'
import { type AttachedCluster, attachCluster } from './attached-cluster.ts'
import { Checkpoints } from './checkpoints.ts'
import { createCluster, letGo, type MadeCluster, type StartMode, startingReasons } from './create-cluster.ts'
import { KeptFiles } from './kept-files.ts'
import { resetInPlace } from './reset-in-place.ts'
import { expectedStart } from './sandbox-lesson.ts'
import type { SandboxOptions } from './sandbox-options.ts'
import { failedStart, type SandboxStates } from './sandbox-states.ts'

const remadeLines = {
  reset: 'The exercise was reset to its start.',
  restart: 'The cluster was made anew; your files are as they were.',
}

export interface SandboxLifeOptions {
  readonly options: SandboxOptions
  readonly states: SandboxStates
  /** Told once a cluster is there, with what the learner should know of it. */
  readonly onReady: (note: string | undefined) => void
}

export class SandboxLife {
  readonly files: KeptFiles
  readonly #options: SandboxOptions
  readonly #states: SandboxStates
  readonly #onReady: SandboxLifeOptions['onReady']
  readonly #checkpoints: Checkpoints
  #provider: ClusterProvider
  #attached: AttachedCluster | undefined
  #terminal: TerminalSession | undefined
  #steps: Promise<void> = Promise.resolve()
  /** Of the newest start. */
  #abort = new AbortController()
  /** For the terminal that the next start opens. */
  #lines: string[] = []

  constructor({ options, states, onReady }: SandboxLifeOptions) {
    const { id, key, store, timers, log } = options
    this.#options = options
    this.#states = states
    this.#onReady = onReady
    this.#provider = options.provider
    this.#checkpoints = new Checkpoints(options, () => this.#attached?.cluster)
    this.files = new KeptFiles({
      store: store.workspaces,
      key,
      timers,
      onError: (error, change) => {
        log.error({ err: error, sandbox: id }, 'file could not be kept')
        if (change.origin === 'terminal') states.tell({ type: 'problem', error })
      },
    })
  }

  get provider(): ClusterProvider {
    return this.#provider
  }

  get attached(): AttachedCluster | undefined {
    return this.#attached
  }

  get terminal(): TerminalSession | undefined {
    return this.#terminal
  }

  get outlives(): boolean {
    return this.#checkpoints.outlives
  }

  /** Resolves after the steps that were asked for up to now. */
  get settled(): Promise<void> {
    return this.#steps
  }

  start(mode: StartMode): Promise<void> {
    const abort = this.#newAbort()
    return this.#inOrder(async () => {
      if (!this.#attached) await this.#create(mode, abort)
    })
  }

  reset(): Promise<void> {
    const abort = this.#newAbort()
    return this.#inOrder(async () => {
      if (!(await this.#resetInPlace(abort))) await this.#remake('reset', abort)
    })
  }

  restart(): Promise<void> {
    const abort = this.#newAbort()
    return this.#inOrder(() => this.#remake('restart', abort))
  }

  /** Parts of the cluster ended: the same cluster comes back, or a new one where it cannot. */
  #repair(parts: readonly string[]): void {
    const lost = this.#attached
    const abort = this.#newAbort()
    void this.#inOrder(async () => {
      if (!lost || this.#attached !== lost || abort.signal.aborted) return
      const reason = `A part of your cluster ended (${parts.join(', ')}); it is brought back.`
      this.#states.become({ state: 'starting', reason, steps: [] })
      this.#announce(reason)
      await this.#letGo(true)
      await this.#create('resume', abort, reason)
    })
  }

  moveTo(provider: ClusterProvider): Promise<void> {
    const before = this.#provider
    const reason = `A ${provider.name} cluster takes the place of the ${before.name} one. Your files stay.`
    this.#giveUp(reason)
    return this.#inOrder(async () => {
      this.#states.become({ state: 'stopping', reason })
      if (!(await this.#letGo(false))) {
        // What is not open is with its provider, which may take its time.
        before.discard(this.#options.id).catch((error) => {
          this.#options.log.warn({ err: error, sandbox: this.#options.id }, 'cluster could not be removed')
        })
      }
      this.#provider = provider
      this.#states.provider = provider.name
      this.#announce(reason)
      this.#states.become({ state: 'stopped', reason, kept: 'Your files are kept.' })
    })
  }

  stop(reason: string): Promise<void> {
    this.#giveUp(reason)
    return this.#inOrder(async () => {
      if (!this.#attached && this.#states.now.state === 'stopped') return
      this.#states.become({ state: 'stopping', reason })
      await this.flush()
      const hadCluster = await this.#letGo(true)
      await this.#terminal?.dispose()
      this.#terminal = undefined
      this.#states.become({ state: 'stopped', reason, kept: this.#whatIsKept(hadCluster) })
    })
  }

  async flush(): Promise<void> {
    await this.#checkpoints.flush()
    await this.files.flush()
    await this.#terminal?.flush()
  }

  #newAbort(): AbortController {
    this.#abort = new AbortController()
    return this.#abort
  }

  /** Ends a start that is under way, as far as its provider can. */
  #giveUp(reason: string): void {
    this.#abort.abort(new Error(reason))
    if (this.#states.now.state === 'starting') this.#states.become({ state: 'stopping', reason })
  }

  #inOrder(step: () => Promise<void>): Promise<void> {
    const run = this.#steps.then(step)
    this.#steps = run.catch((error) => {
      this.#options.log.error({ err: error, sandbox: this.#options.id }, 'sandbox lifecycle step failed')
    })
    return this.#steps
  }

  /** False where only a new cluster will do. */
  async #resetInPlace({ signal }: AbortController): Promise<boolean> {
    if (!this.#attached) return false
    const { cluster } = this.#attached
    await this.#checkpoints.cancel()
    try {
      const { progress } = this.#progress(startingReasons.reset, signal)
      if (!(await resetInPlace({ ...this.#options, cluster, progress, signal }))) return false
    } catch {
      // Given up half way: what it holds now is of no use to anybody.
      await this.#letGo(false)
      return true
    }
    await this.files.flush()
    this.#announce(remadeLines.reset)
    this.#onReady(undefined)
    this.#states.tell({ type: 'files' })
    this.#checkpoints.request()
    return true
  }

  async #remake(mode: 'reset' | 'restart', abort: AbortController): Promise<void> {
    await this.#letGo(false)
    this.#announce(remadeLines[mode])
    await this.#create(mode, abort)
  }

  async #create(
    mode: StartMode,
    { signal }: AbortController,
    reason: string = startingReasons[mode],
  ): Promise<void> {
    const { log, id } = this.#options
    const { progress, reported } = this.#progress(reason, signal)
    try {
      signal.throwIfAborted()
      progress([])
      await this.files.flush()
      const provider = this.#provider
      await this.#connect(await createCluster({ ...this.#options, provider, mode, progress, signal }))
    } catch (error) {
      await this.#letGo(this.#attached?.isKept ?? false)
      if (signal.aborted) return
      log.error({ err: error, sandbox: id }, 'cluster could not be made')
      this.#states.become(failedStart(error, reported()))
    }
  }

  #progress(reason: string, signal: AbortSignal) {
    const { lesson, id } = this.#options
    const expectedMs = expectedStart(this.#provider, lesson, id)
    let steps: readonly Step[] = []
    const progress = (reported: readonly Step[]) => {
      if (signal.aborted) return
      steps = reported
      this.#states.become({
        state: 'starting',
        reason,
        steps: [...reported],
        ...(expectedMs === undefined ? {} : { expectedMs }),
      })
    }
    return { progress, reported: () => steps }
  }

  async #connect({ cluster, isKept, note }: MadeCluster): Promise<void> {
    const { store, key, timers, log, id } = this.#options
    this.files.bringBackUnsaved(cluster.workspace)
    this.#attached = attachCluster(cluster, {
      timers,
      isKept,
      onChange: (change) => {
        this.files.keep(change)
        this.#states.tell({ type: 'workspace', change })
      },
      onDirty: () => this.#checkpoints.request(),
      onLost: (parts) => this.#repair(parts),
    })
    this.#terminal ??= new TerminalSession({
      key,
      store: store.terminals,
      timers,
      kept: await store.terminals.read(key),
      onError: (error) => log.error({ err: error, sandbox: id }, 'terminal could not be kept'),
    })
    for (const line of [...this.#lines.splice(0), ...(note === undefined ? [] : [note])]) this.#announce(line)
    this.#terminal.connect(await cluster.openTerminal(this.#terminal.size))
    this.#onReady(note)
    this.#states.tell({ type: 'cluster' })
    this.#checkpoints.request()
  }

  /** In the terminal, or in the one that the next start opens. */
  #announce(line: string): void {
    if (this.#terminal) this.#terminal.announce(line)
    else this.#lines.push(line)
  }

  /** Whether there was a cluster. It is kept for a later start, or removed. */
  async #letGo(keeps: boolean): Promise<boolean> {
    const current = this.#attached
    if (!keeps) await this.#checkpoints.cancel()
    this.#attached = undefined
    this.#terminal?.disconnect()
    current?.detach()
    await this.files.flush()
    if (current) await letGo(current.cluster, keeps, this.#options)
    return current !== undefined
  }

  #whatIsKept(hadCluster: boolean): string {
    const { unsaved } = this.files
    if (unsaved.length > 0) return `NOT saved for want of room: ${unsaved.join(', ')}. All else is kept.`
    if (!hadCluster) return 'Your files are kept.'
    if (this.#checkpoints.failed) {
      return 'Files are kept; the cluster could not be saved for want of room, and starts anew.'
    }
    return 'Files, cluster and terminal are kept.'
  }
}
