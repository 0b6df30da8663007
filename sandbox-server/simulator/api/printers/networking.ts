// Rows of Services and what surrounds them. Source: pkg/printers/internalversion/printers.go.
import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressClass,
  NetworkPolicy,
  Service,
} from '../../../contract/kubernetes.ts'
import type { IPAddress, ServiceCIDR } from '../resources.ts'
import { age, formatLabels, formatSelector, none, type Printer, unset } from './printer.ts'

const shown = 3

/** The first three of a list, and how many more there are. */
function withMore(list: readonly string[], count = list.length): string {
  const text = list.slice(0, shown).join(',')
  return count > shown ? `${text} + ${count - shown} more...` : text
}

function addresses(ingress: readonly { ip?: string; hostname?: string }[] | undefined): string {
  const all = (ingress ?? []).map((one) => one.ip || one.hostname || '').filter((one) => one !== '')
  return [...new Set(all)].sort().join(',')
}

function externalAddress({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? []
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : none
    case 'LoadBalancer': {
      const balancer = addresses(status?.loadBalancer?.ingress)
      if (external.length > 0) return [...(balancer === '' ? [] : balancer.split(',')), ...external].join(',')
      return balancer || '<pending>'
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

export const printService: Printer<Service> = (object, context) => {
  const { spec } = object
  const ports = (spec?.ports ?? []).map((port) =>
    port.nodePort ? `${port.port}:${port.nodePort}/${port.protocol}` : `${port.port}/${port.protocol}`,
  )
  return [
    object.metadata?.name,
    spec?.type,
    spec?.clusterIPs?.[0] ?? none,
    externalAddress(object),
    ports.join(',') || none,
    age(object, context),
    formatLabels(spec?.selector),
  ]
}

export const printEndpoints: Printer<Endpoints> = (object, context) => {
  const subsets = object.subsets ?? []
  const list = subsets.flatMap(({ addresses: all = [], ports = [] }) =>
    ports.length === 0
      ? all.map((one) => one.ip)
      : ports.flatMap((port) =>
          all.map((one) => (one.ip.includes(':') ? `[${one.ip}]:${port.port}` : `${one.ip}:${port.port}`)),
        ),
  )
  return [object.metadata?.name, subsets.length === 0 ? none : withMore(list), age(object, context)]
}

export const printEndpointSlice: Printer<EndpointSlice> = (object, context) => [
  object.metadata?.name,
  object.addressType,
  withMore((object.ports ?? []).map((port) => String(port.port ?? port.name ?? '*'))) || unset,
  withMore((object.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)) || unset,
  age(object, context),
]

export const printIngress: Printer<Ingress> = (object, context) => {
  const rules = object.spec?.rules ?? []
  const hosts = rules.slice(0, shown).flatMap((rule) => rule.host || [])
  return [
    object.metadata?.name,
    object.spec?.ingressClassName ?? none,
    hosts.length === 0 ? '*' : withMore(hosts, hosts.length === shown ? rules.length : hosts.length),
    addresses(object.status?.loadBalancer?.ingress),
    object.spec?.tls?.length ? '80, 443' : '80',
    age(object, context),
  ]
}

export const printIngressClass: Printer<IngressClass> = (object, context) => {
  const isDefault = object.metadata?.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
  const parameters = object.spec?.parameters
  const group = parameters?.apiGroup ? `.${parameters.apiGroup}` : ''
  return [
    `${object.metadata?.name}${isDefault ? ' (default)' : ''}`,
    object.spec?.controller,
    parameters ? `${parameters.kind}${group}/${parameters.name}` : none,
    age(object, context),
  ]
}

export const printNetworkPolicy: Printer<NetworkPolicy> = (object, context) => [
  object.metadata?.name,
  formatSelector(object.spec?.podSelector),
  age(object, context),
]

export const printServiceCidr: Printer<ServiceCIDR> = (object, context) => [
  object.metadata?.name,
  object.spec?.cidrs?.join(',') ?? '',
  age(object, context),
]

export const printIpAddress: Printer<IPAddress> = (object) => {
  const parent = object.spec?.parentRef
  if (!parent) return [object.metadata?.name, none]
  const resource = parent.group ? `${parent.resource}.${parent.group}` : (parent.resource ?? '')
  const place = parent.namespace ? `/${parent.namespace}` : ''
  return [object.metadata?.name, `${resource.toLowerCase()}${place}/${parent.name}`]
}
