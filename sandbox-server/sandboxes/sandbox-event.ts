// What a sandbox tells the pages that are open on it.
import type { AppError } from '../contract/errors.ts'
import type { SandboxState } from '../contract/sandbox.ts'
import type { WorkspaceChange } from '../contract/workspace.ts'

export type SandboxEvent =
  | { readonly type: 'state'; readonly state: SandboxState }
  /** The cluster behind the sandbox is another one: watch it, list its files. */
  | { readonly type: 'cluster' }
  /** The same cluster, other files: list them. */
  | { readonly type: 'files' }
  | { readonly type: 'workspace'; readonly change: WorkspaceChange }
  /** Something went wrong that no page asked for. */
  | { readonly type: 'problem'; readonly error: AppError }
