// The plugin's side of the Container Network Interface as the container runtime calls it (CNI specification 1.1: ADD and DEL).
// The runtime takes the first file by name in the node's /etc/cni/net.d and calls the plugins that it names, in order.
import type { FileSystem } from '../../node/file-system.ts'
import type { NetworkNamespace } from '../network-namespace.ts'

export interface CniCall {
  readonly node: { readonly name: string; readonly network: NetworkNamespace; readonly files: FileSystem }
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string }
  /** The pod's namespace, made by the runtime; ADD puts interfaces, addresses and routes into it. */
  readonly network: NetworkNamespace
  /** This plugin's object of the configuration file's `plugins`. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Addresses already taken on this node are in `files` under /var/lib/cni, as host-local keeps them. */
  readonly previous: CniResult | undefined
  /** The runtime's `portMappings` capability: host ports of the pod's containers. */
  readonly portMappings?: readonly PortMapping[]
  /** Addresses that the pod had before a restart (the `ips` capability); taken where they are free or the pod's own. */
  readonly ips?: readonly string[]
}

export interface PortMapping {
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: 'tcp' | 'udp'
  readonly hostIP?: string
}

export interface CniResult {
  /** With prefix length: 10.244.1.5/24. */
  readonly addresses: readonly string[]
}

/** A plugin binary in /opt/cni/bin. Throws an Error whose message becomes the FailedCreatePodSandBox event. */
export interface CniPlugin {
  readonly type: string
  add(call: CniCall): CniResult
  del(call: CniCall): void
}
