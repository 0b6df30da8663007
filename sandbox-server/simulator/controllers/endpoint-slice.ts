// Writes the EndpointSlices of every Service that has a selector (upstream pkg/controller/endpointslice and
// k8s.io/endpointslice). Topology hints come from trafficDistribution; the older topology-mode annotation is not served.
import type { EndpointSlice, Service } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { endpointSlices, nodes, services } from '../api/resources.ts'
import { desiredGroups, type Family, portsKey } from './endpoint-slice/desired.ts'
import { pack } from './endpoint-slice/pack.ts'
import { isNamespaceTerminating, messageOf } from './runtime/api-refusal.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  joinKey,
  keyOf,
  splitKey,
} from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { createEventRecorder, subjectOf } from './runtime/events.ts'
import { controllerReference } from './runtime/owner-references.ts'
import {
  hasManagedEndpoints,
  isHeadless,
  selectedPods,
  servicesOfChangedPods,
  TriggerTimes,
  triggerTimeAnnotation,
} from './runtime/service-pods.ts'

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const serviceName = 'kubernetes.io/service-name'
const headless = 'service.kubernetes.io/headless'
const manager = 'endpointslice-controller.k8s.io'
const reserved = new Set([managedBy, serviceName, headless])

export const endpointSliceController = createController('endpointslice-controller', (context) => {
  const { objects } = context
  const recorder = createEventRecorder(context, { component: 'endpoint-slice-controller' })
  const times = new TriggerTimes()
  return {
    sources: [
      every(services),
      servicesOfChangedPods(objects),
      changesOf(endpointSlices, (slice) => {
        const name = slice.metadata.labels?.[serviceName]
        return name && slice.metadata.labels?.[managedBy] === manager
          ? [joinKey(slice.metadata.namespace, name)]
          : []
      }),
      changesOf(nodes, (node, event) =>
        isEqual(zoneOf(node), event.previous && zoneOf(event.previous))
          ? []
          : objects.list(services).map(keyOf),
      ),
    ],
    reconcile(key) {
      const service = objects.get(services, splitKey(key))
      if (!service) times.forget(key)
      if (!service || !hasManagedEndpoints(service)) return undefined
      try {
        reconcile(context, service, times)
      } catch (error) {
        if (isNamespaceTerminating(error)) return undefined
        const { namespace, name } = service.metadata
        recorder.record(
          subjectOf(services, service),
          'Warning',
          'FailedToUpdateEndpointSlices',
          `Error updating Endpoint Slices for Service ${namespace}/${name}: ${messageOf(error)}`,
        )
        throw error
      }
      return undefined
    },
  }
})

function zoneOf(node: { metadata: { labels?: Record<string, string> } }): string | undefined {
  return node.metadata.labels?.['topology.kubernetes.io/zone']
}

function reconcile(context: ControllerContext, service: Stored<Service>, times: TriggerTimes): void {
  const { namespace, name } = service.metadata
  const pods = selectedPods(context.objects, service)
  const slices = context.objects
    .list(endpointSlices, { namespace, labelSelector: `${serviceName}=${name},${managedBy}=${manager}` })
    .filter((slice) => !slice.metadata.deletionTimestamp)
  const time = times.next(service, pods)
  const families: readonly Family[] = (service.spec?.ipFamilies ?? ['IPv4']).map((family) =>
    family === 'IPv6' ? 'IPv6' : 'IPv4',
  )
  for (const slice of slices) {
    if (!families.some((family) => family === slice.addressType)) {
      context.objects.delete(endpointSlices, slice.metadata)
    }
  }
  for (const family of families) {
    const existing = slices.filter((slice) => slice.addressType === family)
    reconcileFamily(context, service, { family, existing, pods, time })
  }
}

