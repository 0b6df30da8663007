// The learner's files as they lie in the toolbox: what editors write gets there, what the terminal writes is told.
import { AppError } from '../../../contract/errors.ts'
import {
  limits,
  type Workspace,
  type WorkspaceChange,
  type WorkspaceFile,
} from '../../../contract/workspace.ts'
import type { Timers } from '../../../platform/host-timers.ts'
import { checkLimits, isShown } from '../../workspace-rules.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { Conditions } from './condition.ts'
import { putKubeconfig } from './put-kubeconfig.ts'
import { UnsavedChanges } from './unsaved-changes.ts'
import { openWatcherChannel, type WatcherChannel } from './watcher-channel.ts'
import type { WatcherMessage } from './workspace-protocol.ts'

export interface ToolboxWorkspace extends Workspace {
  /**
   * Resolves once all that editors wrote is in the toolbox. Throws AppError TOO_LARGE while its disk is full, BAD_REQUEST for
   * what could not be written, SANDBOX_NOT_READY where the toolbox does not answer.
   */
  flushed(): Promise<void>
  /** Resolves once all that the terminal wrote is told. Throws AppError SANDBOX_NOT_READY where the toolbox does not answer. */
  refresh(): Promise<void>
  /** A fresh workspace with these files; of the rest only the terminal's history stays. */
  replaceAll(files: readonly StartFile[]): Promise<void>
  dispose(): void
}

interface StartFile {
  readonly path: string
  readonly content: string
}

export interface ToolboxWorkspaceOptions {
  /** Put into a toolbox that holds no workspace yet; otherwise what it holds is the truth. Default none. */
  readonly files?: readonly StartFile[]
  /** For kubectl in the terminal. Put there at once, and again whenever the container was restarted, which empties it. */
  readonly kubeconfig?: string
  readonly timers: Timers
  /** Revisions are greater than this: one that no page has seen from an earlier process. Default 0. */
  readonly lastRevision?: number
}

const deadlineMs = 15_000
/** How often a change that found the disk full is tried again. */
const retryMs = 2000
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Resolves once the files are there. Throws AppError SANDBOX_NOT_READY where the toolbox does not answer. */
export async function openToolboxWorkspace(
  engine: ContainerEngine,
  container: string,
  options: ToolboxWorkspaceOptions,
): Promise<ToolboxWorkspace> {
  const workspace = new WatchedWorkspace(engine, container, options)
  try {
    await workspace.opened()
    return workspace
  } catch (error) {
    workspace.dispose()
    throw error
  }
}

