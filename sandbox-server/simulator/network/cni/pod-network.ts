// The container network of one node as its kubelet calls it: makes namespaces for pods and lets the CNI plugins fill them.
import { computedDirectory, computedFile, type Inode } from '../../node/inode.ts'
import type { PodNetwork } from '../../node/kubelet/kubelet-parts.ts'
import type { MemoryFileSystem } from '../../node/memory-file-system.ts'
import { ensureKubeletChains } from '../kube-proxy/node-chains.ts'
import { insideOf, type Namespace } from '../namespace.ts'
import type { CniCall, PortMapping } from './plugin.ts'
import { addPodToNetwork, networkNotReady, removePodFromNetwork } from './runtime.ts'

/** The runtime's words around what go-cni says (containerd, RuntimeReady and NetworkReady conditions). */
const notReadyPrefix =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: '

export function createPodNetwork(node: CniCall['node']): PodNetwork {
  const own = insideOf(node.network)
  ensureKubeletChains(own)
  return {
    notReady() {
      const why = networkNotReady(node)
      return why === undefined ? undefined : `${notReadyPrefix}${why}`
    },
    add(pod, addresses, ports) {
      const network = own.network.namespace(`${pod.namespace}/${pod.name}`)
      try {
        const result = addPodToNetwork({
          node,
          pod,
          network,
          portMappings: ports.map(
            (port): PortMapping => ({
              hostPort: port.hostPort,
              containerPort: port.containerPort,
              protocol: port.protocol === 'UDP' ? 'udp' : 'tcp',
              ...(port.hostIp !== undefined && { hostIP: port.hostIp }),
            }),
          ),
          ...(addresses && { ips: addresses }),
        })
        return { network, addresses: result.addresses.map((text) => text.split('/')[0] ?? text) }
      } catch (error) {
        network.delete()
        throw error
      }
    },
    remove(pod, network) {
      removePodFromNetwork({ node, pod, network })
      insideOf(network).delete()
    },
    mountFiles: (files, network) => mountKernelFiles(files, insideOf(network)),
  }
}

/** What programs look up under /proc/sys/net and /sys/class/net. */
export function mountKernelFiles(files: MemoryFileSystem, namespace: Namespace): void {
  const sysctl = (path: string, key: 'ipForward' | 'routeLocalnet' | 'bridgeNetfilter') =>
    files.graft(
      path,
      computedFile(
        () => `${namespace.sysctl[key] ? 1 : 0}\n`,
        (text) => {
          namespace.sysctl[key] = text.trim() !== '0'
        },
      ),
    )
  sysctl('/proc/sys/net/ipv4/ip_forward', 'ipForward')
  sysctl('/proc/sys/net/ipv4/conf/all/route_localnet', 'routeLocalnet')
  sysctl('/proc/sys/net/bridge/bridge-nf-call-iptables', 'bridgeNetfilter')
  const entries = () => {
    const listed: Record<string, Inode> = {}
    for (const device of namespace.interfaces()) {
      listed[device.name] = computedDirectory(() => ({
        mtu: computedFile(() => `${device.mtu}\n`),
        address: computedFile(() => `${device.mac}\n`),
        ifindex: computedFile(() => `${device.index}\n`),
        operstate: computedFile(() =>
          device.kind === 'loopback' || device.kind === 'vxlan' ? 'unknown\n' : 'up\n',
        ),
      }))
    }
    return listed
  }
  files.graft('/sys/class/net', computedDirectory(entries))
}
