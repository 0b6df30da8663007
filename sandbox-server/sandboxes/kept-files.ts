// Keeps a workspace's files in the store, one change after the other, and writes with the revisions that pages know.
// What could not be kept is tried again until it is.
import { AppError } from '../contract/errors.ts'
import type { Workspace, WorkspaceChange, WorkspaceFile } from '../contract/workspace.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Store, WorkKey } from '../store/store.ts'
import { notSaved } from './not-saved.ts'

const retryMs = 5_000

export interface KeptFilesOptions {
  readonly store: Store['workspaces']
  readonly key: WorkKey
  readonly timers: Timers
  /** Told once when keeping begins to fail, with what the writer is told. */
  readonly onError: (error: AppError, change: WorkspaceChange) => void
}

interface Attempt {
  readonly change: WorkspaceChange
  readonly kept: Promise<void>
}

export class KeptFiles {
  readonly #options: KeptFilesOptions
  #writes: Promise<void> = Promise.resolve()
  readonly #latest = new Map<string, Attempt>()
  readonly #unsaved = new Map<string, WorkspaceChange>()
  /** Writes that failed for their writer, who still builds on the revision before: path to origin and revision. */
  readonly #refused = new Map<string, { readonly origin: string; readonly revision: number }>()
  #retry: unknown

  constructor(options: KeptFilesOptions) {
    this.#options = options
  }

  /** Paths of what is not in the store though it should be. */
  get unsaved(): readonly string[] {
    return [...this.#unsaved.keys()]
  }

  /** Told of every change of the workspace, whoever made it. */
  keep(change: WorkspaceChange): Attempt {
    const path = pathOf(change)
    const kept = this.#writes.then(() => this.#save(path, change))
    const attempt = { change, kept }
    this.#latest.set(path, attempt)
    this.#writes = kept
      .catch(() => {}) // Whoever wrote is told; it is tried again.
      .then(() => void (this.#latest.get(path) === attempt && this.#latest.delete(path)))
    return attempt
  }

  /** Puts what the store lacks into a workspace that was filled from the store. */
  bringBackUnsaved(workspace: Workspace): void {
    for (const [path, change] of this.#unsaved) {
      if (change.type === 'deleted') workspace.delete(path, 'store')
      else if (workspace.read(path)?.content !== change.file.content)
        workspace.write(path, change.file.content, 'store')
    }
  }

  /** Waits until everything told so far is in the store, or could not be put there. */
  async flush(): Promise<void> {
    for (const change of this.#unsaved.values()) this.keep(change)
    await this.#writes
  }

  /**
   * Writes and waits until it is kept. Throws AppError CONFLICT where the file is newer than `baseRevision`, NOT_SAVED where the
   * store failed.
   */
  async write(
    workspace: Workspace,
    path: string,
    content: string,
    { baseRevision, origin }: { readonly baseRevision: number; readonly origin: string },
  ): Promise<WorkspaceFile> {
    const known = workspace.read(path)
    const refused = this.#refused.get(path)
    const isOwn = refused?.origin === origin && refused.revision === known?.revision
    if (known && known.revision > baseRevision && known.content !== content && !isOwn) {
      throw new AppError('CONFLICT', `${path} was changed meanwhile.`, {
        hint: 'The newer text was sent along. Put your change into it and save again.',
      })
    }
    const file = workspace.write(path, content, origin)
    this.#refused.delete(path)
    try {
      await this.#attemptAt({ type: 'written', file, origin }).kept
    } catch (error) {
      this.#refused.set(path, { origin, revision: file.revision })
      throw error
    }
    return file
  }

  /** Throws AppError NOT_SAVED where the store failed. */
  async delete(workspace: Workspace, path: string, origin: string): Promise<void> {
    const known = workspace.read(path)
    workspace.delete(path, origin)
    if (known) await this.#attemptAt({ type: 'deleted', path, origin }).kept
  }

  /** The attempt that the workspace's own telling of this change began, or a new one where it tells later. */
  #attemptAt(change: WorkspaceChange): Attempt {
    const latest = this.#latest.get(pathOf(change))
    return latest && isSame(latest.change, change) ? latest : this.keep(change)
  }

  async #save(path: string, change: WorkspaceChange): Promise<void> {
    const { store, key, onError } = this.#options
    try {
      if (change.type === 'written') await store.writeFile(key, change.file)
      else await store.deleteFile(key, path)
      this.#unsaved.delete(path)
    } catch (cause) {
      const error = notSaved(path, cause)
      const isFirst = !this.#unsaved.has(path)
      this.#unsaved.set(path, change)
      this.#armRetry()
      if (isFirst) onError(error, change)
      throw error
    }
  }

  #armRetry(): void {
    this.#retry ??= this.#options.timers.setTimeout(() => {
      this.#retry = undefined
      void this.flush()
    }, retryMs)
  }
}

const pathOf = (change: WorkspaceChange) => (change.type === 'written' ? change.file.path : change.path)

function isSame(one: WorkspaceChange, other: WorkspaceChange): boolean {
  if (one.type === 'deleted' || other.type === 'deleted') return one.type === other.type
  return one.file.revision === other.file.revision
}
