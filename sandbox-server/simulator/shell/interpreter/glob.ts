// Pathname expansion: patterns against the file system, sorted, hidden names only by an explicit dot.
import { type FileSystem, resolvePath } from '../../node/file-system.ts'
import { isPattern, patternSource } from './pattern.ts'

/** Paths that match, in the form in which the pattern was given; empty where none does. */
export function expandGlob(pattern: string, files: FileSystem, cwd: string, dotglob = false): string[] {
  const absolute = pattern.startsWith('/')
  const segments = pattern.split('/').filter((segment, index) => segment !== '' || index > 0)
  let found: string[] = [absolute ? '/' : '']
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1
    const next: string[] = []
    for (const base of found) {
      if (segment === '') {
        if (last && isDirectory(files, resolvePath(cwd, base))) next.push(base)
        else if (!last) next.push(base)
        continue
      }
      if (!isPattern(segment)) {
        const plain = segment.replace(/\\(.)/g, '$1')
        const path = resolvePath(cwd, base + plain)
        if (last ? exists(files, path) : isDirectory(files, path)) next.push(base + plain + (last ? '' : '/'))
        continue
      }
      const directory = resolvePath(cwd, base === '' ? '.' : base)
      if (!isDirectory(files, directory)) continue
      const regexp = new RegExp(`^${patternSource(segment, '[^/]*', '[^/]')}$`, 'u')
      for (const name of files.list(directory)) {
        if (name.startsWith('.') && !segment.startsWith('.') && !dotglob) continue
        if (!regexp.test(name)) continue
        if (!last && !isDirectory(files, resolvePath(directory, name))) continue
        next.push(base + name + (last ? '' : '/'))
      }
    }
    found = next
  })
  return found.sort((a, b) => (a < b ? -1 : 1))
}

function exists(files: FileSystem, path: string): boolean {
  return files.stat(path, { followLinks: false }) !== undefined
}

function isDirectory(files: FileSystem, path: string): boolean {
  return files.stat(path)?.type === 'directory'
}
