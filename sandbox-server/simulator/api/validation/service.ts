// Service. Source: pkg/apis/core/validation/validation.go (validateService and what it calls).
import type { Service, ServicePort } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  Path,
} from '../field-error.ts'
import { deepEqual } from '../store/deep-equal.ts'
import { parseAddress, validateCidr, validateEndpointIp, validateIp } from './addresses.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidPortName,
  isValidPortNumber,
  nameIsDnsLabel,
} from './content.ts'
import { validateLabels, validateObjectMeta } from './object-meta.ts'

export type ServiceSpec = NonNullable<Service['spec']>

const specPath = new Path('spec')
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'

export const isHeadless = (spec: ServiceSpec): boolean =>
  spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'

export function validateService(service: Service): FieldError[] {
  return [...validateObjectMeta(service.metadata, true, nameIsDnsLabel), ...validateSpec(service)]
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const errors: FieldError[] = []
  const spec = service.spec ?? {}
  const before = old.spec ?? {}
  if (
    before.type !== 'ExternalName' &&
    spec.type !== 'ExternalName' &&
    !(isHeadless(before) && isHeadless(spec))
  ) {
    for (const [index, address] of (before.clusterIPs ?? []).entries()) {
      const now = spec.clusterIPs?.[index]
      if (now !== undefined && now !== address) {
        errors.push(
          fieldInvalid(specPath.child('clusterIPs').index(index), spec.clusterIPs, 'may not change once set'),
        )
      }
    }
    if ((before.clusterIPs?.length ?? 0) > 0 && (spec.clusterIPs?.length ?? 0) === 0) {
      errors.push(
        fieldInvalid(
          specPath.child('clusterIPs').index(0),
          spec.clusterIPs,
          'primary clusterIP can not be unset',
        ),
      )
    }
  }
  return [...errors, ...validateSpec(service)]
}

function validateSpec(service: Service): FieldError[] {
  const spec = service.spec ?? {}
  const ports = spec.ports ?? []
  const errors: FieldError[] = []
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(fieldRequired(specPath.child('ports')))
  }
  errors.push(...validateByType(spec))
  const names = new Set<string>()
  const portsPath = specPath.child('ports')
  for (const [index, port] of ports.entries()) {
    errors.push(...validatePort(port, ports.length > 1, names, portsPath.index(index)))
  }
  errors.push(...validateLabels(spec.selector, specPath.child('selector')))
  errors.push(...validateAffinity(spec))
  errors.push(...validateClusterIps(service))
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    const at = specPath.child('externalIPs').index(index)
    const malformed = validateIp(at, address)
    errors.push(...(malformed.length > 0 ? malformed : validateEndpointIp(address, at)))
  }
  if (!spec.type) errors.push(fieldRequired(specPath.child('type')))
  else if (!types.includes(spec.type))
    errors.push(fieldNotSupported(specPath.child('type'), spec.type, types))
  if (spec.type === 'ClusterIP') {
    for (const [index, port] of ports.entries()) {
      if (port.nodePort) {
        errors.push(
          fieldForbidden(
            portsPath.index(index).child('nodePort'),
            "may not be used when `type` is 'ClusterIP'",
          ),
        )
      }
    }
  }
  errors.push(...validateDuplicates(ports, portsPath))
  errors.push(...validateSourceRanges(service))
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer') {
    const why = "may only be used when `type` is 'LoadBalancer'"
    errors.push(fieldForbidden(specPath.child('allocateLoadBalancerNodePorts'), why))
  }
  errors.push(...validateBalancerClass(spec), ...validatePolicies(spec))
  return errors
}

function validateByType(spec: ServiceSpec): FieldError[] {
  const addresses = specPath.child('clusterIPs')
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    const why = `may not be set to 'None' for ${spec.type} services`
    return [fieldInvalid(addresses.index(0), 'None', why)]
  }
  if (spec.type !== 'ExternalName') return []
  const errors: FieldError[] = []
  const forbid = (path: Path) => errors.push(fieldForbidden(path, 'may not be set for ExternalName services'))
  if (spec.clusterIPs?.length) forbid(addresses)
  if (spec.ipFamilies?.length) forbid(specPath.child('ipFamilies'))
  if (spec.ipFamilyPolicy !== undefined) forbid(specPath.child('ipFamilyPolicy'))
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  const at = specPath.child('externalName')
  if (name === '') errors.push(fieldRequired(at))
  else for (const text of isDns1123Subdomain(name)) errors.push(fieldInvalid(at, name, text))
  return errors
}

