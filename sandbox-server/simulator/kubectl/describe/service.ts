// kubectl describe service. Source: kubectl/pkg/describe/describe.go (describeService, formatEndpointSlices).
import type { EndpointSlice, Service } from '../../../contract/kubernetes.ts'
import { formatLabels } from '../output/table.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { Describer } from './describer.ts'

export const describeService: Describer = async (context, object) => {
  const { metadata = {}, spec = {}, status } = object as Service
  const slices = await context.list<EndpointSlice>(
    `/apis/discovery.k8s.io/v1/namespaces/${metadata.namespace}/endpointslices`,
    {
      labelSelector: `kubernetes.io/service-name=${metadata.name}`,
    },
  )
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `Selector:\t${formatLabels(spec.selector ?? {})}`)
  w.line(0, `Type:\t${spec.type ?? ''}`)
  if (spec.ipFamilyPolicy) w.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`)
  w.line(0, `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`)
  w.line(0, `IP:\t${spec.clusterIP ?? ''}`)
  w.line(0, `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`)
  if (spec.externalIPs?.length) w.line(0, `External IPs:\t${spec.externalIPs.join(',')}`)
  if (spec.loadBalancerIP) w.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`)
  if (spec.externalName) w.line(0, `External Name:\t${spec.externalName}`)
  const ingress = (status?.loadBalancer?.ingress ?? []) as {
    ip?: string
    ipMode?: string
    hostname?: string
  }[]
  if (ingress.length > 0) w.line(0, `LoadBalancer Ingress:\t${ingressText(ingress)}`)
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>'
    const protocol = port.protocol ?? 'TCP'
    w.line(0, `Port:\t${name}\t${port.port}/${protocol}`)
    w.line(0, `TargetPort:\t${port.targetPort ?? 0}/${protocol}`)
    if (port.appProtocol) w.line(0, `AppProtocol:\t${port.appProtocol}`)
    if (port.nodePort) w.line(0, `NodePort:\t${name}\t${port.nodePort}/${protocol}`)
    w.line(0, `Endpoints:\t${formatEndpointSlices(slices, port.name ?? '')}`)
  }
  w.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`)
  if (spec.externalTrafficPolicy) w.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`)
  if (spec.internalTrafficPolicy) w.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`)
  if (spec.healthCheckNodePort) w.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`)
  if (spec.loadBalancerSourceRanges?.length)
    w.line(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}`)
  const distribution = (spec as { trafficDistribution?: string }).trafficDistribution
  if (distribution) w.line(0, `Traffic Distribution:\t${distribution}`)
  await context.events(object, w)
  return w.text()
}

export function ingressText(ingress: readonly { ip?: string; ipMode?: string; hostname?: string }[]): string {
  return ingress
    .map(({ ip, ipMode, hostname }) => (ip ? `${ip}${ipMode ? ` (${ipMode})` : ''}` : (hostname ?? '')))
    .join(', ')
}

/** Ready endpoints, three at most; of the port with this name, or of every port. */
export function formatEndpointSlices(slices: readonly EndpointSlice[], portName?: string): string {
  if (slices.length === 0) return '<none>'
  const list: string[] = []
  for (const slice of slices) {
    const ready = slice.endpoints.filter((endpoint) => endpoint.conditions?.ready !== false)
    if (!slice.ports || slice.ports.length === 0)
      list.push(...ready.map((endpoint) => endpoint.addresses[0] ?? ''))
    else
      for (const port of slice.ports)
        if (portName === undefined || (port.name ?? '') === portName)
          list.push(...ready.map((endpoint) => hostPort(endpoint.addresses[0] ?? '', port.port ?? 0)))
  }
  const shown = list.slice(0, 3).join(',')
  return list.length > 3 ? `${shown} + ${list.length - 3} more...` : shown
}

function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
