// flanneld as a program: takes the node's podCIDR as its lease, makes the tunnel flannel.1, tells the others through annotations and
// fills routes, neighbours and forwarding entries for them (flannel-io/flannel, main.go and pkg/subnet/kube). What it set up stays
// when it ends.
import type { Node } from '../../../../contract/kubernetes.ts'
import { nodes, pods } from '../../../api/resources.ts'
import type { Process, Program } from '../../../node/process.ts'
import { serveHttp } from '../../http/server.ts'
import { contains, formatAddress, formatCidr, parseCidr } from '../../ipv4.ts'
import { klog, untilSignalled } from '../../klog.ts'
import { insideOf } from '../../namespace.ts'
import { masqueradeRules } from './masquerade.ts'
import { annotation, backendData, readNetConf } from './net-conf.ts'
import { subnetFile } from './plugin.ts'
import { ensureTunnel, forgetNode, reachNode } from './tunnel.ts'

export const flanneld: Program = async (process) => {
  const log = klog(process)
  const { objects } = process
  log('I', 'main.go:211', `CLI flags config: {${process.argv.slice(1).join(' ')}}`)
  if (!objects) {
    log('E', 'main.go:227', 'Failed to create SubnetManager: unable to initialize inclusterconfig')
    return 1
  }
  const conf = readNetConf(process)
  if (typeof conf === 'string') {
    log('E', 'main.go:227', `Failed to create SubnetManager: ${conf}`)
    return 1
  }
  const name = nodeName(process)
  log('I', 'kube.go:139', 'Waiting 10m0s for node controller to sync')
  log('I', 'kube.go:146', 'Node controller sync successful')
  log('I', 'main.go:231', `Created subnet manager: Kubernetes Subnet Manager - ${name}`)
  log('I', 'main.go:452', `Found network config - Backend type: ${conf.backend.type}`)
  const namespace = insideOf(process.machine.network)
  const device = namespace.routes.lookup(0)?.device ?? namespace.interface('eth0')
  const own = device?.addresses[0]?.address
  if (!device || own === undefined) {
    log('E', 'main.go:269', 'Failed to find any valid interface to use: failed to get default interface')
    return 1
  }
  log('I', 'match.go:264', `Using interface with name ${device.name} and address ${formatAddress(own)}`)

  const lease = acquireLease(objects.get(nodes, { name }), name, conf.network)
  if ('refusal' in lease) {
    log('E', 'main.go:359', `Error registering network: failed to acquire lease: ${lease.refusal}`)
    return 1
  }
  const podCidr = parseCidr(lease.podCidr)
  const network = parseCidr(conf.network)
  if (!podCidr || !network) return 1
  const tunnel =
    conf.backend.type === 'vxlan'
      ? ensureTunnel(namespace, { device, own, podCidr, backend: conf.backend })
      : undefined
  const mtu = tunnel?.mtu ?? device.mtu
  const data = tunnel ? backendData(conf.backend, tunnel.mac) : 'null'
  objects.mutate<Node>(nodes, { name }, (node) => {
    node.metadata = { ...node.metadata }
    node.metadata.annotations = {
      ...node.metadata.annotations,
      [annotation('backend-data')]: data,
      [annotation('backend-type')]: conf.backend.type,
      [annotation('kube-subnet-manager')]: 'true',
      [annotation('public-ip')]: formatAddress(own),
    }
  })
  namespace.sysctl.ipForward = true
  masqueradeRules(namespace, conf.network, lease.podCidr, process.argv.includes('--ip-masq'))
  log('I', 'iptables.go:51', 'Starting flannel in iptables mode...')
  writeSubnetFile(process, conf.network, formatCidr(podCidr), mtu)
  log('I', 'main.go:396', `Wrote subnet file to ${subnetFile}`)
  log('I', 'main.go:400', 'Running backend.')
  setNetworkAvailable(process, name)

  const reached = new Map<string, string>()
  const stop = objects.watch(nodes, ({ type, object, previous }) => {
    if (object.metadata.name === name) return
    const before = reached.get(object.metadata.name)
    const now =
      type === 'DELETED'
        ? undefined
        : JSON.stringify(object.metadata.annotations ?? {}) + object.spec?.podCIDR
    if (before === now) return
    if (before !== undefined) forgetNode(namespace, previous ?? object)
    reached.delete(object.metadata.name)
    if (now === undefined || !reachNode(namespace, tunnel ?? device, object, conf.backend)) return
    reached.set(object.metadata.name, now)
    log(
      'I',
      'kube.go:490',
      `Creating the node lease for IPv4. This is the n.Spec.PodCIDRs: [${object.spec?.podCIDR}]`,
    )
  })
  const healthz = serveHealthz(process)
  try {
    return await untilSignalled(process)
  } finally {
    stop()
    healthz?.close()
    log('I', 'main.go:413', 'shutdownHandler sent cancel signal...')
  }
}

