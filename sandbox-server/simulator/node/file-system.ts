// Files as a process sees them. Containers, nodes and the learner's machine each have one; some paths of it are computed.

export type FileErrorCode =
  | 'ENOENT'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'EEXIST'
  | 'EROFS'
  | 'ENOTEMPTY'
  | 'ENOSPC'
  | 'EACCES'
  | 'EINVAL'

export class FileError extends Error {
  readonly code: FileErrorCode
  constructor(code: FileErrorCode, message: string) {
    super(message)
    this.name = 'FileError'
    this.code = code
  }
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink'
  readonly size: number
  readonly mode: number
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  readonly linkTarget?: string
}

/** Paths are absolute and normalised by the caller (`resolvePath`). Synchronous: everything is in memory. Throws FileError. */
export interface FileSystem {
  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined
  read(path: string): Uint8Array
  readText(path: string): string
  /** Creates the file, not its directory. */
  write(path: string, data: Uint8Array | string, options?: { append?: boolean; mode?: number }): void
  /** Names in the directory, sorted. */
  list(path: string): string[]
  makeDirectory(path: string, options?: { recursive?: boolean }): void
  remove(path: string, options?: { recursive?: boolean }): void
  rename(from: string, to: string): void
  link(target: string, path: string): void
  chmod(path: string, mode: number): void
  onChange(listener: (path: string) => void): () => void
}

/** Resolves `path` against `base`, with dot segments removed. */
export function resolvePath(base: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}
