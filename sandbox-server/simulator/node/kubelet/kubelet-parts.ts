// What a kubelet is made of: its node, the API's objects, the clock, and the container network that it calls.
import type { Node, Pod } from '../../../contract/kubernetes.ts'
import type { Objects } from '../../api/objects.ts'
import type { Clock } from '../../clock.ts'
import type { EventRecorder } from '../../controllers/runtime/events.ts'
import type { NetworkNamespace } from '../../network/network-namespace.ts'
import type { Random } from '../../random.ts'
import type { ImageCatalogue } from '../images/catalogue.ts'
import type { MachineRuntime } from '../machine.ts'
import type { MemoryFileSystem } from '../memory-file-system.ts'
import type { PodStreams } from '../process.ts'

export interface PodIdentity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** The container network as the runtime of a node sees it. */
export interface PodNetwork {
  /** Why there is no network yet, in the runtime's words; undefined once there is one. */
  notReady(): string | undefined
  /**
   * Makes the pod's namespace and lets the CNI plugins set it up. `addresses` asks for those it had before a restart, without
   * prefix length. Throws an Error whose message becomes the FailedCreatePodSandBox event.
   */
  add(
    pod: PodIdentity,
    addresses: readonly string[] | undefined,
    ports: readonly HostPort[],
  ): { readonly network: NetworkNamespace; readonly addresses: readonly string[] }
  /** Undoes `add`, and forgets the namespace. */
  remove(pod: PodIdentity, network: NetworkNamespace): void
  /** Adds what the kernel shows of a namespace under /proc and /sys to a file system. */
  mountFiles?(files: MemoryFileSystem, network: NetworkNamespace): void
}

export interface HostPort {
  readonly hostPort: number
  readonly hostIp: string | undefined
  readonly containerPort: number
  readonly protocol: string
}

/** What a process of a service account may do. */
export interface PodCredentials {
  readonly kubernetes?: ((request: Request) => Promise<Response>) | undefined
  readonly objects?: Objects | undefined
}

export interface KubeletParts {
  readonly nodeName: string
  /** InternalIP of the node. */
  readonly nodeAddress: string
  readonly node: MachineRuntime
  readonly nodeFiles: MemoryFileSystem
  readonly objects: Objects
  readonly clock: Clock
  readonly random: Random
  readonly images: ImageCatalogue
  readonly podNetwork: PodNetwork
  /** ClusterIP of kube-dns, and the cluster's domain: `--cluster-dns`, `--cluster-domain`. */
  readonly clusterDns: string
  readonly clusterDomain: string
  /** What pods of a service account get; nothing where it gives undefined. */
  credentials?(namespace: string, serviceAccount: string): PodCredentials | undefined
  readonly streams?: PodStreams | undefined
  /** `--node-labels` and `--register-with-taints`, for a node that is not registered yet. */
  readonly nodeLabels?: Readonly<Record<string, string>> | undefined
  readonly nodeTaints?: readonly NonNullable<NonNullable<Node['spec']>['taints']>[number][] | undefined
  /** Pods of /etc/kubernetes/manifests. */
  readonly staticPods?: readonly Pod[] | undefined
  /** What `snapshot()` gave before. */
  readonly snapshot?: KubeletSnapshot | undefined
  /** Told when something changed that a snapshot would hold. */
  readonly changed?: (() => void) | undefined
}

/** The parts and what the kubelet makes of them, for its own files. */
export interface KubeletContext extends KubeletParts {
  readonly events: EventRecorder
}

export interface ContainerSnapshot {
  readonly name: string
  readonly id: string
  readonly startedAt: number
  readonly changes: readonly import('../volume.ts').VolumeChange[]
  readonly log: readonly import('./container-log.ts').LogLine[]
  readonly previousLog: readonly import('./container-log.ts').LogLine[]
}

export interface PodSnapshot {
  readonly uid: string
  readonly addresses: readonly string[]
  readonly containers: readonly ContainerSnapshot[]
  /** emptyDir volumes by name. */
  readonly volumes: Readonly<Record<string, readonly import('../volume.ts').VolumeChange[]>>
}

/** Plain JSON. What the pods' status tells already (restart counts, states) is not repeated here. */
export interface KubeletSnapshot {
  readonly pods: readonly PodSnapshot[]
}
