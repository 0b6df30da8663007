// What editors changed and the toolbox does not hold yet: kept until it does, whatever happens to the container meanwhile.
import { AppError } from '../../../contract/errors.ts'
import type { WatcherCommand } from './workspace-protocol.ts'

export type UnsavedChange = Extract<WatcherCommand, { type: 'write' | 'delete' }>

interface Entry {
  readonly change: UnsavedChange
  /** Of the command that carries it; undefined while no watcher runs. */
  id: number | undefined
  /** Why the last try failed; it is tried again. */
  failure: AppError | undefined
}

export class UnsavedChanges {
  readonly #entries = new Map<string, Entry>()
  readonly #send: (change: UnsavedChange) => number | undefined

  constructor(send: (change: UnsavedChange) => number | undefined) {
    this.#send = send
  }

  /** A newer change of a path takes the place of an older one. */
  add(change: UnsavedChange): void {
    this.#entries.set(change.path, { change, id: this.#send(change), failure: undefined })
  }

  /** Whether what the toolbox tells of this path is older than what an editor wrote. */
  isUnderWay(path: string): boolean {
    const entry = this.#entries.get(path)
    return entry !== undefined && entry.failure === undefined
  }

  has(path: string): boolean {
    return this.#entries.has(path)
  }

  drop(path: string): void {
    this.#entries.delete(path)
  }

  clear(): void {
    this.#entries.clear()
  }

  sendAll(): void {
    for (const entry of this.#entries.values()) {
      entry.id = this.#send(entry.change)
      entry.failure = undefined
    }
  }

  retryFailed(): void {
    for (const entry of this.#entries.values()) {
      if (!entry.failure) continue
      entry.id = this.#send(entry.change)
      entry.failure = undefined
    }
  }

  /** The change that the command carried, where no newer one has taken its place. */
  done(id: number): UnsavedChange | undefined {
    for (const [path, { id: carrier, change }] of this.#entries) {
      if (carrier !== id) continue
      this.#entries.delete(path)
      return change
    }
    return undefined
  }

  /** The change that the command carried, taken out unless it is worth another try. */
  failed(id: number, errno: string): { change: UnsavedChange; isKept: boolean } | undefined {
    for (const [path, entry] of this.#entries) {
      if (entry.id !== id) continue
      const isKept = isFull(errno)
      if (isKept) entry.failure = full(path)
      else this.#entries.delete(path)
      return { change: entry.change, isKept }
    }
    return undefined
  }

  get failure(): AppError | undefined {
    for (const { failure } of this.#entries.values()) if (failure) return failure
    return undefined
  }

  /** Nothing is on its way: it arrived, or failed. */
  get isSettled(): boolean {
    for (const { failure } of this.#entries.values()) if (!failure) return false
    return true
  }
}

const isFull = (errno: string) => errno === 'ENOSPC' || errno === 'EDQUOT'

const full = (path: string) =>
  new AppError('TOO_LARGE', `The workspace is full: ${path} is not saved in the terminal yet.`, {
    hint: 'Remove something large there (du -ah ~ | sort -h shows it); the file is then saved by itself.',
  })
