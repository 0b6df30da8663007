// Service: defaults, and the addresses and ports that it is given at creation, synchronously as upstream does.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_Service), pkg/registry/core/service/storage/{storage,alloc}.go.
import type { Service } from '../../../contract/kubernetes.ts'
import { internalError, invalid } from '../api-error.ts'
import { fill, fillUnset, type Item } from '../defaults/fill.ts'
import { type FieldError, fieldInvalid, Path } from '../field-error.ts'
import { serviceCidrs, services } from '../resources.ts'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { formatAddress, parseAddress, parseCidr } from '../validation/addresses.ts'
import {
  isExternallyAccessible,
  needsHealthCheckNodePort,
  type ServiceSpec,
  validateClusterIps,
  validateService,
  validateServiceStatus,
  validateServiceUpdate,
} from '../validation/service.ts'

const defaultCidr = '10.96.0.0/16'
const nodePorts = { first: 30000, last: 32767, dynamicFrom: 30086 }
const specPath = new Path('spec')

export const serviceStrategy: Strategy<Service> = {
  statusKeepsMetadata: true,
  defaultObject(service) {
    fillUnset(service as unknown as Item, { spec: {} })
    const spec = service.spec as ServiceSpec
    const item = spec as unknown as Item
    fill(item, { sessionAffinity: 'None', type: 'ClusterIP' })
    if (spec.sessionAffinity === 'None') delete item.sessionAffinityConfig
    if (
      spec.sessionAffinity === 'ClientIP' &&
      spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
    ) {
      item.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
    }
    for (const port of spec.ports ?? []) {
      fill(port as unknown as Item, { protocol: 'TCP', targetPort: port.port ?? 0 })
    }
    if (isExternallyAccessible(spec)) fill(item, { externalTrafficPolicy: 'Cluster' })
    if (['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type ?? '')) {
      fillUnset(item, { internalTrafficPolicy: 'Cluster' })
    }
    if (spec.type === 'LoadBalancer') {
      fillUnset(item, { allocateLoadBalancerNodePorts: true })
      for (const one of service.status?.loadBalancer?.ingress ?? []) {
        if (one.ip) fillUnset(one as unknown as Item, { ipMode: 'VIP' })
      }
    }
  },
  prepareForCreate(service, context) {
    Object.assign(service, { status: { loadBalancer: {} } })
    normalise(service.spec ?? {}, undefined)
    allocate(service, undefined, context)
  },
  prepareForUpdate(service, old, context) {
    if (context.subresource !== undefined) return
    const spec = service.spec ?? {}
    const before = old.spec ?? {}
    keepAllocated(spec, before)
    dropOfOtherType(spec, before)
    normalise(spec, before)
    allocate(service, old, context)
  },
  validateObject: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatus: validateServiceStatus,
  warnings,
  selectableFields: ['spec.clusterIP', 'spec.type'],
}

/** clusterIP and the first of clusterIPs follow each other (pkg/registry/core/service/storage/storage.go, normalizeClusterIPs). */
function normalise(spec: ServiceSpec, before: ServiceSpec | undefined): void {
  const addresses = spec.clusterIPs ?? []
  if (!before) {
    if (spec.clusterIP && addresses.length === 0) spec.clusterIPs = [spec.clusterIP]
    return
  }
  if (spec.clusterIP === before.clusterIP) return
  const sameList = JSON.stringify(addresses) === JSON.stringify(before.clusterIPs ?? [])
  if (!spec.clusterIP && sameList) delete spec.clusterIPs
  else if (spec.clusterIP && sameList) spec.clusterIPs = [spec.clusterIP]
}

/** A client that leaves out what was allocated means to keep it (patchAllocatedValues). */
function keepAllocated(spec: ServiceSpec, before: ServiceSpec): void {
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP
    if (!spec.clusterIPs?.length && before.clusterIPs?.length) spec.clusterIPs = before.clusterIPs
    if (spec.ipFamilies === undefined && before.ipFamilies) spec.ipFamilies = before.ipFamilies
    if (spec.ipFamilyPolicy === undefined && before.ipFamilyPolicy)
      spec.ipFamilyPolicy = before.ipFamilyPolicy
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const used = new Set((spec.ports ?? []).map((port) => port.nodePort).filter((port) => port))
    for (const port of spec.ports ?? []) {
      if (port.nodePort) continue
      const known = (before.ports ?? []).find((one) => (one.name ?? '') === (port.name ?? ''))?.nodePort
      if (known && !used.has(known)) port.nodePort = known
    }
  }
  if (needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(before) && before.healthCheckNodePort) {
    fill(spec as unknown as Item, { healthCheckNodePort: before.healthCheckNodePort })
  }
}

