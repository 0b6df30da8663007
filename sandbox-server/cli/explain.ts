// Errors as the command line tells them: what happened, what to do next, and the exit code (2: the command line is wrong).
import { AppError } from '../contract/errors.ts'
import { PortInUse } from '../main.ts'
import { BuildError } from '../platform/build-site.ts'
import { ConfigError } from '../platform/config.ts'
import { DataDirectoryError } from '../platform/data-directory.ts'

export function explain(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof ConfigError) return { text: error.message, code: 2 }
  if (error instanceof AppError) {
    return { text: error.hint === undefined ? error.message : `${error.message}\n${error.hint}`, code: 1 }
  }
  if (error instanceof PortInUse || error instanceof BuildError || error instanceof DataDirectoryError) {
    return { text: error.message, code: 1 }
  }
  // A file that cannot be read or written: the system's words name it.
  if (error instanceof Error && 'syscall' in error) return { text: error.message, code: 1 }
  // citty's own errors for missing and unknown arguments.
  if (error instanceof Error && error.name === 'CLIError')
    return { text: `${error.message} See --help.`, code: 2 }
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 70 }
}
