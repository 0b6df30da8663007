// Replaces a file so that whoever reads it, also after a crash or on a full disk, finds the old content or the new, never a part.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../contract/errors.ts'

/** The system calls that can fail; tests give their own. */
export interface FileCalls {
  write(handle: number, data: Uint8Array): number
  sync(handle: number): void
}

const systemCalls: FileCalls = { write: writeSync, sync: fsyncSync }

let count = 0

/**
 * For the owner alone. Makes the folders that are missing. Throws AppError PROVIDER_FAILED where the disk is full; what the file
 * held is then still there.
 */
export function replaceFileSafely(path: string, content: string | Uint8Array, calls = systemCalls): void {
  const temporary = `${path}.${process.pid}-${++count}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const data = typeof content === 'string' ? Buffer.from(content) : content
    const handle = openSync(temporary, 'wx', 0o600)
    try {
      for (let done = 0; done < data.length; ) done += calls.write(handle, data.subarray(done))
      calls.sync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw explain(error, path)
  }
}

/** The new name reaches the disk with its folder. Not every file system can do that; then the next sync does. */
function syncFolder(path: string): void {
  let handle: number | undefined
  try {
    handle = openSync(path, 'r')
    fsyncSync(handle)
  } catch {
    // The file itself is on disk; a crash at this moment may bring the old one back, and that is whole.
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function explain(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  const reason = code === 'ENOSPC' ? 'its disk is full' : 'its user may not store more'
  return new AppError('PROVIDER_FAILED', `The server cannot save ${path}: ${reason}.`, {
    hint: `Free some space (df -h ${dirname(path)}) and try again. What was saved before is still there.`,
    cause: error,
  })
}
