// The nodes of a file tree: plain files, computed files and directories (/proc), links. Trees are shared between containers as
// an image's layers are, and copied node by node where a container writes (volume.ts).

export interface FileNode {
  readonly type: 'file'
  /** Text stays a string until somebody wants bytes: layers are mostly text that is never read. */
  content: string | Uint8Array
  /** Bytes used of `content` where it was grown in advance for appending. */
  length: number | undefined
  mode: number
  modifiedAt: number
}

/** A file whose content is made when it is read, as those of /proc are. Without `write` it is read-only. */
export interface ComputedFileNode {
  readonly type: 'computed'
  readonly read: () => string
  readonly write?: ((text: string) => void) | undefined
  mode: number
  modifiedAt: number
}

export interface LinkNode {
  readonly type: 'symlink'
  readonly target: string
  readonly mode: number
  readonly modifiedAt: number
}

/** `children` of a computed directory is a getter; such a directory cannot be written to. */
export interface DirectoryNode {
  readonly type: 'directory'
  readonly children: ReadonlyMap<string, Inode>
  readonly computed: boolean
  mode: number
  modifiedAt: number
}

export type Inode = FileNode | ComputedFileNode | LinkNode | DirectoryNode

export interface MutableDirectoryNode extends DirectoryNode {
  readonly children: Map<string, Inode>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function fileNode(content: string | Uint8Array, mode = 0o644, modifiedAt = 0): FileNode {
  return { type: 'file', content, length: undefined, mode, modifiedAt }
}

export function directoryNode(modifiedAt = 0, mode = 0o755): MutableDirectoryNode {
  return { type: 'directory', children: new Map(), computed: false, mode, modifiedAt }
}

export function linkNode(target: string, modifiedAt = 0): LinkNode {
  return { type: 'symlink', target, mode: 0o777, modifiedAt }
}

export function computedFile(
  read: () => string,
  write?: (text: string) => void,
  mode = write ? 0o644 : 0o444,
): ComputedFileNode {
  return { type: 'computed', read, write, mode, modifiedAt: 0 }
}

/** A directory whose entries are made when it is looked into. */
export function computedDirectory(entries: () => Readonly<Record<string, Inode>>): DirectoryNode {
  return {
    type: 'directory',
    get children() {
      return new Map(Object.entries(entries()))
    },
    computed: true,
    mode: 0o555,
    modifiedAt: 0,
  }
}

export function readBytes(node: FileNode | ComputedFileNode): Uint8Array {
  if (node.type === 'computed') return encoder.encode(node.read())
  if (typeof node.content === 'string') return encoder.encode(node.content)
  return node.length === undefined ? node.content : node.content.subarray(0, node.length)
}

export function readText(node: FileNode | ComputedFileNode): string {
  if (node.type === 'computed') return node.read()
  return typeof node.content === 'string' ? node.content : decoder.decode(readBytes(node))
}

/** Bytes that the node takes. A computed file is as long as /proc says its files are: zero. */
export function sizeOf(node: Inode): number {
  if (node.type === 'symlink') return node.target.length
  if (node.type !== 'file') return node.type === 'directory' ? 4096 : 0
  if (typeof node.content !== 'string') return node.length ?? node.content.length
  return encoder.encode(node.content).length
}
