// A file system as one machine or container sees it: a root volume with other volumes mounted into it, links followed the way the
// kernel does. Volumes hold the files (volume.ts); this view resolves paths and says no in errno's words.
import { FileError, type FileErrorCode, type FileStat, type FileSystem, resolvePath } from './file-system.ts'
import type { Inode } from './inode.ts'
import { computedFile, directoryNode, fileNode, linkNode, readBytes, readText, sizeOf } from './inode.ts'
import type { Volume } from './volume.ts'

export interface Mount {
  /** Where it appears, absolute. */
  readonly path: string
  readonly volume: Volume
  /** Which part of the volume, absolute; the whole where left out. May name a file. */
  readonly subPath?: string
  readonly readOnly?: boolean
}

const messages: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  EROFS: 'Read-only file system',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
}

/** As strerror(3) words it, for programs that report errors. */
export function fileErrorText(error: FileError): string {
  return messages[error.code]
}

type PlacedMount = Mount & { readonly parts: readonly string[]; readonly below: readonly string[] }

/** One component on the way along a path, links resolved. */
interface Step {
  readonly name: string
  /** The path so far. */
  readonly key: string
  readonly node: Inode | undefined
  /** What it lies in, and how many components lead to that mount point. */
  readonly mount: PlacedMount | undefined
  readonly depth: number
}

interface Place {
  readonly volume: Volume
  /** Inside the volume. */
  readonly parts: readonly string[]
  readonly readOnly: boolean
  readonly node: Inode | undefined
  /** In this view, with links resolved. */
  readonly path: readonly string[]
}

const encoder = new TextEncoder()
/** Linux gives up after so many links (ELOOP, which is reported as EINVAL here). */
const linkLimit = 40

export class MemoryFileSystem implements FileSystem {
  readonly root: Volume
  readonly #now: () => number
  readonly #mounts: PlacedMount[] = []
  /** By mount point, without links. */
  readonly #mountAt = new Map<string, PlacedMount>()

  constructor(root: Volume, now: () => number) {
    this.root = root
    this.#now = now
  }

  /** Mounts a volume; its mount point is made where it is missing, as the container runtime does. */
  mount(mount: Mount): void {
    const below = split(mount.subPath ?? '/')
    const isDirectory = mount.volume.lookup(below)?.type === 'directory'
    if (!this.#find(mount.path, true)?.node) {
      this.makeDirectory(isDirectory ? mount.path : resolvePath(mount.path, '..'), { recursive: true })
      if (!isDirectory) this.write(mount.path, '')
    }
    // Where links lead: /var/run/secrets lies in /run.
    const parts = this.#place(mount.path, true).path
    const placed = { ...mount, parts, below }
    this.#mounts.push(placed)
    this.#mountAt.set(`/${parts.join('/')}`, placed)
  }

  mounts(): readonly Mount[] {
    return this.#mounts
  }

  /** Puts a computed file or directory (of /proc, /sys) or any other node into the tree. */
  graft(path: string, node: Inode): void {
    this.makeDirectory(resolvePath(path, '..'), { recursive: true })
    const place = this.#place(path, false)
    place.volume.put(place.parts, node, 0)
  }

  stat(path: string, options: { followLinks?: boolean } = {}): FileStat | undefined {
    const node = this.#find(path, options.followLinks ?? true)?.node
    if (!node) return undefined
    const base = { size: sizeOf(node), mode: node.mode, modifiedAt: node.modifiedAt }
    if (node.type === 'symlink') return { ...base, type: 'symlink', linkTarget: node.target }
    return { ...base, type: node.type === 'directory' ? 'directory' : 'file' }
  }

