// Reading and writing the file that an editor works on.
import { resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import { describeFileError } from '../interpreter/redirect.ts'

export function readEditedFile(
  process: Process,
  name: string,
): { text: string; isNew: boolean; error?: string } {
  const path = resolvePath(process.cwd, name)
  if (name === '' || !process.files.stat(path)) return { text: '', isNew: true }
  try {
    return { text: process.files.readText(path), isNew: false }
  } catch (error) {
    return { text: '', isNew: false, error: describeFileError(error) }
  }
}

/** Gives the error's words, or undefined where it was written. */
export function writeEditedFile(process: Process, name: string, text: string): string | undefined {
  try {
    process.files.write(resolvePath(process.cwd, name), text)
    return undefined
  } catch (error) {
    return describeFileError(error)
  }
}