/** A change of type drops what only the old type has, where the client did not touch it (dropTypeDependentFields). */
function dropOfOtherType(spec: ServiceSpec, before: ServiceSpec): void {
  const item = spec as unknown as Item
  if (before.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (spec.clusterIP === before.clusterIP) delete item.clusterIP
    if (JSON.stringify(spec.clusterIPs) === JSON.stringify(before.clusterIPs)) delete item.clusterIPs
    for (const key of ['ipFamilies', 'ipFamilyPolicy']) delete item[key]
  }
  if (needsNodePorts(before) && !needsNodePorts(spec)) {
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (port.nodePort && port.nodePort === before.ports?.[index]?.nodePort) delete port.nodePort
    }
  }
  if (needsHealthCheckNodePort(before) && !needsHealthCheckNodePort(spec)) delete item.healthCheckNodePort
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) delete item[key]
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) delete item.externalTrafficPolicy
}

function needsNodePorts(spec: ServiceSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  )
}

function allocate(service: Service, old: Service | undefined, context: StrategyContext): void {
  const spec = service.spec ?? {}
  const refuse = (errors: FieldError[]) => {
    if (errors.length > 0) throw invalid(services, service.metadata?.name ?? '', errors)
  }
  if (spec.type !== 'ExternalName') {
    setFamilies(service, old, refuse)
    allocateAddress(service, old, context, refuse)
  }
  allocateNodePorts(service, old, context, refuse)
}

type Refuse = (errors: FieldError[]) => void

