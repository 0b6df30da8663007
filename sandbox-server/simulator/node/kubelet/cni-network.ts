// The pod network of a node as containerd runs it: a namespace a pod, and the CNI plugins that the node's configuration names.

import type { PortMapping } from '../../network/cni/plugin.ts'
import { addPodToNetwork, networkNotReady, removePodFromNetwork } from '../../network/cni/runtime.ts'
import { formatAddress, parseAddress } from '../../network/ipv4.ts'
import { insideOf } from '../../network/namespace.ts'
import type { Network } from '../../network/network.ts'
import type { NetworkNamespace } from '../../network/network-namespace.ts'
import type { FileSystem } from '../file-system.ts'
import type { MemoryFileSystem } from '../memory-file-system.ts'
import type { HostPort, PodIdentity, PodNetwork } from './kubelet-parts.ts'

export interface CniNetworkParts {
  readonly network: Network
  readonly node: { readonly name: string; readonly network: NetworkNamespace; readonly files: FileSystem }
  /** Adds /proc/net and the like. */
  readonly mountFiles?: (files: MemoryFileSystem, network: NetworkNamespace) => void
}

export function createCniNetwork({ network, node, mountFiles }: CniNetworkParts): PodNetwork {
  return {
    notReady() {
      const why = networkNotReady(node)
      if (why === undefined) return undefined
      return (
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
        `message:Network plugin returns error: ${why}`
      )
    },
    add(pod, addresses, ports) {
      const namespace = network.namespace(`${pod.namespace}/${pod.name}`)
      const forget = addresses?.map((address) => reserveAgain(node.files, pod, address)) ?? []
      try {
        const result = addPodToNetwork({
          node,
          pod,
          network: namespace,
          ...(ports.length > 0 && { portMappings: ports.flatMap(portMapping) }),
        })
        return {
          network: namespace,
          addresses: result.addresses.map((address) => address.replace(/\/.*/, '')),
        }
      } catch (error) {
        namespace.delete()
        throw error
      } finally {
        for (const undo of forget) undo()
      }
    },
    remove(pod, given) {
      removePodFromNetwork({ node, pod, network: given })
      insideOf(given).delete()
    },
    ...(mountFiles && { mountFiles }),
  }
}

function portMapping({ hostPort, containerPort, protocol }: HostPort): PortMapping[] {
  const lower = protocol.toLowerCase()
  return lower === 'tcp' || lower === 'udp' ? [{ hostPort, containerPort, protocol: lower }] : []
}

/** Where host-local keeps its reservations: its own default, and kindnet's. */
const allocations = ['/var/lib/cni/networks', '/run/cni-ipam-state']

/**
 * Arranges that host-local gives the address that the pod had before a restart: it hands out the one after the last. Gives what
 * sets its place in the range back.
 */
function reserveAgain(files: FileSystem, pod: PodIdentity, address: string): () => void {
  const value = parseAddress(address)
  const networks = allocations.flatMap((root) =>
    files.stat(root) ? files.list(root).map((name) => `${root}/${name}`) : [],
  )
  for (const directory of networks) {
    const file = `${directory}/${address}`
    const lastFile = `${directory}/last_reserved_ip.0`
    if (value === undefined || !files.stat(file) || !files.readText(file).startsWith(pod.uid)) continue
    const last = files.stat(lastFile) ? files.readText(lastFile) : undefined
    files.remove(file)
    files.write(lastFile, formatAddress(value - 1))
    return () => {
      if (last !== undefined) files.write(lastFile, last)
    }
  }
  return () => undefined
}