type Lease = { readonly podCidr: string } | { readonly refusal: string }

/** The node's podCIDR, or in flannel's words why it cannot be the lease. */
function acquireLease(node: Node | undefined, name: string, network: string): Lease {
  const podCidr = node?.spec?.podCIDR
  if (!podCidr) return { refusal: `node "${name}" pod cidr not assigned` }
  const outer = parseCidr(network)
  const inner = parseCidr(podCidr)
  if (!outer || !inner || inner.length < outer.length || !contains(outer, inner.network)) {
    const outside = `subnet "${network}" specified in the flannel net config doesn't contain "${podCidr}" PodCIDR of the "${name}" node`
    return { refusal: outside }
  }
  return { podCidr }
}

function nodeName(process: Process): string {
  const { POD_NAME, POD_NAMESPACE, NODE_NAME } = process.env
  if (NODE_NAME) return NODE_NAME
  if (POD_NAME && POD_NAMESPACE) {
    const pod = process.objects?.get(pods, { namespace: POD_NAMESPACE, name: POD_NAME })
    if (pod?.spec?.nodeName) return pod.spec.nodeName
  }
  return process.machine.hostname
}

function writeSubnetFile(process: Process, network: string, podCidr: string, mtu: number): void {
  const subnet = podCidr.replace(
    /^(.*)\.(\d+)\//,
    (_, head: string, last: string) => `${head}.${Number(last) + 1}/`,
  )
  const masquerade = process.argv.includes('--ip-masq')
  const lines = [
    `FLANNEL_NETWORK=${network}`,
    `FLANNEL_SUBNET=${subnet}`,
    `FLANNEL_MTU=${mtu}`,
    `FLANNEL_IPMASQ=${masquerade}`,
  ]
  process.files.makeDirectory('/run/flannel', { recursive: true })
  process.files.write(subnetFile, `${lines.join('\n')}\n`)
}

function setNetworkAvailable(process: Process, name: string): void {
  const now = new Date(process.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  process.objects?.mutate<Node>(
    nodes,
    { name },
    (node) => {
      const others = (node.status?.conditions ?? []).filter((one) => one.type !== 'NetworkUnavailable')
      const condition = {
        type: 'NetworkUnavailable',
        status: 'False',
        reason: 'FlannelIsUp',
        message: 'Flannel is running on this node',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      }
      Object.assign(node, { status: { ...node.status, conditions: [condition, ...others] } })
    },
    { subresource: 'status' },
  )
}

function serveHealthz(process: Process) {
  const port = Number(process.argv.find((one) => one.startsWith('--healthz-port='))?.split('=')[1] ?? 0)
  if (!(port > 0)) return undefined
  return serveHttp(process.sockets, { port }, ({ path }) =>
    path === '/healthz' || path === '/readyz'
      ? { status: 200, body: 'flanneld is running' }
      : { status: 404, body: '404 page not found\n' },
  )
}
