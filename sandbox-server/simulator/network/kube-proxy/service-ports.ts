// What kube-proxy knows of each Service port, and which of its endpoints a node may use (pkg/proxy/serviceport.go, topology.go).
import type { EndpointSlice, Service } from '../../../contract/kubernetes.ts'
import { parseAddress } from '../ipv4.ts'
import { endpointChain, servicePortName } from './chain-names.ts'

export interface ProxyEndpoint {
  readonly address: string
  readonly port: number
  /** `address:port` */
  readonly text: string
  readonly chain: string
  readonly isLocal: boolean
  readonly isReady: boolean
  readonly isServing: boolean
  readonly isTerminating: boolean
}

export interface ServicePort {
  /** `namespace/name:port` */
  readonly name: string
  readonly protocol: 'tcp' | 'udp'
  readonly clusterIp: string
  readonly port: number
  readonly nodePort: number
  readonly externalIps: readonly string[]
  readonly loadBalancerIps: readonly string[]
  readonly loadBalancerSourceRanges: readonly string[]
  readonly internalPolicyLocal: boolean
  readonly externalPolicyLocal: boolean
  readonly healthCheckNodePort: number
  /** Seconds; undefined without session affinity. */
  readonly stickySeconds: number | undefined
  readonly endpoints: readonly ProxyEndpoint[]
}

export interface UsableEndpoints {
  readonly cluster: readonly ProxyEndpoint[]
  readonly local: readonly ProxyEndpoint[]
  readonly reachable: readonly ProxyEndpoint[]
  readonly hasAny: boolean
}

const serviceNameLabel = 'kubernetes.io/service-name'
const otherProxyLabel = 'service.kubernetes.io/service-proxy-name'
const headlessLabel = 'service.kubernetes.io/headless'

/** Every port of every Service that this proxy serves, sorted by name. */
export function servicePorts(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  node: string,
): readonly ServicePort[] {
  const slicesOf = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const key = `${slice.metadata?.namespace}/${slice.metadata?.labels?.[serviceNameLabel] ?? ''}`
    slicesOf.set(key, [...(slicesOf.get(key) ?? []), slice])
  }
  const ports: ServicePort[] = []
  for (const service of services) {
    const { metadata, spec } = service
    if (
      !spec ||
      spec.type === 'ExternalName' ||
      !spec.clusterIP ||
      parseAddress(spec.clusterIP) === undefined
    )
      continue
    if (metadata?.labels?.[otherProxyLabel] !== undefined || metadata?.labels?.[headlessLabel] !== undefined)
      continue
    const own = slicesOf.get(`${metadata?.namespace}/${metadata?.name}`) ?? []
    for (const port of spec.ports ?? []) {
      const protocol = (port.protocol ?? 'TCP').toLowerCase()
      if (protocol !== 'tcp' && protocol !== 'udp') continue
      const name = servicePortName(metadata?.namespace ?? '', metadata?.name ?? '', port.name ?? '')
      ports.push({
        name,
        protocol,
        clusterIp: spec.clusterIP,
        port: port.port,
        nodePort: port.nodePort ?? 0,
        externalIps: spec.externalIPs ?? [],
        loadBalancerIps: loadBalancerIps(service),
        loadBalancerSourceRanges: spec.type === 'LoadBalancer' ? (spec.loadBalancerSourceRanges ?? []) : [],
        internalPolicyLocal: spec.internalTrafficPolicy === 'Local',
        externalPolicyLocal: spec.externalTrafficPolicy === 'Local' && spec.type !== 'ClusterIP',
        healthCheckNodePort: spec.healthCheckNodePort ?? 0,
        stickySeconds: stickySeconds(service),
        endpoints: endpointsOf(own, { name, protocol, portName: port.name ?? '' }, node),
      })
    }
  }
  return ports.sort((a, b) => compare(a.name, b.name) || compare(a.protocol, b.protocol))
}

export function isExternallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerIps.length > 0 || port.externalIps.length > 0
}

export function usesCluster(port: ServicePort): boolean {
  return !port.internalPolicyLocal || isExternallyAccessible(port)
}

export function usesLocal(port: ServicePort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && isExternallyAccessible(port))
}

/** CategorizeEndpoints: ready ones, or those that still serve while they end where no other is left (KEP-1669). */
export function usableEndpoints(port: ServicePort): UsableEndpoints {
  const ready = port.endpoints.filter((one) => one.isReady)
  const ending = port.endpoints.filter((one) => one.isServing && one.isTerminating)
  const cluster = usesCluster(port) ? (ready.length > 0 ? ready : ending) : []
  const localReady = ready.filter((one) => one.isLocal)
  const localEnding = ending.filter((one) => one.isLocal)
  const local = usesLocal(port) ? (localReady.length > 0 ? localReady : localEnding) : []
  const reachable = port.endpoints.filter((one) => cluster.includes(one) || local.includes(one))
  return { cluster, local, reachable, hasAny: ready.length > 0 || ending.length > 0 }
}

function endpointsOf(
  slices: readonly EndpointSlice[],
  wanted: { readonly name: string; readonly protocol: string; readonly portName: string },
  node: string,
): readonly ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== wanted.portName || (port.protocol ?? 'TCP').toLowerCase() !== wanted.protocol)
        continue
      if (port.port === undefined || port.port === null) continue
      for (const endpoint of slice.endpoints ?? []) {
        const address = endpoint.addresses[0]
        if (address === undefined) continue
        const text = `${address}:${port.port}`
        const isReady = endpoint.conditions?.ready ?? true
        found.set(text, {
          address,
          port: port.port,
          text,
          chain: endpointChain(wanted.name, wanted.protocol, text),
          isLocal: endpoint.nodeName === node,
          isReady,
          isServing: endpoint.conditions?.serving ?? isReady,
          isTerminating: endpoint.conditions?.terminating ?? false,
        })
      }
    }
  }
  return [...found.values()].sort((a, b) => compare(a.text, b.text))
}

function loadBalancerIps(service: Service): readonly string[] {
  if (service.spec?.type !== 'LoadBalancer') return []
  const ingress = service.status?.loadBalancer?.ingress ?? []
  return ingress.flatMap((one) => (one.ip && one.ipMode !== 'Proxy' ? [one.ip] : []))
}

function stickySeconds(service: Service): number | undefined {
  if (service.spec?.sessionAffinity !== 'ClientIP') return undefined
  return service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
