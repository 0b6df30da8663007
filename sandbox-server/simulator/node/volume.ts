// A writable file tree: a container's upper layer over its image, an emptyDir, a node's disk. It starts from a tree that others may
// share and copies the directories on the way to whatever is written. Paths here are parts below the volume's root, without links.
import { FileError } from './file-system.ts'
import type { DirectoryNode, FileNode, Inode, MutableDirectoryNode } from './inode.ts'
import { directoryNode, fileNode, readBytes, sizeOf } from './inode.ts'

/** One difference between a volume and the tree that it started from; what a snapshot keeps of a container's files. */
export type VolumeChange =
  | { readonly path: string; readonly type: 'removed' }
  | { readonly path: string; readonly type: 'directory'; readonly mode: number }
  | { readonly path: string; readonly type: 'symlink'; readonly target: string }
  | {
      readonly path: string
      readonly type: 'file'
      readonly mode: number
      readonly modifiedAt: number
      /** Text, or bytes as a list of numbers where the content is no UTF-8. */
      readonly content: string | readonly number[]
    }

/** Bytes that one volume may hold beyond what it started from; ENOSPC beyond it. */
const capacityBytes = 64 * 1024 * 1024

export class Volume {
  readonly #base: DirectoryNode
  #root: DirectoryNode
  /** Nodes made by this volume, which it may change in place. */
  readonly #own = new WeakSet<Inode>()
  readonly #listeners = new Set<(path: string) => void>()
  #usedBytes = 0

  constructor(base: DirectoryNode = directoryNode()) {
    this.#base = base
    this.#root = base
  }

  get root(): DirectoryNode {
    return this.#root
  }

  /** What lies at the path, itself and not what a link there points to. */
  lookup(parts: readonly string[]): Inode | undefined {
    let node: Inode | undefined = this.#root
    for (const part of parts) {
      if (node?.type !== 'directory') return undefined
      node = node.children.get(part)
    }
    return node
  }

  /** Puts the node at the path; its directory must exist. */
  put(parts: readonly string[], node: Inode, modifiedAt: number): void {
    const name = parts.at(-1)
    if (name === undefined) throw new FileError('EEXIST', 'the root directory cannot be replaced')
    const directory = this.#writableDirectory(parts.slice(0, -1))
    const before = directory.children.get(name)
    this.#account((before ? -this.#ownedSize(before) : 0) + (node.type === 'file' ? sizeOf(node) : 0))
    this.#own.add(node)
    directory.children.set(name, node)
    directory.modifiedAt = modifiedAt
    this.#tell(parts)
  }

  /** Moves a node with what is below it, without counting it anew. */
  putMoved(parts: readonly string[], node: Inode, modifiedAt: number): void {
    const name = parts.at(-1)
    if (name === undefined) throw new FileError('EEXIST', 'the root directory cannot be replaced')
    const directory = this.#writableDirectory(parts.slice(0, -1))
    directory.children.set(name, node)
    directory.modifiedAt = modifiedAt
    this.#tell(parts)
  }

  remove(parts: readonly string[], modifiedAt: number): void {
    const name = parts.at(-1)
    if (name === undefined) throw new FileError('EINVAL', 'the root directory cannot be removed')
    const directory = this.#writableDirectory(parts.slice(0, -1))
    const node = directory.children.get(name)
    if (!node) return
    this.#account(-this.#ownedSize(node))
    directory.children.delete(name)
    directory.modifiedAt = modifiedAt
    this.#tell(parts)
  }

  /** Adds to the end of a file, growing its buffer by doubling. */
  append(parts: readonly string[], data: Uint8Array, modifiedAt: number): void {
    const found = this.lookup(parts)
    if (found?.type !== 'file') throw new FileError('ENOENT', `/${parts.join('/')}`)
    const node: FileNode = this.#own.has(found) ? found : fileNode(readBytes(found), found.mode, modifiedAt)
    const held = readBytes(node)
    this.#account(data.length + (node === found ? 0 : held.length))
    const length = held.length + data.length
    if (typeof node.content === 'string' || node.content.length < length || node !== found) {
      const grown = new Uint8Array(Math.max(length, Math.min(held.length * 2, held.length + 1024 * 1024)))
      grown.set(held)
      node.content = grown
    }
    ;(node.content as Uint8Array).set(data, held.length)
    node.length = length
    node.modifiedAt = modifiedAt
    if (node !== found) this.putMoved(parts, node, modifiedAt)
    else this.#tell(parts)
    this.#own.add(node)
  }

