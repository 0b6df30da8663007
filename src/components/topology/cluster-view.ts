// From the cluster's objects to what the Cluster tab shows: rows by kind, and who stands behind which Service.
import type { ClusterObject } from '../../../sandbox-server/contract/socket.ts'

export type Objects = ReadonlyMap<string, ClusterObject>
export type Scope = 'lesson' | 'all'

const systemNamespaces = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  'kube-flannel',
])

export function inScope(object: ClusterObject, scope: Scope): boolean {
  if (scope === 'all' || object.namespace === undefined) return true
  if (object.namespace === 'default' && object.name.startsWith('kubernetes')) return false
  return !systemNamespaces.has(object.namespace)
}

export function ofKind(objects: Objects, kind: ClusterObject['kind'], scope: Scope): ClusterObject[] {
  return [...objects.values()]
    .filter((object) => object.kind === kind && inScope(object, scope))
    .sort((a, b) => (a.namespace ?? '').localeCompare(b.namespace ?? '') || a.name.localeCompare(b.name))
}

/** A pod counts as ready when all its containers are. */
export function isReadyPod(pod: ClusterObject): boolean {
  const [ready, all] = (pod.fields.ready ?? '0/0').split('/').map(Number)
  return pod.fields.status === 'Running' && ready === all && all !== 0
}

/** Uids of the pods behind a Service, by the addresses in its EndpointSlices. */
export function podsBehind(
  service: ClusterObject,
  objects: Objects,
): { ready: string[]; notReady: string[] } {
  const byAddress = new Map<string, string>()
  for (const object of objects.values()) {
    if (object.kind === 'Pod' && object.fields.ip !== '') byAddress.set(object.fields.ip ?? '', object.uid)
  }
  const found = { ready: new Set<string>(), notReady: new Set<string>() }
  for (const slice of objects.values()) {
    if (slice.kind !== 'EndpointSlice' || slice.namespace !== service.namespace) continue
    if (slice.fields.service !== service.name) continue
    for (const [field, into] of [
      ['addresses', found.ready],
      ['notReady', found.notReady],
    ] as const) {
      for (const address of (slice.fields[field] ?? '').split(',')) {
        const uid = byAddress.get(address)
        if (uid !== undefined) into.add(uid)
      }
    }
  }
  return { ready: [...found.ready], notReady: [...found.notReady] }
}

/** `web-6d4cf56db6-x2v9k` as people call it: `web x2v9k`. */
export function shortPodName(name: string): string {
  const made = /^(.*?)-(?:[a-z0-9]{6,10}-)?([a-z0-9]{5})$/.exec(name)
  return made === null ? name : `${made[1]} ${made[2]}`
}

export interface Column {
  readonly label: string
  readonly field: string
}

/** What is shown of each kind, after the name. */
export const columns: Readonly<Record<string, readonly Column[]>> = {
  Node: [
    { label: 'Status', field: 'status' },
    { label: 'Address', field: 'ip' },
    { label: 'Pod addresses', field: 'podCidr' },
  ],
  Pod: [
    { label: 'Ready', field: 'ready' },
    { label: 'Status', field: 'status' },
    { label: 'Restarts', field: 'restarts' },
    { label: 'Address', field: 'ip' },
    { label: 'Node', field: 'node' },
    { label: 'Labels', field: 'labels' },
  ],
  Service: [
    { label: 'Type', field: 'type' },
    { label: 'Address', field: 'ip' },
    { label: 'Ports', field: 'ports' },
    { label: 'To port', field: 'targetPorts' },
    { label: 'Selector', field: 'selector' },
  ],
  EndpointSlice: [
    { label: 'Service', field: 'service' },
    { label: 'Ready', field: 'addresses' },
    { label: 'Not ready', field: 'notReady' },
    { label: 'Ports', field: 'ports' },
  ],
  Ingress: [
    { label: 'Class', field: 'class' },
    { label: 'Hosts', field: 'hosts' },
    { label: 'Backends', field: 'backends' },
    { label: 'Address', field: 'ip' },
  ],
  NetworkPolicy: [
    { label: 'Selects', field: 'selector' },
    { label: 'Types', field: 'types' },
    { label: 'Ingress rules', field: 'ingressRules' },
    { label: 'Egress rules', field: 'egressRules' },
  ],
}
