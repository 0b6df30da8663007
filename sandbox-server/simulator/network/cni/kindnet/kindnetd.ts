// kindnetd as a program: writes the node's CNI configuration from its podCIDR, keeps routes to the other nodes' pods, masquerades
// what leaves the pod network, and enforces NetworkPolicy (sigs.k8s.io/kind, images/kindnetd).
import type { Node } from '../../../../contract/kubernetes.ts'
import { nodes } from '../../../api/resources.ts'
import type { Process, Program } from '../../../node/process.ts'
import { Coalesced } from '../../coalesce.ts'
import { formatAddress, formatCidr, parseAddress, parseCidr } from '../../ipv4.ts'
import { klog, type Log, untilSignalled } from '../../klog.ts'
import { ensureChain, ensureRule } from '../../kube-proxy/node-chains.ts'
import { insideOf, type Namespace } from '../../namespace.ts'
import { enforcePolicies } from '../../policy/enforce.ts'
import { PolicyCache } from '../../policy/policy-cache.ts'

const configurationFile = '/etc/cni/net.d/10-kindnet.conflist'
/** Marks our routes, so that no others are removed. */
const routeProtocol = '117'

export const kindnetd: Program = async (process) => {
  const log = klog(process)
  const { objects } = process
  if (!objects) {
    log('F', 'main.go:112', 'unable to load in-cluster configuration: no service account')
    return 255
  }
  const name = process.env.NODE_NAME ?? process.machine.hostname
  const podSubnet = process.env.POD_SUBNET ?? '10.244.0.0/16'
  const namespace = insideOf(process.machine.network)
  log('I', 'main.go:109', 'connected to apiserver: https://fairlead-control-plane:6443')
  log('I', 'main.go:139', `hostIP = ${process.env.HOST_IP ?? ''}`)
  namespace.sysctl.ipForward = true
  masquerade(namespace, podSubnet)
  const world = new PolicyCache(objects)
  const stopEnforcing = enforcePolicies(namespace, name, world)

  const known = new Map<string, Node>()
  const reconcile = () => {
    for (const node of known.values()) {
      if (node.metadata?.name === name && node.spec?.podCIDR) {
        writeConfiguration(process, log, node.spec.podCIDR)
      }
    }
    const others = [...known.values()].filter((node) => node.metadata?.name !== name)
    syncRoutes(namespace, others, log)
  }
  const sync = new Coalesced(process.clock, 1000, reconcile, (why) =>
    log('E', 'main.go:245', `Failed to reconcile routes, retrying after error: ${why}`),
  )
  const stopNodes = objects.watch(nodes, ({ type, object }) => {
    if (type === 'DELETED') known.delete(object.metadata.name)
    else known.set(object.metadata.name, object)
    sync.request()
  })
  try {
    return await untilSignalled(process)
  } finally {
    stopNodes()
    sync.dispose()
    stopEnforcing()
    world.dispose()
  }
}

function masquerade(namespace: Namespace, podSubnet: string): void {
  const chain = 'KIND-MASQ-AGENT'
  ensureChain(namespace, 'nat', chain)
  const comment = (text: string) => `-m comment --comment "kind-masq-agent: ${text}"`
  const jump =
    'ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom KIND-MASQ-AGENT chain'
  ensureRule(namespace, 'nat', 'POSTROUTING', `${comment(jump)} -j ${chain}`)
  ensureRule(namespace, 'nat', chain, `-m addrtype --dst-type LOCAL ${comment('what stays here')} -j RETURN`)
  const inside = comment('local traffic is not subject to MASQUERADE')
  ensureRule(namespace, 'nat', chain, `-d ${podSubnet} ${inside} -j RETURN`)
  const last = comment('outbound traffic is subject to MASQUERADE (must be last in chain)')
  ensureRule(namespace, 'nat', chain, `${last} -j MASQUERADE --random-fully`)
}

function writeConfiguration(process: Process, log: Log, podCidr: string): void {
  const text = `{
	"cniVersion": "0.3.1",
	"name": "kindnet",
	"plugins": [
	{
		"type": "ptp",
		"ipMasq": false,
		"ipam": {
			"type": "host-local",
			"dataDir": "/run/cni-ipam-state",
			"routes": [
				{ "dst": "0.0.0.0/0" }
			],
			"ranges": [
				[ { "subnet": "${podCidr}" } ]
			]
		},
		"mtu": 1500
	},
	{
		"type": "portmap",
		"capabilities": {
			"portMappings": true
		}
	}
	]
}
`
  const { files } = process
  if (files.stat(configurationFile) && files.readText(configurationFile) === text) return
  files.makeDirectory('/etc/cni/net.d', { recursive: true })
  files.write(`${configurationFile}.temp`, text)
  files.rename(`${configurationFile}.temp`, configurationFile)
  log('I', 'cni.go:89', `CNI config written: pods of this node ${podCidr}`)
}

function syncRoutes(namespace: Namespace, others: readonly Node[], log: Log): void {
  const wanted = new Map<string, number>()
  for (const node of others) {
    const via = parseAddress(node.status?.addresses?.find((one) => one.type === 'InternalIP')?.address ?? '')
    if (node.spec?.podCIDR && via !== undefined) wanted.set(node.spec.podCIDR, via)
  }
  namespace.routes.remove(
    (route) => route.protocol === routeProtocol && wanted.get(formatCidr(route.destination)) !== route.via,
  )
  for (const [podCidr, via] of wanted) {
    const destination = parseCidr(podCidr)
    const device = namespace.routes.lookup(via)?.device
    const have = namespace.routes.list().some((route) => formatCidr(route.destination) === podCidr)
    if (!destination || !device || have) continue
    namespace.routes.add({ destination, via, device, protocol: routeProtocol })
    log('I', 'routes.go:62', `Adding route to ${podCidr} via ${formatAddress(via)}`)
  }
}
