// What a shell built-in is: it runs inside the shell and can change it.
import type { Run } from './shell.ts'

export interface Builtin {
  /** As `help` prints it: `cd [DIRECTORY]`. */
  readonly usage: string
  readonly summary: string
  /** args[0] is the built-in's name. */
  readonly run: (args: readonly string[], run: Run) => number | Promise<number>
}
