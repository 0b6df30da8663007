// Keeps a workspace's files in the store, one change after the other, and writes with the revisions that pages know.
import { AppError } from '../contract/errors.ts'
import type { Workspace, WorkspaceChange, WorkspaceFile } from '../contract/workspace.ts'
import type { Store, WorkKey } from '../store/store.ts'

export class KeptFiles {
  readonly #store: Store['workspaces']
  readonly #key: WorkKey
  readonly #onError: (error: unknown) => void
  #writes: Promise<void> = Promise.resolve()

  constructor(store: Store['workspaces'], key: WorkKey, onError: (error: unknown) => void) {
    this.#store = store
    this.#key = key
    this.#onError = onError
  }

  /** Told of every change of the workspace, whoever made it. */
  keep(change: WorkspaceChange): void {
    const write =
      change.type === 'written'
        ? () => this.#store.writeFile(this.#key, change.file)
        : () => this.#store.deleteFile(this.#key, change.path)
    this.#writes = this.#writes.then(write).catch(this.#onError)
  }

  /** Waits until everything told so far is in the store. */
  flush(): Promise<void> {
    return this.#writes
  }

  /** Writes and waits until it is kept. Throws AppError CONFLICT where the file is newer than `baseRevision`. */
  async write(
    workspace: Workspace,
    path: string,
    content: string,
    { baseRevision, origin }: { readonly baseRevision: number; readonly origin: string },
  ): Promise<WorkspaceFile> {
    const known = workspace.read(path)
    if (known && known.revision > baseRevision && known.content !== content) {
      throw new AppError('CONFLICT', `${path} was changed meanwhile.`, {
        hint: 'The newer text was sent along. Put your change into it and save again.',
      })
    }
    const file = workspace.write(path, content, origin)
    await this.#writes
    return file
  }
}
