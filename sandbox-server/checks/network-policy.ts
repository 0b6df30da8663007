// Says whether NetworkPolicies allow a connection between two pods, from the API objects alone: what the diagnosis
// compares real traffic with. Semantics: https://kubernetes.io/docs/concepts/services-networking/network-policies/
import type {
  LabelSelector,
  Namespace,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../contract/kubernetes.ts'

export interface PolicyVerdict {
  readonly allowed: boolean
  /** Which side refuses. */
  readonly side?: 'ingress' | 'egress'
  /** Names of the policies that select the pod on that side. */
  readonly selecting: readonly string[]
  /** Allow rules let the peer in, but on other ports than this one. */
  readonly portsAllowed?: readonly string[]
}

export interface PolicyQuestion {
  readonly from: Pod
  readonly to: Pod
  /** The pod's own port, after the Service's rewrite. */
  readonly port: number
  readonly protocol: string
  readonly policies: readonly NetworkPolicy[]
  readonly namespaces: readonly Namespace[]
}

export function policyVerdict(question: PolicyQuestion): PolicyVerdict {
  for (const side of ['egress', 'ingress'] as const) {
    const verdict = verdictOf(side, question)
    if (!verdict.allowed) return verdict
  }
  return { allowed: true, selecting: [] }
}

function verdictOf(side: 'ingress' | 'egress', question: PolicyQuestion): PolicyVerdict {
  const [subject, peer] = side === 'ingress' ? [question.to, question.from] : [question.from, question.to]
  const selecting = question.policies.filter(
    (policy) =>
      policy.metadata?.namespace === subject.metadata?.namespace &&
      typesOf(policy).includes(side === 'ingress' ? 'Ingress' : 'Egress') &&
      selects(policy.spec?.podSelector ?? {}, subject.metadata?.labels),
  )
  if (selecting.length === 0) return { allowed: true, selecting: [] }
  const names = selecting.map((policy) => policy.metadata?.name ?? '')
  const otherPorts: string[] = []
  for (const policy of selecting) {
    for (const rule of side === 'ingress' ? (policy.spec?.ingress ?? []) : (policy.spec?.egress ?? [])) {
      const peers = 'from' in rule ? rule.from : 'to' in rule ? rule.to : undefined
      const home = policy.metadata?.namespace
      if (peers?.length && !peers.some((one) => matchesPeer(one, peer, home, question.namespaces))) continue
      if (!rule.ports?.length || rule.ports.some((port) => matchesPort(port, question)))
        return { allowed: true, selecting: names }
      otherPorts.push(...rule.ports.map((port) => `${port.port ?? 'any'}/${port.protocol ?? 'TCP'}`))
    }
  }
  return {
    allowed: false,
    side,
    selecting: names,
    ...(otherPorts.length > 0 ? { portsAllowed: otherPorts } : {}),
  }
}

function typesOf(policy: NetworkPolicy): string[] {
  return policy.spec?.policyTypes ?? (policy.spec?.egress ? ['Ingress', 'Egress'] : ['Ingress'])
}

function matchesPeer(
  peer: NetworkPolicyPeer,
  pod: Pod,
  home: string | undefined,
  namespaces: readonly Namespace[],
): boolean {
  if (peer.ipBlock) {
    const address = pod.status?.podIP ?? ''
    return (
      inNetwork(address, peer.ipBlock.cidr) &&
      !(peer.ipBlock.except ?? []).some((cidr) => inNetwork(address, cidr))
    )
  }
  const namespace = pod.metadata?.namespace
  if (peer.namespaceSelector) {
    const labels = namespaces.find((one) => one.metadata?.name === namespace)?.metadata?.labels
    if (!selects(peer.namespaceSelector, labels)) return false
  } else if (namespace !== home) return false
  return selects(peer.podSelector ?? {}, pod.metadata?.labels)
}

function matchesPort(port: NetworkPolicyPort, question: PolicyQuestion): boolean {
  if ((port.protocol ?? 'TCP') !== question.protocol) return false
  if (port.port === undefined) return true
  if (typeof port.port === 'number') {
    return question.port >= port.port && question.port <= (port.endPort ?? port.port)
  }
  const containers = question.to.spec?.containers ?? []
  return containers.some((container) =>
    (container.ports ?? []).some((one) => one.name === port.port && one.containerPort === question.port),
  )
}

export function selects(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const has = labels ?? {}
  if (Object.entries(selector.matchLabels ?? {}).some(([key, value]) => has[key] !== value)) return false
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = has[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    if (operator === 'In') return value !== undefined && values.includes(value)
    return value === undefined || !values.includes(value)
  })
}

/** Whether an IPv4 address lies in a network such as 10.244.0.0/16. */
export function inNetwork(address: string, cidr: string): boolean {
  const [network = '', length = '32'] = cidr.split('/')
  const [a, b] = [toNumber(address), toNumber(network)]
  if (a === undefined || b === undefined) return false
  const size = 2 ** (32 - Number(length))
  return Math.floor(a / size) === Math.floor(b / size)
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}
