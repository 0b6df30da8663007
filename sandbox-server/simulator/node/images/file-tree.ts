// Makes read-only file trees out of plain tables: the layers of images and the disks of machines.
import { executableContent } from '../executable.ts'
import type { DirectoryNode, Inode, MutableDirectoryNode } from '../inode.ts'
import { directoryNode, fileNode, linkNode } from '../inode.ts'

export interface TreeParts {
  /** Absolute path to content; a directory where the path ends in a slash. */
  readonly files?: Readonly<Record<string, string>>
  /** Absolute path to the link's target. */
  readonly links?: Readonly<Record<string, string>>
  /** Absolute path of an executable to the name of its program. */
  readonly executables?: Readonly<Record<string, string>>
}

/** A tree on top of another, which stays as it is. */
export function createTree(base: DirectoryNode | undefined, parts: TreeParts): DirectoryNode {
  const root = copyDirectory(base ?? directoryNode())
  const own = new Set<DirectoryNode>([root])
  const place = (path: string, node: Inode | undefined) => {
    const names = path.split('/').filter((name) => name !== '')
    const name = node ? names.pop() : undefined
    let directory = root
    for (let index = 0; index < names.length; index++) {
      const part = names[index] ?? ''
      let child = directory.children.get(part)
      if (child?.type === 'symlink') {
        // Only links such as /bin -> usr/bin occur in layers: relative to the root, one step.
        names.splice(0, index + 1, ...child.target.split('/').filter((piece) => piece !== ''))
        directory = root
        index = -1
        continue
      }
      if (child?.type !== 'directory') child = directoryNode()
      const next = own.has(child) ? (child as MutableDirectoryNode) : copyDirectory(child)
      own.add(next)
      directory.children.set(part, next)
      directory = next
    }
    if (name !== undefined && node) directory.children.set(name, node)
  }
  for (const [path, target] of Object.entries(parts.links ?? {})) place(path, linkNode(target))
  for (const [path, content] of Object.entries(parts.files ?? {})) {
    place(path, path.endsWith('/') ? undefined : fileNode(content))
  }
  for (const [path, program] of Object.entries(parts.executables ?? {})) {
    place(path, fileNode(executableContent(program), 0o755))
  }
  return root
}

function copyDirectory(directory: DirectoryNode): MutableDirectoryNode {
  return { ...directory, children: new Map(directory.children), computed: false }
}
