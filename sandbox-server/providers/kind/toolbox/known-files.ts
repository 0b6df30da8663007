// What the server knows of a workspace's files: their text and revisions, and who is told when one changes.
import type { WorkspaceChange, WorkspaceFile } from '../../../contract/workspace.ts'

export class KnownFiles {
  readonly #files = new Map<string, WorkspaceFile>()
  readonly #listeners = new Set<(change: WorkspaceChange) => void>()
  #lastRevision: number

  constructor(lastRevision: number) {
    this.#lastRevision = lastRevision
  }

  get byPath(): ReadonlyMap<string, WorkspaceFile> {
    return this.#files
  }

  list(): readonly WorkspaceFile[] {
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  set(path: string, content: string, origin: string): WorkspaceFile {
    this.#lastRevision += 1
    const file = { path, content, revision: this.#lastRevision }
    this.#files.set(path, file)
    this.#tell({ type: 'written', file, origin })
    return file
  }

  remove(path: string, origin: string): void {
    if (this.#files.delete(path)) this.#tell({ type: 'deleted', path, origin })
  }

  /** A known file that would have to be a folder for `path` to be a file, or the other way round. */
  inTheWayOf(path: string): string | undefined {
    return [...this.#files.keys()].find(
      (other) => path.startsWith(`${other}/`) || other.startsWith(`${path}/`),
    )
  }

  onChange(listener: (change: WorkspaceChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  dispose(): void {
    this.#listeners.clear()
  }

  #tell(change: WorkspaceChange): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}
