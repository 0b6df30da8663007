// The downward API: what a pod may be told of itself (fieldRef and resourceFieldRef; pkg/fieldpath/fieldpath.go).
import type { Container, Pod } from '../../../contract/kubernetes.ts'

export interface PodWhereabouts {
  readonly addresses: readonly string[]
  readonly nodeAddress: string
  readonly nodeName: string
}

export function fieldValue(path: string, pod: Pod, where: PodWhereabouts): string {
  const { metadata = {}, spec } = pod
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(path)
  if (subscript) {
    const map = subscript[1] === 'labels' ? metadata.labels : metadata.annotations
    return map?.[subscript[2] ?? ''] ?? ''
  }
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(metadata.annotations)
    case 'spec.nodeName':
      return spec?.nodeName ?? where.nodeName
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? 'default'
    case 'status.hostIP':
    case 'status.hostIPs':
      return where.nodeAddress
    case 'status.podIP':
      return where.addresses[0] ?? ''
    case 'status.podIPs':
      return where.addresses.join(',')
    default:
      return ''
  }
}

/** Allocatable of a simulated node, which limits stand at where a container names none. */
const nodeResources: Readonly<Record<string, string>> = {
  cpu: '8',
  memory: '16Gi',
  'ephemeral-storage': '100Gi',
}

export function resourceValue(
  reference: { resource: string; divisor?: string },
  pod: Pod,
  container: Container,
  containerName?: string,
): string {
  const named = containerName
    ? (pod.spec?.containers.find((one) => one.name === containerName) ?? container)
    : container
  const [list = 'limits', resource = ''] = reference.resource.split(/\.(.*)/)
  const limits = named.resources?.limits?.[resource]
  const value =
    (list === 'requests' ? named.resources?.requests?.[resource] : limits) ??
    (list === 'limits' ? nodeResources[resource] : '0')
  const divisor = quantity(reference.divisor && reference.divisor !== '0' ? reference.divisor : '1')
  return `${Math.ceil(quantity(value ?? '0') / divisor)}`
}

const suffixes: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A resource.Quantity as a number. */
export function quantity(text: string): number {
  const [, digits = '0', suffix = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(text) ?? []
  return Number(digits) * (suffixes[suffix] ?? 1)
}

function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}
