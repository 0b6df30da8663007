// kubectl describe of EndpointSlices, Ingresses, IngressClasses and NetworkPolicies. Source: kubectl/pkg/describe/describe.go.
import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressClass,
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Service,
} from '../../../contract/kubernetes.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { DescribeContext, Describer } from './describer.ts'
import { formatEndpointSlices } from './service.ts'

export const describeEndpointSlice: Describer = async (context, object) => {
  const { metadata = {}, addressType, ports, endpoints } = object as unknown as EndpointSlice
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `AddressType:\t${addressType}`)
  if (!ports || ports.length === 0) w.line(0, 'Ports: <unset>')
  else {
    w.raw('Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n')
    for (const port of ports)
      w.line(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? ''}`)
  }
  if (!endpoints || endpoints.length === 0) w.line(0, 'Endpoints: <none>')
  else w.line(0, 'Endpoints:')
  for (const endpoint of endpoints ?? []) {
    w.line(1, `- Addresses:\t${endpoint.addresses.join(', ') || '<none>'}`)
    w.line(2, 'Conditions:')
    w.line(3, `Ready:\t${endpoint.conditions?.ready ?? '<unset>'}`)
    w.line(2, `Hostname:\t${endpoint.hostname ?? '<unset>'}`)
    if (endpoint.targetRef) w.line(2, `TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}`)
    w.line(2, `NodeName:\t${endpoint.nodeName ?? '<unset>'}`)
    w.line(2, `Zone:\t${endpoint.zone ?? '<unset>'}`)
  }
  await context.events(object, w)
  return w.text()
}

export const describeEndpoints: Describer = async (context, object) => {
  const { metadata = {}, subsets = [] } = object as Endpoints
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, 'Subsets:')
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    w.line(1, `Addresses:\t${addresses.map(({ ip }) => ip).join(',') || '<none>'}`)
    w.line(1, `NotReadyAddresses:\t${notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>'}`)
    if (ports.length > 0) w.raw('  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n')
    for (const port of ports) w.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol ?? 'TCP'}`)
    w.raw('\n')
  }
  await context.events(object, w)
  return w.text()
}

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>

async function backendText(context: DescribeContext, namespace: string, backend: Backend): Promise<string> {
  if (backend.resource) {
    const { apiGroup, kind, name } = backend.resource
    return `APIGroup: ${apiGroup ?? '<none>'}, Kind: ${kind}, Name: ${name}`
  }
  const { name = '', port } = backend.service ?? {}
  const text = `${name}:${port?.number ?? port?.name ?? ''}`
  const service = await context.get<Service>(`/api/v1/namespaces/${namespace}/services/${name}`)
  if (!service) return `${text} (<error: services "${name}" not found>)`
  const slices = await context.list<EndpointSlice>(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    {
      labelSelector: `kubernetes.io/service-name=${name}`,
    },
  )
  const servicePort = service.spec?.ports?.find(
    (candidate) =>
      (port?.number !== undefined && candidate.port === port.number) ||
      (port?.name !== undefined && candidate.name === port.name),
  )
  return `${text} (${formatEndpointSlices(slices, servicePort?.name ?? '')})`
}

export const describeIngress: Describer = async (context, object) => {
  const { metadata = {}, spec = {}, status } = object as Ingress
  const namespace = metadata.namespace ?? ''
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.labels('Labels', metadata.labels)
  w.line(0, `Namespace:\t${namespace}`)
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  w.line(0, `Address:\t${[...new Set(addresses)].sort().join(',')}`)
  w.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`)
  const fallback = spec.defaultBackend
    ? await backendText(context, namespace, spec.defaultBackend)
    : '<default>'
  w.line(0, `Default backend:\t${fallback}`)
  if (spec.tls && spec.tls.length > 0) w.line(0, 'TLS:')
  for (const { secretName, hosts = [] } of spec.tls ?? [])
    w.line(1, secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`)
  w.raw('Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n')
  const rules = (spec.rules ?? []).filter((rule) => rule.http)
  for (const { host, http } of rules) {
    w.line(1, `${host || '*'}\t`)
    for (const { path, backend } of http?.paths ?? [])
      w.line(2, `\t${path ?? ''} \t${await backendText(context, namespace, backend)}`)
  }
  if (rules.length === 0) w.line(1, `*\t*\t${fallback}`)
  w.annotations('Annotations', metadata.annotations)
  await context.events(object, w)
  return w.text()
}

export const describeIngressClass: Describer = async (context, object) => {
  const { metadata = {}, spec } = object as IngressClass
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `Controller:\t${spec?.controller ?? ''}`)
  if (spec?.parameters) {
    w.line(0, 'Parameters:')
    if (spec.parameters.apiGroup) w.line(1, `APIGroup:\t${spec.parameters.apiGroup}`)
    w.line(1, `Kind:\t${spec.parameters.kind}`)
    w.line(1, `Name:\t${spec.parameters.name}`)
  }
  await context.events(object, w)
  return w.text()
}

/** metav1.FormatLabelSelector. */
function selectorText(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'In') return `${key} in (${[...values].sort().join(',')})`
    if (operator === 'NotIn') return `${key} notin (${[...values].sort().join(',')})`
    return operator === 'Exists' ? key : `!${key}`
  })
  return [...labels, ...expressions].sort().join(',') || '<none>'
}

export const describeNetworkPolicy: Describer = async (_context, object) => {
  const { metadata = {}, spec } = object as NetworkPolicy
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  const created = (metadata.creationTimestamp ?? '').replace('T', ' ').replace('Z', ' +0000 UTC')
  w.line(0, `Created on:\t${created}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, 'Spec:')
  const selector = selectorText(spec?.podSelector)
  w.line(
    1,
    `PodSelector:     ${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}`,
  )
  const types = spec?.policyTypes ?? []
  if (types.length === 0 || types.includes('Ingress')) {
    w.line(1, 'Allowing ingress traffic:')
    describeRules(
      w,
      'ingress',
      'From',
      (spec?.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from })),
    )
  } else w.line(1, 'Not affecting ingress traffic')
  if (types.includes('Egress') || (types.length === 0 && spec?.egress)) {
    w.line(1, 'Allowing egress traffic:')
    describeRules(
      w,
      'egress',
      'To',
      (spec?.egress ?? []).map(({ ports, to }) => ({ ports, peers: to })),
    )
  } else w.line(1, 'Not affecting egress traffic')
  w.line(1, `Policy Types: ${types.join(', ')}`)
  return w.text()
}

