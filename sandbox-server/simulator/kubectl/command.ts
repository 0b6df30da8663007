// What a kubectl command is. Dispatch, help, flags and completion all derive from these objects.
import type { FlagSpecs } from './flags.ts'
import type { Invocation } from './invocation.ts'

export type KubectlGroup =
  | 'Basic Commands (Beginner)'
  | 'Basic Commands (Intermediate)'
  | 'Deploy Commands'
  | 'Cluster Management Commands'
  | 'Troubleshooting and Debugging Commands'
  | 'Advanced Commands'
  | 'Settings Commands'
  | 'Other Commands'

/** What an argument stands for, for completion. */
export type ArgumentKind =
  | 'types-and-names'
  | 'pods'
  | 'pods-and-types'
  | 'nodes'
  | 'contexts'
  | 'files'
  | 'none'
  | readonly string[]

export interface KubectlCommand {
  readonly name: string
  readonly aliases?: readonly string[]
  /** One sentence without a full stop. */
  readonly summary: string
  /** More than the summary, plain text. */
  readonly description?: string
  readonly group?: KubectlGroup
  /** After the command's own name: `NAME --image=image [flags]`. */
  readonly usage?: string
  /** Comment and command in turn. */
  readonly examples?: readonly (readonly [comment: string, command: string])[]
  readonly flags?: FlagSpecs
  readonly subcommands?: readonly KubectlCommand[]
  /** Resource types that the command is about, for completion: `rollout status` knows three. */
  readonly resourceTypes?: readonly string[]
  readonly arguments?: ArgumentKind
  /** Throws CliError, StatusError or ExitError, or returns normally for exit code 0. */
  readonly run?: (invocation: Invocation) => Promise<void>
}
