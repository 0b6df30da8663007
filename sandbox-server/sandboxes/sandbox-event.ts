// What a sandbox tells the pages that are open on it.
import type { SandboxState } from '../contract/sandbox.ts'
import type { WorkspaceChange } from '../contract/workspace.ts'

export type SandboxEvent =
  | { readonly type: 'state'; readonly state: SandboxState }
  /** The cluster behind the sandbox is another one: watch it, list its files. */
  | { readonly type: 'cluster' }
  | { readonly type: 'workspace'; readonly change: WorkspaceChange }
