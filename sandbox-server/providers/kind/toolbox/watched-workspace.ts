// Keeps the files that the server knows and those in the toolbox the same, whatever happens to the container or to its watcher.
import { AppError } from '../../../contract/errors.ts'
import { limits, type WorkspaceChange, type WorkspaceFile } from '../../../contract/workspace.ts'
import { checkLimits, isShown } from '../../workspace-rules.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { Conditions } from './conditions.ts'
import { KnownFiles } from './known-files.ts'
import { putKubeconfig } from './put-kubeconfig.ts'
import { UnsavedChanges } from './unsaved-changes.ts'
import { openWatcherChannel, type WatcherChannel } from './watcher-channel.ts'
import type { StartFile, ToolboxWorkspace, ToolboxWorkspaceOptions } from './workspace.ts'
import type { WatcherMessage } from './workspace-protocol.ts'

const deadlineMs = 15_000
/** How often a change that found the disk full is tried again. */
const retryMs = 2000
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class WatchedWorkspace implements ToolboxWorkspace {
  readonly #engine: ContainerEngine
  readonly #container: string
  readonly #options: ToolboxWorkspaceOptions
  readonly #channel: WatcherChannel
  readonly #known: KnownFiles
  readonly #unsaved = new UnsavedChanges((change) =>
    this.#isConnected ? this.#channel.send(change) : undefined,
  )
  readonly #conditions: Conditions
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
    this.#known = new KnownFiles(options.lastRevision ?? 0)
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
    return this.#known.list()
  }

  read(path: string): WorkspaceFile | undefined {
    return this.#known.byPath.get(path)
  }

  write(path: string, content: string, origin: string): WorkspaceFile {
    checkLimits(path, content, this.#known.byPath)
    const before = this.read(path)
    if (before?.content === content) return before
    const other = this.#known.inTheWayOf(path)
    if (other !== undefined) {
      throw new AppError(
        'BAD_REQUEST',
        `${path} cannot be written: there is ${other}, and no file can be a folder.`,
      )
    }
    const file = this.#known.set(path, content, origin)
    this.#unsaved.add({ type: 'write', path, content })
    return file
  }

  delete(path: string, origin: string): void {
    if (this.read(path) === undefined) return
    this.#unsaved.add({ type: 'delete', path })
    this.#known.remove(path, origin)
  }

  onChange(listener: (change: WorkspaceChange) => void): () => void {
    return this.#known.onChange(listener)
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
    for (const path of [...this.#known.byPath.keys()])
      if (!wanted.has(path)) this.#known.remove(path, 'reset')
    for (const [path, content] of wanted) {
      if (this.#known.byPath.get(path)?.content !== content) this.#known.set(path, content, 'reset')
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
    this.#known.dispose()
    this.#conditions.look()
  }

  get #isReady(): boolean {
    return this.#isConnected && this.#told === undefined
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
      if (isFirst)
        for (const { path, content } of this.#options.files ?? []) this.#known.set(path, content, '')
      for (const { path, content } of this.#known.byPath.values()) {
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
    const before = this.#known.byPath.get(path)
    if (content === undefined) this.#gone(path)
    if (content === undefined || before?.content === content) return
    if (!before && this.#known.byPath.size >= limits.files) return
    this.#unsaved.drop(path)
    this.#known.set(path, content, 'terminal')
  }

  #gone(path: string): void {
    if (this.#isOutOfDate(path)) return
    this.#unsaved.drop(path)
    this.#known.remove(path, 'terminal')
  }

  #isOutOfDate(path: string): boolean {
    if (this.#emptying !== undefined) return true
    // A watcher that has just started tells all there is, not what changed: what could not be saved yet is newer.
    return this.#told ? this.#unsaved.has(path) : this.#unsaved.isUnderWay(path)
  }

  #done(id: number): void {
    const saved = this.#unsaved.done(id)
    if (saved) this.#told?.add(saved.path)
    if (id === this.#emptying) this.#emptying = undefined
    if (id === this.#firstLook) {
      for (const path of [...this.#known.byPath.keys()]) if (!this.#told?.has(path)) this.#gone(path)
      this.#told = undefined
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
      if (type === 'write') this.#known.remove(path, 'terminal')
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
