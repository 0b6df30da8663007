// Reading folders of text: lessons, the built site.
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface TextFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  readonly content: string
}

/** Every file below `folder`, sorted by path; empty where the folder does not exist. */
export function readTextFiles(folder: string): TextFile[] {
  return listFiles(folder).map((path) => ({ path, content: readFileSync(join(folder, path), 'utf8') }))
}

/** Paths of every file below `folder`, sorted. */
export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

/** Names of the folders in `folder`, sorted. */
export function listFolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

export function readBytes(path: string): Uint8Array | undefined {
  return existsSync(path) ? readFileSync(path) : undefined
}

/** Nothing where it does not exist. */
export function removeFile(path: string): void {
  rmSync(path, { force: true })
}

/** With all in it; nothing where it does not exist. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** With those above it; nothing where it exists. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true })
}

/** What lies in it can be reached by name, by whoever can reach the folder. */
export function letOthersEnter(folder: string): void {
  chmodSync(folder, 0o711)
}

/** A new folder that the system may forget at its next start. */
export function temporaryFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), prefix))
}

/** Latest modification below any of `paths`, as epoch milliseconds; 0 where none exists. */
export function latestChange(paths: readonly string[]): number {
  let latest = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const stat = statSync(path)
    latest = Math.max(latest, stat.mtimeMs)
    if (!stat.isDirectory()) continue
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs)
    }
  }
  return latest
}

/** Makes the file and its folders. Throws where it exists already. */
export function writeNewFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { flag: 'wx' })
}

/** Writes the file for its owner alone, whether it exists or not. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o600 })
}

/** Adds to the end of a file for its owner alone. */
export function appendText(path: string, content: string): void {
  appendFileSync(path, content, { mode: 0o600 })
}

/** A script that its owner may run. */
export function writeProgram(path: string, content: string): void {
  replaceFile(path, content)
  chmodSync(path, 0o700)
}