  read(path: string): Uint8Array {
    return readBytes(this.#file(path)).slice()
  }

  readText(path: string): string {
    return readText(this.#file(path))
  }

  write(path: string, data: Uint8Array | string, options: { append?: boolean; mode?: number } = {}): void {
    const place = this.#place(path, true)
    const { node } = place
    if (node?.type === 'directory') throw failure('EISDIR', path)
    if (node?.type === 'computed') {
      if (!node.write) throw failure('EACCES', path)
      node.write(typeof data === 'string' ? data : new TextDecoder().decode(data))
      return
    }
    if (place.readOnly) throw failure('EROFS', path)
    const now = this.#now()
    if (options.append && node?.type === 'file') {
      place.volume.append(place.parts, typeof data === 'string' ? encoder.encode(data) : data, now)
      return
    }
    const mode = options.mode ?? node?.mode ?? 0o644
    place.volume.put(place.parts, fileNode(typeof data === 'string' ? data : data.slice(), mode, now), now)
  }

  list(path: string): string[] {
    const place = this.#find(path, true)
    if (!place?.node) throw failure('ENOENT', path)
    if (place.node.type !== 'directory') throw failure('ENOTDIR', path)
    return [...place.node.children.keys()].sort()
  }

  makeDirectory(path: string, options: { recursive?: boolean } = {}): void {
    const parts = split(path)
    for (let depth = options.recursive ? 1 : parts.length; depth <= parts.length; depth++) {
      const place = this.#place(`/${parts.slice(0, depth).join('/')}`, true)
      if (place.node) {
        if (options.recursive && place.node.type === 'directory') continue
        throw failure('EEXIST', path)
      }
      if (place.readOnly) throw failure('EROFS', path)
      place.volume.put(place.parts, directoryNode(this.#now()), this.#now())
    }
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const place = this.#place(path, false)
    if (!place.node) throw failure('ENOENT', path)
    if (place.readOnly) throw failure('EROFS', path)
    if (place.node.type === 'directory') {
      if (!options.recursive && place.node.children.size > 0) throw failure('ENOTEMPTY', path)
      if (this.#mounts.some((mount) => startsWith(mount.parts, place.path))) throw failure('EACCES', path)
    }
    place.volume.remove(place.parts, this.#now())
  }

  rename(from: string, to: string): void {
    const source = this.#place(from, false)
    if (!source.node) throw failure('ENOENT', from)
    const target = this.#place(to, false)
    if (source.readOnly || target.readOnly) throw failure('EROFS', source.readOnly ? from : to)
    if (target.node?.type === 'directory') {
      if (source.node.type !== 'directory') throw failure('EISDIR', to)
      if (target.node.children.size > 0) throw failure('ENOTEMPTY', to)
    }
    if (startsWith(target.path, source.path)) throw failure('EINVAL', to)
    const now = this.#now()
    if (source.volume === target.volume) {
      target.volume.putMoved(target.parts, source.node, now)
    } else if (source.node.type === 'directory') {
      throw failure('EINVAL', to)
    } else {
      target.volume.put(target.parts, { ...source.node }, now)
    }
    source.volume.remove(source.parts, now)
  }

  link(target: string, path: string): void {
    const place = this.#place(path, false)
    if (place.node) throw failure('EEXIST', path)
    if (place.readOnly) throw failure('EROFS', path)
    place.volume.put(place.parts, linkNode(target, this.#now()), this.#now())
  }

  chmod(path: string, mode: number): void {
    const place = this.#place(path, true)
    if (!place.node) throw failure('ENOENT', path)
    if (place.readOnly) throw failure('EROFS', path)
    place.volume.chmod(place.parts, mode)
  }

  onChange(listener: (path: string) => void): () => void {
    const stops = [this.root.onChange(listener)]
    for (const mount of this.#mounts) {
      stops.push(
        mount.volume.onChange((changed) => {
          const parts = split(changed)
          if (!startsWith(parts, mount.below)) return
          listener(`/${[...mount.parts, ...parts.slice(mount.below.length)].join('/')}`)
        }),
      )
    }
    return () => {
      for (const stop of stops) stop()
    }
  }

  #file(path: string): Extract<Inode, { type: 'file' | 'computed' }> {
    const node = this.#find(path, true)?.node
    if (!node) throw failure('ENOENT', path)
    if (node.type === 'directory') throw failure('EISDIR', path)
    if (node.type === 'symlink') throw failure('ENOENT', path)
    return node
  }

  /** As `#place`, and undefined where a directory on the way is missing. */
  #find(path: string, followLinks: boolean): Place | undefined {
    try {
      return this.#place(path, followLinks)
    } catch (error) {
      if (error instanceof FileError && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return undefined
      throw error
    }
  }

  /** Where the path leads. Throws where a directory on the way is missing; what it names itself may be missing. */
  #place(path: string, followLast: boolean): Place {
    const pending = split(path).reverse()
    const root: Step = { name: '', key: '', node: this.root.root, mount: undefined, depth: 0 }
    let way: Step[] = [root]
    let links = 0
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      const here = way.at(-1) ?? root
      if (part === '..') {
        if (way.length > 1) way.pop()
        continue
      }
      if (here.node?.type !== 'directory') throw failure(here.node ? 'ENOTDIR' : 'ENOENT', path)
      const key = `${here.key}/${part}`
      const mount = this.#mountAt.get(key)
      const node = mount ? mount.volume.lookup(mount.below) : here.node.children.get(part)
      if (node?.type === 'symlink' && (pending.length > 0 || followLast)) {
        links += 1
        if (links > linkLimit) throw failure('EINVAL', path)
        if (node.target.startsWith('/')) way = [root]
        pending.push(...split(node.target).reverse())
        continue
      }
      way.push(
        mount ? { name: part, key, node, mount, depth: way.length } : { ...here, name: part, key, node },
      )
    }
    return this.#placeOf(way)
  }

  #placeOf(way: readonly Step[]): Place {
    const names = way.slice(1).map((step) => step.name)
    const last = way.at(-1)
    const mount = last?.mount
    return {
      volume: mount?.volume ?? this.root,
      parts: mount ? [...mount.below, ...names.slice(last?.depth ?? 0)] : names,
      readOnly: mount?.readOnly ?? false,
      node: last?.node,
      path: names,
    }
  }
}

/** /dev/null and its like, which every machine has. */
export function deviceNull() {
  return computedFile(
    () => '',
    () => undefined,
    0o666,
  )
}

function failure(code: FileErrorCode, path: string): FileError {
  return new FileError(code, `${path}: ${messages[code]}`)
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function startsWith(parts: readonly string[], prefix: readonly string[]): boolean {
  return parts.length >= prefix.length && prefix.every((part, index) => parts[index] === part)
}
