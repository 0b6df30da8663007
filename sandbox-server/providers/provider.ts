// The seam between sandboxes and clusters: what a provider makes, and what a cluster can do. test/suites/ defines it.
import type { ClusterClient } from '../contract/cluster.ts'
import type { Exercise } from '../contract/lesson.ts'
import type { Step } from '../contract/sandbox.ts'
import type { AppliedDocument } from '../contract/socket.ts'
import type { Workspace } from '../contract/workspace.ts'

export type ProviderName = 'simulated' | 'kind' | 'kubernetes'

export interface Availability {
  readonly available: boolean
  /** What is missing and the command that mends it; empty where available. */
  readonly missing: readonly { readonly what: string; readonly mend: string }[]
}

export interface ClusterSetup {
  /** Becomes part of names; unique among the server's clusters. */
  readonly id: string
  readonly exercise: Pick<Exercise, 'cluster' | 'namespace' | 'waitFor'>
  /** Manifests applied before the learner arrives, in order. */
  readonly applied: readonly { readonly path: string; readonly content: string }[]
  /** Files of a fresh workspace. */
  readonly files: readonly { readonly path: string; readonly content: string }[]
  /** What an earlier `checkpoint()` of the same provider gave; restores cluster, workspace and terminal. */
  readonly snapshot?: Uint8Array
}

export interface ClusterProvider {
  readonly name: ProviderName
  availability(): Promise<Availability>
  create(
    setup: ClusterSetup,
    progress: (steps: readonly Step[]) => void,
    signal: AbortSignal,
  ): Promise<Cluster>
  /** The clusters that an earlier process of ours left behind. */
  adopt(): Promise<readonly Cluster[]>
  dispose(): Promise<void>
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** A byte stream with a shell behind it. */
export interface TerminalStream {
  write(data: string): void
  resize(size: TerminalSize): void
  /** Delivers output; the promise of the listener is awaited before more is produced (back-pressure). */
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void
  /** Runs a command as if typed and gives its exit code once the prompt is back. */
  run(command: string): Promise<number>
  dispose(): void
}

export interface Cluster extends ClusterClient {
  readonly id: string
  readonly nodes: readonly string[]
  readonly workspace: Workspace
  /** Server-side apply of every document of a manifest; a document that fails does not stop the others. */
  apply(manifest: string): Promise<readonly AppliedDocument[]>
  openTerminal(size: TerminalSize): Promise<TerminalStream>
  /** For the learner's own kubectl, on the machine that runs the server. */
  kubeconfig(): Promise<string>
  /** Everything that a restart must bring back, or undefined where the cluster itself outlives the server. */
  checkpoint(): Promise<Uint8Array | undefined>
  /** Tells when something changed that a checkpoint would hold. */
  onDirty(listener: () => void): () => void
  dispose(): Promise<void>
}
