// What a shell command is. Help, completion, `which` and the programs of the machines all derive from these objects.
import type { Machine, Process, Program } from '../../node/process.ts'

export interface Completion {
  /** Replaces the word under the cursor. */
  readonly value: string
  readonly description?: string
  /** True where more of the same word follows (a directory, `--flag=`): no space after it. */
  readonly partial?: boolean
}

export interface CompletionRequest {
  /** Unquoted words before the cursor's; words[0] is the command's name. */
  readonly words: readonly string[]
  /** The unquoted part of the word before the cursor; may be empty. */
  readonly word: string
  /** The shell's own process: files, working directory, environment, Kubernetes API. */
  readonly process: Process
}

export type CommandGroup = 'shell' | 'files' | 'text' | 'editors' | 'system' | 'network' | 'kubernetes'

export interface Command {
  readonly name: string
  /** One sentence without a full stop, for `help` and completion. */
  readonly summary: string
  readonly group: CommandGroup
  /** As man pages have it: `grep [-inv] PATTERN [FILE]...`. */
  readonly usage?: string
  /** More for `help NAME`, plain text. */
  readonly details?: string
  /** What completion offers after a dash, with what it means. */
  readonly flags?: Readonly<Record<string, string>>
  /** Arguments for completion; files where left out. Candidates that do not begin with `word` are dropped. */
  readonly complete?: (
    request: CompletionRequest,
  ) => readonly Completion[] | undefined | Promise<readonly Completion[] | undefined>
  /** Kinds of machines that have the command; every machine with a shell where left out. */
  readonly machines?: readonly Machine['kind'][]
  readonly program: Program
}
