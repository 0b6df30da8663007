// Mirrors the pods of every Service into the deprecated Endpoints object (upstream pkg/controller/endpoint).
import type { EndpointAddress, EndpointPort, EndpointSubset } from 'kubernetes-types/core/v1'
import type { Endpoints, Pod, Service } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { endpoints, services } from '../api/resources.ts'
import { isNamespaceTerminating, isRefusal } from './runtime/api-refusal.ts'
import { type ControllerContext, createController, every, splitKey } from './runtime/controller.ts'
import { canonicalJson, isEqual } from './runtime/equality.ts'
import { isPodReady } from './runtime/pod-state.ts'
import {
  canBeEndpoint,
  hasManagedEndpoints,
  hasOwnHostname,
  isHeadless,
  selectedPods,
  servicesOfChangedPods,
  TriggerTimes,
  targetPort,
  triggerTimeAnnotation,
} from './runtime/service-pods.ts'

/** The largest number of addresses in one object; more are cut off and an annotation says so. */
const capacity = 1000
const overCapacity = 'endpoints.kubernetes.io/over-capacity'
const headless = 'service.kubernetes.io/headless'
const managedBy = 'endpoints.kubernetes.io/managed-by'

export const endpointsController = createController('endpoints-controller', (context) => {
  const times = new TriggerTimes()
  return {
    sources: [every(services), servicesOfChangedPods(context.objects), every(endpoints)],
    reconcile(key) {
      const service = context.objects.get(services, splitKey(key))
      if (!service) {
        times.forget(key)
        removeStale(context, key)
        return undefined
      }
      if (hasManagedEndpoints(service)) reconcile(context, service, times)
      return undefined
    },
  }
})

/** Upstream removes the object once, when its Service goes; Endpoints that were written by hand stay. */
function removeStale({ objects }: ControllerContext, key: string): void {
  const stale = objects.get(endpoints, splitKey(key))
  if (stale?.metadata.labels?.[managedBy] !== 'endpoint-controller') return
  try {
    objects.delete(endpoints, stale.metadata)
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error
  }
}

function reconcile({ objects }: ControllerContext, service: Stored<Service>, times: TriggerTimes): void {
  const pods = selectedPods(objects, service)
  const time = times.next(service, pods)
  const all = subsetsOf(service, pods)
  const subsets = truncate(all)
  const current = objects.get(endpoints, service.metadata)
  const labels = {
    ...service.metadata.labels,
    [managedBy]: 'endpoint-controller',
    ...(isHeadless(service) && { [headless]: '' }),
  }
  if (current && isEqual(current.subsets ?? [], subsets) && isEqual(current.metadata.labels, labels)) {
    return
  }
  const { [triggerTimeAnnotation]: _, [overCapacity]: __, ...others } = current?.metadata.annotations ?? {}
  const annotations = {
    ...others,
    ...(time && { [triggerTimeAnnotation]: time }),
    ...(subsets !== all && { [overCapacity]: 'truncated' }),
  }
  if (current) {
    objects.mutate(endpoints, service.metadata, (draft) => {
      draft.subsets = subsets
      Object.assign(draft.metadata ?? {}, { labels, annotations })
    })
    return
  }
  const { name, namespace } = service.metadata
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, ...(namespace && { namespace }), labels, annotations },
    subsets,
  }
  try {
    objects.create(endpoints, wanted)
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error
  }
}

interface Entry {
  readonly address: EndpointAddress
  readonly ready: boolean
}

/** RepackSubsets (pkg/api/v1/endpoints/util.go): addresses with the same ports share a subset. */
function subsetsOf(service: Stored<Service>, pods: readonly Stored<Pod>[]): EndpointSubset[] {
  const publish = service.spec?.publishNotReadyAddresses === true
  const groups = new Map<string, { ports: EndpointPort[]; entries: Entry[] }>()
  for (const pod of pods) {
    if (!canBeEndpoint(pod, publish)) continue
    const ports = portsOf(service, pod)
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue
    const key = canonicalJson(ports)
    const group = groups.get(key) ?? { ports, entries: [] }
    groups.set(key, group)
    group.entries.push({ address: addressOf(service, pod), ready: publish || isPodReady(pod) })
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, entries }]) => {
      const addresses = sorted(entries.filter(({ ready }) => ready))
      const notReadyAddresses = sorted(entries.filter(({ ready }) => !ready))
      return {
        ...(addresses.length > 0 && { addresses }),
        ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
        ...(ports.length > 0 && { ports }),
      }
    })
}

function sorted(entries: readonly Entry[]): EndpointAddress[] {
  return entries.map(({ address }) => address).sort((a, b) => (a.ip < b.ip ? -1 : 1))
}

function portsOf(service: Stored<Service>, pod: Stored<Pod>): EndpointPort[] {
  const found = (service.spec?.ports ?? []).flatMap((port): EndpointPort[] => {
    const number = targetPort(pod, port)
    if (number === undefined) return []
    return [
      {
        ...(port.name && { name: port.name }),
        port: number,
        protocol: port.protocol ?? 'TCP',
        ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
      },
    ]
  })
  return found.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
}

function addressOf(service: Stored<Service>, pod: Stored<Pod>): EndpointAddress {
  const { namespace, name, uid } = pod.metadata
  return {
    ip: pod.status?.podIP ?? '',
    ...(hasOwnHostname(pod, service) && pod.spec?.hostname && { hostname: pod.spec.hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', ...(namespace && { namespace }), name, uid },
  }
}

/** Ready addresses are kept before others, up to the capacity. The same array where everything fits. */
function truncate(subsets: EndpointSubset[]): EndpointSubset[] {
  const size = ({ addresses = [], notReadyAddresses = [] }: EndpointSubset) =>
    addresses.length + notReadyAddresses.length
  if (subsets.reduce((sum, subset) => sum + size(subset), 0) <= capacity) return subsets
  let left = capacity
  const take = (addresses: EndpointAddress[] | undefined) => {
    const kept = (addresses ?? []).slice(0, left)
    left -= kept.length
    return kept
  }
  const ready = subsets.map((subset) => take(subset.addresses))
  return subsets.map((subset, index) => ({
    ...subset,
    addresses: ready[index] ?? [],
    notReadyAddresses: take(subset.notReadyAddresses),
  }))
}
