// The learner's files as they lie in a directory of the simulated terminal machine: what the shell writes there, the editor sees.
import { AppError } from '../../contract/errors.ts'
import { limits, type Workspace, type WorkspaceChange, type WorkspaceFile } from '../../contract/workspace.ts'
import type { FileSystem } from '../../simulator/node/file-system.ts'
import { checkLimits, isShown } from '../workspace-rules.ts'

export interface FileSystemWorkspace extends Workspace {
  /** Takes up the revisions of a checkpoint. */
  resume(revisions: Readonly<Record<string, number>>): void
  revisions(): Record<string, number>
  dispose(): void
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Files below `root`, without those whose path holds a name with a leading dot: .kube and .bash_history are the machine's own.
 * What is no text, or too large for the editor, stays in the terminal alone.
 */
export function openWorkspace(files: FileSystem, root: string): FileSystemWorkspace {
  const known = new Map<string, WorkspaceFile>()
  const listeners = new Set<(change: WorkspaceChange) => void>()
  let lastRevision = 0
  let writing: { readonly path: string; readonly origin: string } | undefined

  const tell = (change: WorkspaceChange) => {
    for (const listener of [...listeners]) listener(change)
  }
  const originOf = (path: string) => (writing?.path === path ? writing.origin : 'terminal')
  const nextRevision = () => {
    lastRevision += 1
    return lastRevision
  }

  const readFile = (path: string): string | undefined => {
    const stat = files.stat(`${root}/${path}`)
    if (stat?.type !== 'file' || stat.size > limits.fileBytes) return undefined
    try {
      return decoder.decode(files.read(`${root}/${path}`))
    } catch {
      return undefined // No text: the editor has nothing to show.
    }
  }

  /** Brings what is known of one path in line with the file system. */
  const look = (path: string) => {
    if (!isShown(path)) return
    const content = readFile(path)
    const before = known.get(path)
    if (content === undefined) {
      if (!before) return
      known.delete(path)
      tell({ type: 'deleted', path, origin: originOf(path) })
    } else if (before?.content !== content) {
      if (!before && known.size >= limits.files) return
      const file = { path, content, revision: nextRevision() }
      known.set(path, file)
      tell({ type: 'written', file, origin: originOf(path) })
    }
  }

  const lookBelow = (directory: string) => {
    const stat = files.stat(directory === '' ? root : `${root}/${directory}`)
    if (stat?.type === 'directory') {
      for (const name of files.list(directory === '' ? root : `${root}/${directory}`)) {
        lookBelow(directory === '' ? name : `${directory}/${name}`)
      }
    } else if (directory !== '') look(directory)
  }

  const off = files.onChange((changed) => {
    if (changed !== root && !changed.startsWith(`${root}/`)) return
    const path = changed.slice(root.length + 1)
    lookBelow(path)
    // A directory that was moved or removed takes its files along.
    for (const other of [...known.keys()]) if (path === '' || other.startsWith(`${path}/`)) look(other)
  })
  lookBelow('')

  return {
    list: () => [...known.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    read: (path) => known.get(path),
    write(path, content, origin) {
      checkLimits(path, content, known)
      const before = known.get(path)
      if (before?.content === content) return before
      writing = { path, origin }
      try {
        makeParents(files, root, path)
        files.write(`${root}/${path}`, content)
        look(path)
      } catch (cause) {
        throw new AppError('BAD_REQUEST', `${path} cannot be written: ${(cause as Error).message}`, { cause })
      } finally {
        writing = undefined
      }
      const file = known.get(path)
      if (!file) throw new AppError('BAD_REQUEST', `${path} cannot be shown in the editor.`)
      return file
    },
    delete(path, origin) {
      if (!known.has(path)) return
      writing = { path, origin }
      try {
        files.remove(`${root}/${path}`)
        look(path)
      } finally {
        writing = undefined
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    resume(revisions) {
      for (const file of known.values()) {
        known.set(file.path, { ...file, revision: revisions[file.path] ?? file.revision })
      }
      lastRevision = Math.max(lastRevision, 0, ...Object.values(revisions))
    },
    revisions: () => Object.fromEntries([...known.values()].map((file) => [file.path, file.revision])),
    dispose: () => {
      off()
      listeners.clear()
    },
  }
}

function makeParents(files: FileSystem, root: string, path: string): void {
  const slash = path.lastIndexOf('/')
  if (slash > 0) files.makeDirectory(`${root}/${path.slice(0, slash)}`, { recursive: true })
}
