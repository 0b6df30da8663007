// The seam between sandboxes and clusters: what a provider makes, and what a cluster can do. test/suites/ defines it.
import type { ClusterClient } from '../contract/cluster.ts'
import type { ClusterSpec, Exercise } from '../contract/lesson.ts'
import type { ProviderName, Step } from '../contract/sandbox.ts'
import type { AppliedDocument } from '../contract/socket.ts'
import type { Workspace } from '../contract/workspace.ts'

export type { ProviderName }

export interface Availability {
  readonly available: boolean
  /** What is missing and the command that mends it; empty where available. */
  readonly missing: readonly { readonly what: string; readonly mend: string }[]
  /** What works but not as well as it could, each in one sentence with the command that betters it. */
  readonly notes?: readonly string[]
}

export interface ClusterSetup {
  /** Becomes part of names; unique among the server's clusters. */
  readonly id: string
  readonly exercise: Pick<Exercise, 'cluster' | 'namespace' | 'waitFor' | 'access'>
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
  /** Why this provider cannot make such a cluster, in one sentence; undefined where it can. */
  unsupported(spec: ClusterSpec): string | undefined
  /** Clusters that fit on this machine at the same time; Infinity where memory is no limit. */
  capacity(): number
  /** Milliseconds that `create` takes now, from measured times; short where a spare one waits. */
  expectedMs(setup: ClusterSetup): number
  /** Keeps `count` clusters of this setup ready ahead of their learners; 0 ends it. As many as fit are made. */
  prepare(setup: ClusterSetup, count: number): void
  /** The cluster of this id again where it still is (suspended, or left by an earlier process); else a new one. */
  create(
    setup: ClusterSetup,
    progress: (steps: readonly Step[]) => void,
    signal: AbortSignal,
  ): Promise<Cluster>
  /** The clusters that an earlier process of ours left behind and that `create` would bring back. What it left half made is removed. */
  adopt(): Promise<readonly LeftCluster[]>
  /** Removes for good a cluster that nobody has open. */
  discard(id: string): Promise<void>
  /** Suspends every open cluster and ends. */
  dispose(): Promise<void>
}

export interface LeftCluster {
  readonly id: string
  readonly state: 'running' | 'suspended'
  /** Epoch milliseconds at which it was last in use. */
  readonly since: number
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
  /** Has the program in the foreground draw what it shows again, below a line that is not its own. */
  redraw?(): void
  dispose(): void
}

export interface Cluster extends ClusterClient {
  readonly id: string
  readonly nodes: readonly string[]
  readonly workspace: Workspace
  /** It went on while nobody had it open: its files are as the learner left them, and newer than those that the store keeps. */
  readonly isAsLeft?: boolean
  /** Server-side apply of every document of a manifest; a document that fails does not stop the others. */
  apply(manifest: string): Promise<readonly AppliedDocument[]>
  openTerminal(size: TerminalSize): Promise<TerminalStream>
  /** For the learner's own kubectl, on the machine that runs the server. */
  kubeconfig(): Promise<string>
  /** Everything that a restart must bring back, or undefined where the cluster itself outlives the server. */
  checkpoint(): Promise<Uint8Array | undefined>
  /** Tells when something changed that a checkpoint would hold. */
  onDirty(listener: () => void): () => void
  /** Tells once that parts of it ended by themselves, by name: suspended and created again it works as before. */
  onLost?(listener: (parts: readonly string[]) => void): () => void
  /**
   * The start state of `setup` again, without a new cluster. False where it could not be brought about or verified: then only
   * a new one will do. Terminals stay open.
   */
  reset(setup: ClusterSetup, signal: AbortSignal): Promise<boolean>
  /** Lets go of it so that `create` with the same id (and the last checkpoint) brings it back; costs no CPU and no memory. */
  suspend(): Promise<void>
  /** Removes it for good. */
  dispose(): Promise<void>
}