function reconcileFamily(
  { objects }: ControllerContext,
  service: Stored<Service>,
  {
    family,
    existing,
    pods,
    time,
  }: {
    family: Family
    existing: readonly Stored<EndpointSlice>[]
    pods: ReturnType<typeof selectedPods>
    time: string | undefined
  },
): void {
  const groups = desiredGroups(service, pods, family, (name) =>
    name === '' ? undefined : objects.get(nodes, { name }),
  )
  const owned = existing.filter((slice) =>
    slice.metadata.ownerReferences?.some((owner) => owner.uid === service.metadata.uid),
  )
  const create: EndpointSlice[] = []
  const update: { slice: Stored<EndpointSlice>; wanted: EndpointSlice }[] = []
  const touched = new Set<string>()
  const remove = existing.filter((slice) => !owned.includes(slice) || !groups.has(portsKey(slice.ports)))
  for (const [key, group] of groups) {
    const packing = pack(
      owned.filter((slice) => portsKey(slice.ports) === key),
      group,
    )
    const shaped = (endpoints: EndpointSlice['endpoints']) =>
      newSlice(service, family, { endpoints, ports: group.ports }, time)
    create.push(...packing.create.map(shaped))
    update.push(...packing.update.map(({ slice, endpoints }) => ({ slice, wanted: shaped(endpoints) })))
    remove.push(...packing.remove)
  }
  for (const { slice } of update) touched.add(slice.metadata.name)
  for (const slice of remove) touched.add(slice.metadata.name)
  for (const slice of owned) {
    if (touched.has(slice.metadata.name) || isEqual(slice.metadata.labels, labelsFor(service))) continue
    const { endpoints, ports } = slice
    update.push({ slice, wanted: newSlice(service, family, { endpoints, ports: ports ?? [] }, time) })
  }

  // A Service without endpoints keeps one empty slice.
  if (remove.length === existing.length && create.length === 0 && update.length === 0) {
    const [only] = remove
    const placeholder = newSlice(service, family, { endpoints: [], ports: [] }, time)
    if (only && remove.length === 1 && isPlaceholder(only, service)) remove.pop()
    else create.push(placeholder)
  }
  // A slice that would go is written over by one that would come.
  for (const slice of [...remove]) {
    if (!owned.includes(slice)) continue
    const wanted = create.pop()
    if (!wanted) break
    update.push({ slice, wanted })
    remove.splice(remove.indexOf(slice), 1)
  }
  if (!service.metadata.deletionTimestamp) for (const slice of create) objects.create(endpointSlices, slice)
  for (const { slice, wanted } of update) overwrite(objects, slice, wanted)
  for (const slice of remove) objects.delete(endpointSlices, slice.metadata)
}

function isPlaceholder(slice: Stored<EndpointSlice>, service: Stored<Service>): boolean {
  return (
    (slice.endpoints ?? []).length === 0 &&
    (slice.ports ?? []).length === 0 &&
    isEqual(slice.metadata.labels, labelsFor(service)) &&
    slice.metadata.ownerReferences?.[0]?.uid === service.metadata.uid
  )
}

function overwrite(
  objects: ControllerContext['objects'],
  slice: Stored<EndpointSlice>,
  wanted: EndpointSlice,
): void {
  objects.mutate(endpointSlices, slice.metadata, (draft) => {
    draft.endpoints = wanted.endpoints
    draft.ports = wanted.ports ?? []
    if (!draft.metadata) return
    draft.metadata.labels = wanted.metadata?.labels ?? {}
    const { [triggerTimeAnnotation]: _, ...others } = draft.metadata.annotations ?? {}
    draft.metadata.annotations = { ...others, ...wanted.metadata?.annotations }
  })
}

/** The Service's own labels, and those that tell whose slice it is. */
function labelsFor(service: Stored<Service>): Record<string, string> {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !reserved.has(key))
  return {
    ...Object.fromEntries(own),
    [managedBy]: manager,
    [serviceName]: service.metadata.name,
    ...(isHeadless(service) && { [headless]: '' }),
  }
}

function newSlice(
  service: Stored<Service>,
  family: Family,
  content: Pick<EndpointSlice, 'endpoints'> & { ports: NonNullable<EndpointSlice['ports']> },
  time: string | undefined,
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      ...(service.metadata.namespace && { namespace: service.metadata.namespace }),
      labels: labelsFor(service),
      ...(time && { annotations: { [triggerTimeAnnotation]: time } }),
      ownerReferences: [controllerReference(service, { apiVersion: 'v1', kind: 'Service' })],
    },
    addressType: family,
    ...content,
  }
}
