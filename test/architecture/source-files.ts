// Reads the sources of the repository and the imports in them.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface Import {
  /** As written. */
  readonly specifier: string
  /** Path relative to the repository, for relative imports. */
  readonly target: string | undefined
  /** Erased before running. */
  readonly typeOnly: boolean
}

export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(ts|tsx|astro|mdx)$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

function importsOf(path: string, text: string): Import[] {
  const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
  const dynamic = /(?<!\w)import\(\s*['"]([^'"]+)['"]\s*\)(\.\w)?/g
  const found: Import[] = []
  for (const [, type, specifier = ''] of text.matchAll(statement)) {
    found.push({ specifier, target: targetOf(path, specifier), typeOnly: type !== undefined })
  }
  // `import('x').Name` in a type position is erased; a call that is awaited or returned is not.
  for (const [, specifier = '', member] of text.matchAll(dynamic)) {
    found.push({
      specifier,
      target: targetOf(path, specifier),
      typeOnly: member !== undefined && /\.[A-Z]/.test(member),
    })
  }
  return found
}

function targetOf(path: string, specifier: string): string | undefined {
  const bare = specifier.replace(/\?.*$/, '')
  return bare.startsWith('.') ? relative(root, resolve(root, dirname(path), bare)) : undefined
}