function validatePort(port: ServicePort, needsName: boolean, names: Set<string>, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const { name = '', protocol = '' } = port
  if (needsName && name === '') errors.push(fieldRequired(path.child('name')))
  else if (name !== '') {
    for (const text of isDns1123Label(name)) errors.push(fieldInvalid(path.child('name'), name, text))
    if (names.has(name)) errors.push(fieldDuplicate(path.child('name'), name))
    names.add(name)
  }
  const number = port.port ?? 0
  for (const text of isValidPortNumber(number)) errors.push(fieldInvalid(path.child('port'), number, text))
  if (protocol === '') errors.push(fieldRequired(path.child('protocol')))
  else if (!['SCTP', 'TCP', 'UDP'].includes(protocol)) {
    errors.push(fieldNotSupported(path.child('protocol'), protocol, ['SCTP', 'TCP', 'UDP']))
  }
  errors.push(...validatePortNumberOrName(port.targetPort ?? 0, path.child('targetPort')))
  if (port.appProtocol !== undefined) {
    for (const text of isQualifiedName(port.appProtocol)) {
      errors.push(fieldInvalid(path.child('appProtocol'), port.appProtocol, text))
    }
  }
  return errors
}

export function validatePortNumberOrName(port: number | string, path: Path): FieldError[] {
  const texts = typeof port === 'number' ? isValidPortNumber(port) : isValidPortName(port)
  return texts.map((text) => fieldInvalid(path, port, text))
}

function validateAffinity(spec: ServiceSpec): FieldError[] {
  const { sessionAffinity = '', sessionAffinityConfig: config } = spec
  const path = specPath.child('sessionAffinity')
  if (sessionAffinity === '') return [fieldRequired(path)]
  if (!['ClientIP', 'None'].includes(sessionAffinity)) {
    return [fieldNotSupported(path, sessionAffinity, ['ClientIP', 'None'])]
  }
  if (sessionAffinity === 'None') return []
  const at = specPath.child('sessionAffinityConfig')
  if (!config) return [fieldRequired(at, 'when session affinity type is ClientIP')]
  if (!config.clientIP) return [fieldRequired(at.child('clientIP'), 'when session affinity type is ClientIP')]
  const seconds = config.clientIP.timeoutSeconds ?? 0
  const timeout = at.child('clientIP', 'timeoutSeconds')
  if (seconds <= 0 || seconds > 86400) {
    return [fieldInvalid(timeout, seconds, 'must be greater than 0 and less than 86400')]
  }
  return []
}

