// Brings a workspace and the files that the store kept of it together.
import { AppError } from '../contract/errors.ts'
import type { Workspace } from '../contract/workspace.ts'
import type { KeptFile } from '../store/store.ts'

interface TextFile {
  readonly path: string
  readonly content: string
}

export function filesOf(workspace: Workspace): KeptFile[] {
  return workspace.list().map(({ path, content, revision }) => ({ path, content, revision }))
}

/** Files are kept at every change, the cluster's snapshot a moment later: the kept files are the newer truth. */
export function bringBackFiles(workspace: Workspace, files: readonly TextFile[]): void {
  const wanted = new Map(files.map((file) => [file.path, file]))
  for (const file of workspace.list()) if (!wanted.has(file.path)) workspace.delete(file.path, 'store')
  for (const file of files) write(workspace, file)
}

/**
 * For a workspace that went on without a server: what its terminal wrote meanwhile stays, and so does what an editor was told
 * is saved but may never have arrived there. Of a file that is in both and differs, the terminal's version goes beside the
 * editor's. Whether the store lacks anything of it.
 */
export function bringTogether(workspace: Workspace, files: readonly TextFile[]): boolean {
  const kept = new Set(files.map(({ path }) => path))
  let lacks = workspace.list().some(({ path }) => !kept.has(path))
  for (const file of files) {
    const there = workspace.read(file.path)
    if (there?.content === file.content) continue
    if (there) {
      lacks = true
      writeIfItFits(workspace, { path: `${file.path}.from-terminal`, content: there.content })
    }
    write(workspace, file)
  }
  return lacks
}

function write(workspace: Workspace, { path, content }: TextFile): void {
  if (workspace.read(path)?.content !== content) workspace.write(path, content, 'store')
}

/** A full workspace has no room for another version; the editor's is the one that somebody was told is saved. */
function writeIfItFits(workspace: Workspace, file: TextFile): void {
  try {
    write(workspace, file)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}