  chmod(parts: readonly string[], mode: number): void {
    const found = this.lookup(parts)
    if (!found) throw new FileError('ENOENT', `/${parts.join('/')}`)
    if (found.type === 'directory') this.#writableDirectory(parts).mode = mode
    else if (found.type === 'file') this.put(parts, { ...found, mode }, found.modifiedAt)
    else if (found.type === 'computed') throw new FileError('EROFS', `/${parts.join('/')}`)
  }

  /** Empties the volume, as a configMap's volume before it is written anew. */
  replaceAll(root: DirectoryNode): void {
    this.#root = root
    this.#usedBytes = 0
    this.#tell([])
  }

  onChange(listener: (path: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What differs from the tree that the volume started from, parents first. Computed files are nobody's state. */
  changes(): VolumeChange[] {
    const found: VolumeChange[] = []
    compare('', this.#base, this.#root, found)
    return found
  }

  /** Brings back what `changes` gave. */
  restore(changes: readonly VolumeChange[]): void {
    for (const change of changes) {
      const parts = change.path.split('/').filter((part) => part !== '')
      if (change.type === 'removed') this.remove(parts, 0)
      else if (change.type === 'directory') {
        if (this.lookup(parts)?.type !== 'directory') this.put(parts, directoryNode(0, change.mode), 0)
      } else if (change.type === 'symlink') {
        this.put(parts, { type: 'symlink', target: change.target, mode: 0o777, modifiedAt: 0 }, 0)
      } else {
        const content = typeof change.content === 'string' ? change.content : Uint8Array.from(change.content)
        this.put(parts, fileNode(content, change.mode, change.modifiedAt), change.modifiedAt)
      }
    }
  }

  #ownedSize(node: Inode): number {
    if (!this.#own.has(node)) return 0
    if (node.type !== 'directory') return node.type === 'file' ? sizeOf(node) : 0
    if (node.computed) return 0
    let sum = 0
    for (const child of node.children.values()) sum += this.#ownedSize(child)
    return sum
  }

  #account(bytes: number): void {
    if (bytes > 0 && this.#usedBytes + bytes > capacityBytes) {
      throw new FileError('ENOSPC', 'No space left on device')
    }
    this.#usedBytes += bytes
  }

  /** The directory at the path, with every directory on the way made the volume's own. */
  #writableDirectory(parts: readonly string[]): MutableDirectoryNode {
    let directory = this.#ownDirectory(this.#root)
    this.#root = directory
    for (const [index, part] of parts.entries()) {
      const child = directory.children.get(part)
      const path = `/${parts.slice(0, index + 1).join('/')}`
      if (!child) throw new FileError('ENOENT', path)
      if (child.type !== 'directory') throw new FileError('ENOTDIR', path)
      if (child.computed) throw new FileError('EROFS', path)
      const own = this.#ownDirectory(child)
      directory.children.set(part, own)
      directory = own
    }
    return directory
  }

  #ownDirectory(directory: DirectoryNode): MutableDirectoryNode {
    if (this.#own.has(directory)) return directory as MutableDirectoryNode
    const { mode, modifiedAt } = directory
    const copy: MutableDirectoryNode = {
      type: 'directory',
      children: new Map(directory.children),
      computed: false,
      mode,
      modifiedAt,
    }
    this.#own.add(copy)
    return copy
  }

  #tell(parts: readonly string[]): void {
    if (this.#listeners.size === 0) return
    const path = `/${parts.join('/')}`
    for (const listener of [...this.#listeners]) listener(path)
  }
}

function compare(path: string, before: DirectoryNode, after: DirectoryNode, found: VolumeChange[]): void {
  if (before === after) return
  for (const name of before.children.keys()) {
    if (!after.children.has(name)) found.push({ path: `${path}/${name}`, type: 'removed' })
  }
  for (const [name, node] of after.children) {
    const old = before.children.get(name)
    if (old !== node) describe(`${path}/${name}`, old, node, found)
  }
}

function describe(path: string, old: Inode | undefined, node: Inode, found: VolumeChange[]): void {
  if (node.type === 'computed') return
  if (node.type === 'symlink') found.push({ path, type: 'symlink', target: node.target })
  else if (node.type === 'file') {
    const { mode, modifiedAt } = node
    found.push({ path, type: 'file', mode, modifiedAt, content: portable(node) })
  } else if (!node.computed) {
    const oldDirectory = old?.type === 'directory' ? old : undefined
    if (!oldDirectory || oldDirectory.mode !== node.mode) {
      if (old && !oldDirectory) found.push({ path, type: 'removed' })
      found.push({ path, type: 'directory', mode: node.mode })
    }
    compare(path, oldDirectory ?? directoryNode(), node, found)
  }
}

function portable(node: FileNode): string | readonly number[] {
  if (typeof node.content === 'string') return node.content
  const bytes = readBytes(node)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // Not UTF-8: kept as numbers, which JSON can carry.
    return [...bytes]
  }
}
