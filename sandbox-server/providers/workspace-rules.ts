// What may be in a workspace, whichever provider keeps it: which paths are shown, and how much fits.
import { AppError } from '../contract/errors.ts'
import { limits, type WorkspaceFile, workspacePathSchema } from '../contract/workspace.ts'

/** Names with a leading dot (.kube, .bash_history) are the machine's own. */
export function isShown(path: string): boolean {
  return workspacePathSchema.safeParse(path).success && !path.split('/').some((part) => part.startsWith('.'))
}

/** Throws AppError BAD_REQUEST for a path that cannot be, TOO_LARGE for what would not fit beside `known`. */
export function checkLimits(path: string, content: string, known: ReadonlyMap<string, WorkspaceFile>): void {
  if (!isShown(path)) {
    throw new AppError('BAD_REQUEST', `${path}: not a path in the workspace.`, {
      hint: 'Letters, digits, . _ - @ and /; no name begins with a dot.',
    })
  }
  const bytes = Buffer.byteLength(content)
  if (bytes > limits.fileBytes) {
    throw new AppError('TOO_LARGE', `${path} has ${bytes} bytes; a file may have ${limits.fileBytes}.`)
  }
  let all = bytes
  for (const file of known.values()) if (file.path !== path) all += Buffer.byteLength(file.content)
  if (all > limits.workspaceBytes) {
    throw new AppError(
      'TOO_LARGE',
      `All files together would have ${all} bytes; at most ${limits.workspaceBytes} fit.`,
    )
  }
  if (!known.has(path) && known.size >= limits.files) {
    throw new AppError('TOO_LARGE', `The workspace has ${limits.files} files already.`)
  }
}
