// A whole simulated cluster: what createCluster gives to the provider, the shell and the tests.
import type { KubernetesObject } from '../contract/kubernetes.ts'
import type { Objects } from './api/objects.ts'
import type { HostTimers, SimulatedClock } from './clock.ts'
import type { SimulatedSpec } from './cluster-assembly/cluster-plan.ts'
import type { FileSystem } from './node/file-system.ts'
import type { Machine, PodStreams, Process, SpawnOptions } from './node/process.ts'

export interface ClusterOptions {
  readonly spec: SimulatedSpec
  /** Seeds uids, suffixes, probabilities. */
  readonly seed: number
  /** Epoch milliseconds at which the cluster is made. */
  readonly startsAt: number
  /** Given: the cluster boots in simulated time and then follows these. Left out (tests): time stands until advanced. */
  readonly timers?: HostTimers
  readonly snapshot?: ClusterSnapshot
}

/** Plain JSON: objects as etcd would keep them, container file systems, pod addresses, random state, time. */
export type ClusterSnapshot = { readonly version: 1; readonly [part: string]: unknown }

export interface SimulatedCluster {
  readonly clock: SimulatedClock
  readonly objects: Objects
  /** The API over standard Request and Response; watch and log bodies stream. */
  handle(request: Request): Promise<Response>
  readonly streams: PodStreams
  readonly nodes: readonly string[]
  /** A host on the nodes' network that is no node: `name` is `terminal` (the learner's) or `outside` ($OUT). */
  host(name: 'terminal' | 'outside'): RunningMachine
  node(name: string): RunningMachine | undefined
  /** The first container where none is named. Undefined while it does not run. */
  container(pod: {
    namespace: string
    name: string
    container?: string | undefined
  }): RunningMachine | undefined
  /** Server-side apply of plain objects, in order, as the manifests of an exercise's start state need it. */
  apply(objects: readonly KubernetesObject[], fieldManager: string): void
  snapshot(): ClusterSnapshot
  /** Tells when something changed that a snapshot would hold. */
  onDirty(listener: () => void): () => void
  dispose(): void
}

/** A machine on which programs can be started, as the kernel would for exec(2). */
export interface RunningMachine {
  readonly machine: Machine
  readonly files: FileSystem
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Gives the exit code. Programs are looked up by the name in argv[0]; 127 where there is none. */
  spawn(argv: readonly string[], options: SpawnOptions): Promise<number>
  programs(): readonly string[]
  /** A process for code that is no program of the machine (a probe, a test). */
  process(options?: SpawnOptions): Process
}