interface Rule {
  readonly ports: readonly NetworkPolicyPort[] | undefined
  readonly peers: readonly NetworkPolicyPeer[] | undefined
}

function describeRules(
  w: DescribeWriter,
  direction: string,
  word: 'From' | 'To',
  rules: readonly Rule[],
): void {
  if (rules.length === 0) w.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`)
  rules.forEach(({ ports, peers }, index) => {
    if (!ports || ports.length === 0) w.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const { port, endPort, protocol = 'TCP' } of ports ?? [])
      w.line(
        2,
        endPort === undefined
          ? `To Port: ${port ?? '<nil>'}/${protocol}`
          : `To Port Range: ${port}-${endPort}/${protocol}`,
      )
    if (!peers || peers.length === 0)
      w.line(
        2,
        word === 'From'
          ? 'From: <any> (traffic not restricted by source)'
          : 'To: <any> (traffic not restricted by destination)',
      )
    for (const { podSelector, namespaceSelector, ipBlock } of peers ?? []) {
      w.line(2, `${word}:`)
      if (namespaceSelector) w.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`)
      if (podSelector) w.line(3, `PodSelector: ${selectorText(podSelector)}`)
      if (!podSelector && !namespaceSelector && ipBlock) {
        w.line(3, 'IPBlock:')
        w.line(4, `CIDR: ${ipBlock.cidr}`)
        w.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
      }
    }
    if (index < rules.length - 1) w.line(2, '----------')
  })
}