class WatchedWorkspace implements ToolboxWorkspace {
  readonly #engine: ContainerEngine
  readonly #container: string
  readonly #options: ToolboxWorkspaceOptions
  readonly #channel: WatcherChannel
  readonly #known = new Map<string, WorkspaceFile>()
  readonly #unsaved = new UnsavedChanges((change) =>
    this.#isConnected ? this.#channel.send(change) : undefined,
  )
  readonly #listeners = new Set<(change: WorkspaceChange) => void>()
  readonly #conditions: Conditions
  #lastRevision: number
  /** The run of the container that holds what is known. */
  #boot: string | undefined
  /** The watcher has said hello and may be spoken to. */
  #isConnected = false
  /** Files that this watcher told of, until its first look around is over: what is not among them is gone. */
  #told: Set<string> | undefined
  /** What the watcher tells before it has emptied the folder is out of date; `unsent` while no watcher runs. */
  #emptying: number | 'unsent' | undefined
  #firstLook: number | undefined
  /** Commands are answered in their order. */
  #lastAnswered = 0
  #retry: unknown
  #lost: AppError | undefined
  #reason = ''
  #isDisposed = false

  constructor(engine: ContainerEngine, container: string, options: ToolboxWorkspaceOptions) {
    this.#engine = engine
    this.#container = container
    this.#options = options
    this.#conditions = new Conditions(options.timers)
    this.#lastRevision = options.lastRevision ?? 0
    this.#channel = openWatcherChannel(engine, container, {
      timers: options.timers,
      events: {
        message: (message) => this.#receive(message),
        down: (reason) => this.#down(reason),
      },
    })
  }

  opened(): Promise<void> {
    return this.#until(() => this.#isReady && this.#unsaved.isSettled)
  }

  list(): readonly WorkspaceFile[] {
    return [...this.#known.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  read(path: string): WorkspaceFile | undefined {
    return this.#known.get(path)
  }

  write(path: string, content: string, origin: string): WorkspaceFile {
    checkLimits(path, content, this.#known)
    const before = this.#known.get(path)
    if (before?.content === content) return before
    for (const other of this.#known.keys()) {
      const [inner, outer] = other.length > path.length ? [other, path] : [path, other]
      if (!inner.startsWith(`${outer}/`)) continue
      throw new AppError(
        'BAD_REQUEST',
        `${path} cannot be written: ${outer} is both a file and a folder then.`,
      )
    }
    const file = this.#set(path, content, origin)
    this.#unsaved.add({ type: 'write', path, content })
    return file
  }

  delete(path: string, origin: string): void {
    if (!this.#known.has(path)) return
    this.#unsaved.add({ type: 'delete', path })
    this.#remove(path, origin)
  }

  onChange(listener: (change: WorkspaceChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async flushed(): Promise<void> {
    await this.#until(() => this.#unsaved.isSettled)
    const error = this.#lost ?? this.#unsaved.failure
    this.#lost = undefined
    if (error) throw error
  }

  async refresh(): Promise<void> {
    await this.#until(() => this.#isReady)
    const id = this.#channel.send({ type: 'look' }) ?? 0
    // A watcher that ends meanwhile is followed by one that looks around first of all.
    await this.#until(() => this.#isReady && this.#lastAnswered >= id)
  }

  async replaceAll(files: readonly StartFile[]): Promise<void> {
    await this.#until(() => this.#isReady)
    this.#unsaved.clear()
    this.#emptying = this.#channel.send({ type: 'empty' }) ?? 'unsent'
    const wanted = new Map(files.map(({ path, content }) => [path, content]))
    for (const path of [...this.#known.keys()]) if (!wanted.has(path)) this.#remove(path, 'reset')
    for (const [path, content] of wanted) {
      if (this.#known.get(path)?.content !== content) this.#set(path, content, 'reset')
      this.#unsaved.add({ type: 'write', path, content })
    }
    this.#channel.send({ type: 'markFilled' })
    await this.flushed()
    await this.#putKubeconfig()
  }

  dispose(): void {
    this.#isDisposed = true
    if (this.#retry !== undefined) this.#options.timers.clearTimeout(this.#retry as never)
    this.#channel.dispose()
    this.#listeners.clear()
    this.#conditions.look()
  }

  get #isReady(): boolean {
    return this.#isConnected && this.#told === undefined
  }

  #set(path: string, content: string, origin: string): WorkspaceFile {
    this.#lastRevision += 1
    const file = { path, content, revision: this.#lastRevision }
    this.#known.set(path, file)
    this.#tell({ type: 'written', file, origin })
    return file
  }

  #remove(path: string, origin: string): void {
    if (this.#known.delete(path)) this.#tell({ type: 'deleted', path, origin })
  }

  #tell(change: WorkspaceChange): void {
    for (const listener of [...this.#listeners]) listener(change)
  }

  #receive(message: WatcherMessage): void {
    switch (message.type) {
      case 'hello':
        this.#told = new Set()
        this.#connect(message.boot, message.isFilled).catch((error: unknown) => {
          this.#reason = String(error)
          this.#channel.restart()
        })
        return
      case 'changed':
        this.#told?.add(message.path)
        this.#changed(message.path, message.content)
        return
      case 'gone':
        this.#gone(message.path)
        return
      case 'done':
        this.#done(message.id)
        return
      case 'failed':
        this.#failed(message.id, message.errno, message.text)
        return
      default:
        message satisfies never
    }
  }

  /** Brings toolbox and server to the same files, whichever of them knows better. */
  async #connect(boot: string, isFilled: boolean): Promise<void> {
    const isFirst = this.#boot === undefined
    const holdsWorkspace = isFirst ? isFilled : this.#boot === boot
    // The container was restarted, which empties it.
    if (isFirst || !holdsWorkspace) await this.#putKubeconfig()
    if (!holdsWorkspace) {
      if (isFirst) for (const { path, content } of this.#options.files ?? []) this.#set(path, content, '')
      for (const { path, content } of this.#known.values()) {
        this.#unsaved.add({ type: 'write', path, content })
      }
    }
    this.#boot = boot
    this.#isConnected = true
    if (this.#emptying !== undefined) this.#emptying = this.#channel.send({ type: 'empty' }) ?? 'unsent'
    this.#unsaved.sendAll()
    if (!holdsWorkspace) this.#channel.send({ type: 'markFilled' })
    this.#firstLook = this.#channel.send({ type: 'look' })
  }

  async #putKubeconfig(): Promise<void> {
    const { kubeconfig } = this.#options
    if (kubeconfig !== undefined) await putKubeconfig(this.#engine, this.#container, kubeconfig)
  }

  #down(reason: string): void {
    this.#isConnected = false
    this.#told = undefined
    this.#reason = reason
    if (this.#emptying !== undefined) this.#emptying = 'unsent'
    this.#conditions.look()
  }

  #changed(path: string, bytes: Uint8Array): void {
    if (!isShown(path) || this.#isOutOfDate(path)) return
    const content = decode(bytes)
    const before = this.#known.get(path)
    if (content === undefined) this.#gone(path)
    if (content === undefined || before?.content === content) return
    if (!before && this.#known.size >= limits.files) return
    this.#unsaved.drop(path)
    this.#set(path, content, 'terminal')
  }

  #gone(path: string): void {
    if (this.#isOutOfDate(path)) return
    this.#unsaved.drop(path)
    this.#remove(path, 'terminal')
  }

  #isOutOfDate(path: string): boolean {
    return this.#emptying !== undefined || this.#unsaved.isUnderWay(path)
  }

  #done(id: number): void {
    const saved = this.#unsaved.done(id)
    if (saved) this.#told?.add(saved.path)
    if (id === this.#emptying) this.#emptying = undefined
    if (id === this.#firstLook) {
      const told = this.#told ?? new Set()
      this.#told = undefined
      for (const path of [...this.#known.keys()]) if (!told.has(path)) this.#gone(path)
    }
    this.#lastAnswered = id
    this.#conditions.look()
  }

  #failed(id: number, errno: string, text: string): void {
    const failed = this.#unsaved.failed(id, errno)
    if (failed?.isKept) this.#retryLater()
    else if (failed) {
      const { path, type } = failed.change
      this.#lost = new AppError(
        'BAD_REQUEST',
        `${path} cannot be ${type === 'write' ? 'written' : 'deleted'}: ${text}.`,
        {
          hint: 'Look at it in the terminal: ls -la',
        },
      )
      if (type === 'write') this.#remove(path, 'terminal')
    }
    this.#lastAnswered = id
    this.#conditions.look()
  }

  #retryLater(): void {
    this.#retry ??= this.#options.timers.setTimeout(() => {
      this.#retry = undefined
      this.#unsaved.retryFailed()
    }, retryMs)
  }

  #until(isTrue: () => boolean): Promise<void> {
    const unanswered = () => {
      // One that was stopped or hangs is replaced.
      this.#channel.restart()
      return this.#notReady()
    }
    return this.#conditions.until(
      () => {
        if (this.#isDisposed) throw this.#notReady()
        return isTrue()
      },
      deadlineMs,
      unanswered,
    )
  }

  #notReady(): AppError {
    return new AppError('SANDBOX_NOT_READY', 'The terminal’s container does not answer.', {
      hint: 'Try again in a moment; where that does not help, restart the cluster from its menu.',
      log: this.#reason,
    })
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined // No text: the editor has nothing to show.
  }
}
