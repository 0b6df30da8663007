// NetworkPolicy as its API reference defines it: policies only add up, a pod that none selects is open, one that some select takes
// what at least one of them allows (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
import type {
  Namespace,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../../../contract/kubernetes.ts'
import { objectLabelMatcher } from '../../api/selectors.ts'
import { contains, parseAddress, parseCidr } from '../ipv4.ts'

/** One new connection as the pod's node sees it: after Services' addresses were rewritten. */
export interface Connection {
  readonly source: string
  readonly destination: string
  readonly protocol: 'TCP' | 'UDP' | 'ICMP'
  /** The destination's. Undefined for ICMP. */
  readonly port: number | undefined
}

export interface PolicyWorld {
  readonly policies: readonly NetworkPolicy[]
  /** Pods by address, those on the host network left out. */
  podAt(address: string): Pod | undefined
  namespace(name: string): Namespace | undefined
}

export interface PolicyVerdict {
  readonly allowed: boolean
  /** Names the policy that allowed, or those that selected the pod and did not. */
  readonly reason: string
}

export function evaluateIngress(world: PolicyWorld, connection: Connection): PolicyVerdict {
  return evaluate(world, connection, 'Ingress')
}

export function evaluateEgress(world: PolicyWorld, connection: Connection): PolicyVerdict {
  return evaluate(world, connection, 'Egress')
}

type Direction = 'Ingress' | 'Egress'

function evaluate(world: PolicyWorld, connection: Connection, direction: Direction): PolicyVerdict {
  const ownAddress = direction === 'Ingress' ? connection.destination : connection.source
  const otherAddress = direction === 'Ingress' ? connection.source : connection.destination
  const pod = world.podAt(ownAddress)
  const what = direction.toLowerCase()
  if (!pod) return { allowed: true, reason: `${ownAddress} is no pod of the pod network` }
  const name = `${pod.metadata?.namespace}/${pod.metadata?.name}`
  const selecting = world.policies.filter(
    (policy) => selects(policy, pod) && typesOf(policy).includes(direction),
  )
  if (selecting.length === 0) return { allowed: true, reason: `no policy selects ${name} for ${what}` }
  const target = direction === 'Ingress' ? pod : world.podAt(connection.destination)
  for (const policy of selecting) {
    const rules =
      direction === 'Ingress'
        ? (policy.spec?.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
        : (policy.spec?.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }))
    const hit = rules.findIndex(
      ({ peers, ports }) =>
        fitsPeers(world, policy.metadata?.namespace ?? '', peers, otherAddress) &&
        fitsPorts(ports, connection, target),
    )
    if (hit >= 0) {
      return {
        allowed: true,
        reason: `${what} of ${name} allowed by rule ${hit + 1} of NetworkPolicy ${nameOf(policy)}`,
      }
    }
  }
  const names = selecting.map(nameOf).join(', ')
  return {
    allowed: false,
    reason: `${what} of ${name} is isolated by NetworkPolicy ${names}, and no rule allows ${describe(connection)}`,
  }
}

export function selects(policy: NetworkPolicy, pod: Pod): boolean {
  return (
    policy.metadata?.namespace === pod.metadata?.namespace &&
    objectLabelMatcher(policy.spec?.podSelector ?? {})(pod.metadata?.labels)
  )
}

/** policyTypes' default: Ingress always, Egress where there are egress rules. */
export function typesOf(policy: NetworkPolicy): readonly string[] {
  if (policy.spec?.policyTypes && policy.spec.policyTypes.length > 0) return policy.spec.policyTypes
  return policy.spec?.egress && policy.spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

/** No peers at all means everybody. */
function fitsPeers(
  world: PolicyWorld,
  namespace: string,
  peers: readonly NetworkPolicyPeer[] | undefined,
  address: string,
): boolean {
  if (!peers || peers.length === 0) return true
  return peers.some((peer) => fitsPeer(world, namespace, peer, address))
}

function fitsPeer(world: PolicyWorld, namespace: string, peer: NetworkPolicyPeer, address: string): boolean {
  if (peer.ipBlock) {
    const value = parseAddress(address)
    const block = parseCidr(peer.ipBlock.cidr)
    if (value === undefined || !block || !contains(block, value)) return false
    return !(peer.ipBlock.except ?? []).some((text) => {
      const except = parseCidr(text)
      return except !== undefined && contains(except, value)
    })
  }
  const pod = world.podAt(address)
  if (!pod) return false
  const podNamespace = pod.metadata?.namespace ?? ''
  if (peer.namespaceSelector) {
    const labels = world.namespace(podNamespace)?.metadata?.labels
    if (!objectLabelMatcher(peer.namespaceSelector)(labels)) return false
  } else if (podNamespace !== namespace) {
    return false
  }
  return !peer.podSelector || objectLabelMatcher(peer.podSelector)(pod.metadata?.labels)
}

/** A named port is looked up in the pod that is dialled. */
function fitsPorts(
  ports: readonly NetworkPolicyPort[] | undefined,
  connection: Connection,
  target: Pod | undefined,
): boolean {
  if (!ports || ports.length === 0) return true
  return ports.some((port) => {
    if ((port.protocol ?? 'TCP') !== connection.protocol || connection.port === undefined) return false
    if (port.port === undefined || port.port === null) return true
    if (typeof port.port === 'number') {
      return connection.port >= port.port && connection.port <= (port.endPort ?? port.port)
    }
    return namedPorts(target, port.port, connection.protocol).includes(connection.port)
  })
}

function namedPorts(pod: Pod | undefined, name: string, protocol: string): readonly number[] {
  const containers = [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])]
  return containers.flatMap((container) =>
    (container.ports ?? [])
      .filter((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)
      .map((port) => port.containerPort),
  )
}

function nameOf(policy: NetworkPolicy): string {
  return `${policy.metadata?.namespace}/${policy.metadata?.name}`
}

function describe(connection: Connection): string {
  const port = connection.port === undefined ? '' : `:${connection.port}`
  return `${connection.protocol} from ${connection.source} to ${connection.destination}${port}`
}