/** Addresses, families and their policy, as the allocator needs them too (ValidateServiceClusterIPsRelatedFields). */
export function validateClusterIps(service: Service): FieldError[] {
  const spec = service.spec ?? {}
  if (spec.type === 'ExternalName') return []
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  const at = specPath.child('clusterIPs')
  const errors: FieldError[] = []
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.push(fieldRequired(at))
    else if (clusterIPs[0] !== clusterIP) {
      errors.push(fieldInvalid(at, clusterIPs, 'first value must match `clusterIP`'))
    }
  } else if (clusterIPs.length > 0) {
    errors.push(fieldInvalid(at, clusterIPs, 'must be empty when `clusterIP` is not specified'))
  }
  const seen = new Set<string>()
  for (const [index, family] of ipFamilies.entries()) {
    const place = specPath.child('ipFamilies').index(index)
    if (family !== 'IPv4' && family !== 'IPv6')
      errors.push(fieldNotSupported(place, family, ['IPv4', 'IPv6']))
    if (seen.has(family)) errors.push(fieldDuplicate(place, family))
    seen.add(family)
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy)) {
    errors.push(fieldNotSupported(specPath.child('ipFamilyPolicy'), ipFamilyPolicy, policies))
  }
  let malformed = false
  for (const [index, address] of clusterIPs.entries()) {
    if (index === 0 && address === 'None') {
      if (clusterIPs.length > 1) {
        malformed = true
        errors.push(fieldInvalid(at, clusterIPs, "'None' must be the first and only value"))
      }
      continue
    }
    const wrong = validateIp(at.index(index), address)
    malformed ||= wrong.length > 0
    errors.push(...wrong)
  }
  if (clusterIPs.length > 2) errors.push(fieldInvalid(at, clusterIPs, 'may only hold up to 2 values'))
  if (malformed) return errors
  const families = clusterIPs.map((address) => parseAddress(address)?.family)
  if (clusterIPs.length > 1 && new Set(families).size !== clusterIPs.length) {
    errors.push(fieldInvalid(at, clusterIPs, 'may specify no more than one IP for each IP family'))
  }
  if (isHeadless(spec)) return errors
  for (const [index, address] of clusterIPs.entries()) {
    const wanted = ipFamilies[index]
    if ((wanted === 'IPv4' || wanted === 'IPv6') && families[index] !== wanted) {
      const why = `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``
      errors.push(fieldInvalid(at.index(index), address, why))
    }
  }
  return errors
}

function validateDuplicates(ports: readonly ServicePort[], path: Path): FieldError[] {
  const errors: FieldError[] = []
  const nodePorts = new Set<string>()
  for (const [index, port] of ports.entries()) {
    if (!port.nodePort) continue
    const key = `${port.protocol}/${port.nodePort}`
    if (nodePorts.has(key)) errors.push(fieldDuplicate(path.index(index).child('nodePort'), port.nodePort))
    nodePorts.add(key)
  }
  const seen = new Set<string>()
  for (const [index, { protocol = '', port = 0 }] of ports.entries()) {
    const key = `${protocol}/${port}`
    // Upstream prints its internal type here, with the fields that make up the key.
    const value = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
    if (seen.has(key)) errors.push(fieldDuplicate(path.index(index), value))
    seen.add(key)
  }
  return errors
}

function validateSourceRanges({ metadata, spec = {} }: Service): FieldError[] {
  const why = "may only be used when `type` is 'LoadBalancer'"
  const errors: FieldError[] = []
  const annotation = metadata?.annotations?.[rangesAnnotation]
  if (spec.loadBalancerSourceRanges?.length) {
    const path = specPath.child('LoadBalancerSourceRanges')
    if (spec.type !== 'LoadBalancer') errors.push(fieldForbidden(path, why))
    for (const [index, value] of spec.loadBalancerSourceRanges.entries()) {
      errors.push(...validateCidr(path.index(index), value.trim()))
    }
  } else if (annotation !== undefined) {
    const path = new Path('metadata.annotations').key(rangesAnnotation)
    if (spec.type !== 'LoadBalancer') errors.push(fieldForbidden(path, why))
    if (annotation.trim() !== '') {
      for (const value of annotation.split(',')) errors.push(...validateCidr(path, value.trim()))
    }
  }
  return errors
}

function validateBalancerClass(spec: ServiceSpec): FieldError[] {
  const { loadBalancerClass } = spec
  if (loadBalancerClass === undefined) return []
  const path = specPath.child('loadBalancerClass')
  if (spec.type !== 'LoadBalancer')
    return [fieldForbidden(path, "may only be used when `type` is 'LoadBalancer'")]
  return isQualifiedName(loadBalancerClass).map((text) => fieldInvalid(path, loadBalancerClass, text))
}

export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return (
    spec.type === 'LoadBalancer' ||
    spec.type === 'NodePort' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)
  )
}

export function needsHealthCheckNodePort(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
}

function validatePolicies(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = []
  const { externalTrafficPolicy = '', internalTrafficPolicy, healthCheckNodePort = 0 } = spec
  const external = specPath.child('externalTrafficPolicy')
  const policies = ['Cluster', 'Local']
  if (!isExternallyAccessible(spec)) {
    if (externalTrafficPolicy !== '') {
      const why = 'may only be set for externally-accessible services'
      errors.push(fieldInvalid(external, externalTrafficPolicy, why))
    }
  } else if (externalTrafficPolicy === '') errors.push(fieldRequired(external))
  else if (!policies.includes(externalTrafficPolicy)) {
    errors.push(fieldNotSupported(external, externalTrafficPolicy, policies))
  }
  const health = specPath.child('healthCheckNodePort')
  if (!needsHealthCheckNodePort(spec)) {
    if (healthCheckNodePort !== 0) {
      const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
      errors.push(fieldInvalid(health, healthCheckNodePort, why))
    }
  } else if (healthCheckNodePort !== 0) {
    for (const text of isValidPortNumber(healthCheckNodePort)) {
      errors.push(fieldInvalid(health, healthCheckNodePort, text))
    }
  }
  const internal = specPath.child('internalTrafficPolicy')
  if (internalTrafficPolicy === undefined) {
    if (spec.type !== 'ExternalName' && types.includes(spec.type ?? '')) errors.push(fieldRequired(internal))
  } else if (!policies.includes(internalTrafficPolicy)) {
    errors.push(fieldNotSupported(internal, internalTrafficPolicy, policies))
  }
  const distribution = (spec as { trafficDistribution?: string }).trafficDistribution
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  if (distribution !== undefined && !distributions.includes(distribution)) {
    errors.push(fieldNotSupported(specPath.child('trafficDistribution'), distribution, distributions))
  }
  return errors
}

/** Status is compared as a whole; its addresses are checked where they change. */
export function validateServiceStatus(service: Service, old: Service): FieldError[] {
  if (deepEqual(service.status, old.status)) return []
  return (service.status?.loadBalancer?.ingress ?? []).flatMap((one, index) => {
    const at = new Path('status.loadBalancer.ingress').index(index)
    return one.ip ? validateIp(at.child('ip'), one.ip) : []
  })
}