/** This cluster has one family, IPv4 (initIPFamilyFields). */
function setFamilies(service: Service, old: Service | undefined, refuse: Refuse): void {
  const spec = service.spec ?? {}
  const selectorless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  if (spec.ipFamilyPolicy === undefined) {
    spec.ipFamilyPolicy = old?.spec?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack')
  }
  refuse(validateClusterIps(service))
  const policyPath = specPath.child('ipFamilyPolicy')
  const isSingle = spec.ipFamilyPolicy === 'SingleStack'
  const errors: FieldError[] = []
  const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
  if (isSingle && spec.clusterIPs?.length === 2) {
    errors.push(fieldInvalid(policyPath, spec.ipFamilyPolicy, `${must} cluster IPs are specified`))
  }
  if (isSingle && spec.ipFamilies?.length === 2) {
    errors.push(fieldInvalid(policyPath, spec.ipFamilyPolicy, `${must} IP families are specified`))
  }
  for (const [index, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') break
    const family = parseAddress(address)?.family
    if (index < (spec.ipFamilies?.length ?? 0)) continue
    if (family === 'IPv4') spec.ipFamilies = [...(spec.ipFamilies ?? []), 'IPv4']
    else {
      const why = `${family} is not configured on this cluster`
      errors.push(fieldInvalid(specPath.child('clusterIPs').index(index), spec.clusterIPs, why))
    }
  }
  refuse(errors)
  if (selectorless) {
    const families = spec.ipFamilies?.length ? spec.ipFamilies : ['IPv4']
    const other = families[0] === 'IPv4' ? 'IPv6' : 'IPv4'
    spec.ipFamilies = families.length < 2 && !isSingle ? [...families, other] : families
    return
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.push(
      fieldInvalid(policyPath, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    )
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (family === 'IPv4') continue
    errors.push(
      fieldInvalid(specPath.child('ipFamilies').index(index), family, 'not configured on this cluster'),
    )
  }
  refuse(errors)
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4']
}

function allocateAddress(
  service: Service,
  old: Service | undefined,
  context: StrategyContext,
  refuse: Refuse,
): void {
  const spec = service.spec ?? {}
  const [given] = spec.clusterIPs ?? []
  if (given === 'None' || (given !== undefined && given === old?.spec?.clusterIPs?.[0])) return
  const cidrs = context.objects.list(serviceCidrs).flatMap((one) => one.spec?.cidrs ?? [])
  const cidr = parseCidr(cidrs.find((text) => !text.includes(':')) ?? defaultCidr)
  if (!cidr) throw internalError('the ServiceCIDR is no CIDR')
  const used = new Set(context.objects.list(services).flatMap((one) => one.spec?.clusterIPs ?? []))
  const size = 2n ** BigInt(32 - cidr.bits)
  if (given !== undefined) {
    const address = parseAddress(given)
    const offset = (address?.value ?? 0n) - cidr.value
    const inside = offset > 0n && offset < size - 1n
    const why = inside
      ? 'provided IP is already allocated'
      : `the provided network does not match the current range`
    if (!inside || used.has(given)) {
      const detail = inside
        ? `failed to allocate IP ${given}: ${why}`
        : `failed to allocate IP ${given}: the provided IP (${given}) is not in the valid range. The range of valid IPs is ${formatAddress(cidr)}/${cidr.bits}`
      refuse([fieldInvalid(specPath.child('clusterIPs'), spec.clusterIPs, detail)])
    }
    return
  }
  const set = (address: string) => {
    spec.clusterIP = address
    spec.clusterIPs = [address]
  }
  // A dry run allocates nothing; upstream then shows the range's first address.
  if (context.dryRun) {
    set(formatAddress(cidr))
    return
  }
  // The lower part of the range is for addresses that somebody names (KEP-3070).
  const reserved = Math.min(Math.max(16, Number(size) / 16), 256, Number(size) / 2)
  for (let attempt = 0; attempt < Number(size); attempt++) {
    const offset = attempt < 500 ? reserved + context.random.integer(Number(size) - 1 - reserved) : attempt
    const address = formatAddress({ family: 'IPv4', value: cidr.value + BigInt(offset) })
    if (offset > 0 && !used.has(address)) {
      set(address)
      return
    }
  }
  throw internalError(`failed to allocate a serviceIP for Service "${service.metadata?.name}": range is full`)
}

function allocateNodePorts(
  service: Service,
  old: Service | undefined,
  context: StrategyContext,
  refuse: Refuse,
): void {
  const spec = service.spec ?? {}
  const own = `${service.metadata?.namespace}/${service.metadata?.name}`
  const used = new Map<number, Set<string>>()
  for (const other of context.objects.list(services)) {
    if (`${other.metadata.namespace}/${other.metadata.name}` === own) continue
    for (const port of other.spec?.ports ?? []) {
      if (port.nodePort)
        used.set(port.nodePort, new Set([...(used.get(port.nodePort) ?? []), port.protocol ?? 'TCP']))
    }
    if (other.spec?.healthCheckNodePort)
      used.set(other.spec.healthCheckNodePort, new Set(['TCP', 'UDP', 'SCTP']))
  }
  const take = (protocol: string, port: number) =>
    used.set(port, new Set([...(used.get(port) ?? []), protocol]))
  const before = new Set((old?.spec?.ports ?? []).map((port) => port.nodePort))
  if (needsNodePorts(spec) || spec.type === 'LoadBalancer') {
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const path = specPath.child('ports').index(index).child('nodePort')
      const protocol = port.protocol ?? 'TCP'
      if (port.nodePort) {
        // A dry run asks no allocator.
        if (!before.has(port.nodePort) && !context.dryRun)
          refuse(checkNodePort(port.nodePort, protocol, used, path))
        take(protocol, port.nodePort)
      }
    }
    if (needsNodePorts(spec)) {
      for (const port of spec.ports ?? []) {
        if (port.nodePort) continue
        // The same number serves another protocol of the same port.
        const sibling = spec.ports?.find(
          (one) => one.port === port.port && one.nodePort && one.protocol !== port.protocol,
        )
        port.nodePort =
          sibling?.nodePort && !used.get(sibling.nodePort)?.has(port.protocol ?? 'TCP')
            ? sibling.nodePort
            : freeNodePort(used, context)
        take(port.protocol ?? 'TCP', port.nodePort)
      }
    }
  }
  if (needsHealthCheckNodePort(spec)) {
    if (!spec.healthCheckNodePort) spec.healthCheckNodePort = freeNodePort(used, context)
    else if (spec.healthCheckNodePort !== old?.spec?.healthCheckNodePort) {
      const port = spec.healthCheckNodePort
      const errors = checkNodePort(port, 'TCP', used, specPath.child('healthCheckNodePort'))
      if (errors.length > 0) {
        throw internalError(`failed to allocate requested HealthCheck NodePort ${port}: ${errors[0]?.detail}`)
      }
    }
  }
}

function checkNodePort(
  port: number,
  protocol: string,
  used: Map<number, Set<string>>,
  path: Path,
): FieldError[] {
  const { first, last } = nodePorts
  if (port < first || port > last) {
    const why = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
    return [fieldInvalid(path, port, why)]
  }
  return used.get(port)?.has(protocol) ? [fieldInvalid(path, port, 'provided port is already allocated')] : []
}

function freeNodePort(used: ReadonlyMap<number, unknown>, { random }: StrategyContext): number {
  const { first, last, dynamicFrom } = nodePorts
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = dynamicFrom + random.integer(last - dynamicFrom + 1)
    if (!used.has(port)) return port
  }
  for (let port = first; port <= last; port++) if (!used.has(port)) return port
  throw internalError('failed to allocate a nodePort: range is full')
}

function warnings(service: Service): string[] {
  const spec = service.spec ?? {}
  const found: string[] = []
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  const external = (spec.externalIPs?.length ?? 0) > 0
  if (service.metadata?.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    found.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    )
  }
  if (headless) {
    if (spec.loadBalancerIP) found.push('spec.loadBalancerIP is ignored for headless services')
    if (external) found.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') found.push('spec.SessionAffinity is ignored for headless services')
  }
  if (external && !headless && spec.type !== 'ExternalName') {
    found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (spec.type === 'ExternalName' && external) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (spec.type !== 'ExternalName' && spec.externalName) {
    found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if ((spec as { trafficDistribution?: string }).trafficDistribution === 'PreferClose') {
    found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return found
}
