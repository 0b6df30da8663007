// The endpoints that a Service's pods make, grouped by the ports that each pod answers on: a named target port can be another
// number in every pod (k8s.io/endpointslice reconciler.go, utils.go).
import type { EndpointPort } from 'kubernetes-types/discovery/v1'
import type { Endpoint, Node, Pod, Service } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { canonicalJson } from '../runtime/equality.ts'
import { isPodReady } from '../runtime/pod-state.ts'
import { canBeEndpoint, hasOwnHostname, targetPort } from '../runtime/service-pods.ts'

export interface PortGroup {
  readonly ports: EndpointPort[]
  /** By address and pod. */
  readonly endpoints: Map<string, Endpoint>
}

export type Family = 'IPv4' | 'IPv6'

/** Two slices with the same ports, in whatever order, belong to the same group. */
export function portsKey(ports: readonly EndpointPort[] | undefined): string {
  return (ports ?? [])
    .map(({ name = '', port, protocol = 'TCP', appProtocol }) =>
      canonicalJson([name, port, protocol, appProtocol]),
    )
    .sort()
    .join()
}

export function endpointKey(endpoint: Endpoint): string {
  return `${[...endpoint.addresses].sort().join()} ${endpoint.targetRef?.uid ?? ''}`
}

export function desiredGroups(
  service: Stored<Service>,
  pods: readonly Stored<Pod>[],
  family: Family,
  nodeOf: (name: string) => Node | undefined,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>()
  for (const pod of pods) {
    if (!canBeEndpoint(pod, true)) continue
    const ports = portsOf(service, pod)
    const key = portsKey(ports)
    const group = groups.get(key) ?? { ports, endpoints: new Map() }
    groups.set(key, group)
    const endpoint = endpointOf(service, pod, family, nodeOf(pod.spec?.nodeName ?? ''))
    if (endpoint.addresses.length > 0) group.endpoints.set(endpointKey(endpoint), endpoint)
  }
  return groups
}

function portsOf(service: Stored<Service>, pod: Stored<Pod>): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port)
    if (number === undefined) return []
    return [
      {
        name: port.name ?? '',
        port: number,
        protocol: port.protocol ?? 'TCP',
        ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
      },
    ]
  })
}

function endpointOf(
  service: Stored<Service>,
  pod: Stored<Pod>,
  family: Family,
  node: Node | undefined,
): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating)
  const zone = node?.metadata?.labels?.['topology.kubernetes.io/zone']
  const ips = pod.status?.podIPs?.flatMap(({ ip }) => (ip ? [ip] : [])) ?? [pod.status?.podIP ?? '']
  const hint = hintsFor(service.spec, pod.spec?.nodeName, zone)
  return {
    addresses: ips.filter((ip) => ip !== '' && ip.includes(':') === (family === 'IPv6')),
    conditions: { ready, serving, terminating },
    ...(hasOwnHostname(pod, service) && pod.spec?.hostname && { hostname: pod.spec.hostname }),
    targetRef: {
      kind: 'Pod',
      ...(pod.metadata.namespace && { namespace: pod.metadata.namespace }),
      name: pod.metadata.name,
      uid: pod.metadata.uid,
    },
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    ...(hint && ready && { hints: hint }),
  }
}

/** trafficDistribution's hints: the endpoint's own zone, and its own node for PreferSameNode (trafficdist.go). */
function hintsFor(
  spec: Service['spec'],
  node: string | undefined,
  zone: string | undefined,
): Endpoint['hints'] {
  const { trafficDistribution } = spec ?? {}
  if (!trafficDistribution) return undefined
  return {
    ...(zone && { forZones: [{ name: zone }] }),
    ...(trafficDistribution === 'PreferSameNode' && node && { forNodes: [{ name: node }] }),
  }
}
