// The directory that holds everything a server keeps. One process at a time owns it.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

export class DataDirectoryError extends Error {}

export interface DataDirectory {
  readonly path: string
  file(name: string): string
  /** A random secret that is made once and kept, readable by the owner alone. */
  secret(name: string): Uint8Array
  readText(name: string): string | undefined
  /** For the owner alone. */
  writeText(name: string, text: string): void
  /** Gives the directory free for the next process. */
  release(): void
}

/** Throws DataDirectoryError where another process that still lives owns the directory. */
export function openDataDirectory(path: string): DataDirectory {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new DataDirectoryError(
      `The data directory ${path} cannot be made: ${(cause as Error).message}. Choose another one with --data.`,
    )
  }
  const lock = join(path, 'lock')
  takeLock(path, lock)
  const file = (name: string) => join(path, name)
  return {
    path,
    file,
    secret: (name) => readOrMakeSecret(file(name)),
    readText: (name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined),
    writeText: (name, text) => writeFileSync(file(name), text, { mode: 0o600 }),
    release: () => {
      if (ownerOf(lock) === process.pid) rmSync(lock, { force: true })
    },
  }
}

/** The process that owns a data directory now; undefined where none does, or where there is no such directory. */
export function dataDirectoryOwner(path: string): number | undefined {
  return ownerOf(join(path, 'lock'))
}

function takeLock(path: string, lock: string): void {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = openSync(lock, 'wx', 0o600)
      writeSync(handle, `${process.pid} ${startOf(process.pid) ?? ''}\n`)
      closeSync(handle)
      return
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new DataDirectoryError(
          `The data directory ${path} cannot be written: ${(cause as Error).message}. Choose another one with --data.`,
        )
      }
    }
    const owner = ownerOf(lock)
    if (owner !== undefined) {
      throw new DataDirectoryError(
        `The data directory ${path} is in use by process ${owner}. Stop that server (kill ${owner}) or start this one with --data OTHER.`,
      )
    }
    rmSync(lock, { force: true })
  }
  throw new DataDirectoryError(`The lock ${lock} keeps coming back. Remove it by hand if no server runs.`)
}

/** The process in the lock file, where it still lives and is the same one, not a later one with its number. */
function ownerOf(lock: string): number | undefined {
  let text: string
  try {
    text = readFileSync(lock, 'utf8')
  } catch {
    return undefined // The lock went away meanwhile: nobody owns it.
  }
  const [pidText, started] = text.trim().split(' ')
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  const startsNow = startOf(pid)
  return started && startsNow && started !== startsNow ? undefined : pid
}

/** When a process started, in Linux' clock ticks since boot (proc(5), field 22 of stat); undefined on other systems. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined // No /proc: the pid alone must do.
  }
}

function readOrMakeSecret(path: string): Uint8Array {
  try {
    const secret = readFileSync(path)
    if (secret.length >= 32) return secret
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
  }
  const secret = randomBytes(32)
  const handle = openSync(path, 'w', 0o600)
  writeSync(handle, secret)
  closeSync(handle)
  return secret
}
