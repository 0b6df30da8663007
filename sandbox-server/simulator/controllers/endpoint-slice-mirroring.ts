// Copies Endpoints that somebody wrote by hand, for a Service without a selector, into EndpointSlices: those alone reach kube-proxy
// (upstream pkg/controller/endpointslicemirroring). One slice a subset and address family, where upstream packs them tighter.
import type { EndpointSubset } from 'kubernetes-types/core/v1'
import type { Endpoint, EndpointSlice, Endpoints } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { endpointSlices, endpoints, services } from '../api/resources.ts'
import { isNamespaceTerminating } from './runtime/api-refusal.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  joinKey,
  splitKey,
} from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { controllerReference } from './runtime/owner-references.ts'

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const serviceName = 'kubernetes.io/service-name'
const manager = 'endpointslicemirroring-controller.k8s.io'
const skip = 'endpointslice.kubernetes.io/skip-mirror'

export const endpointSliceMirroringController = createController(
  'endpointslice-mirroring-controller',
  (context) => ({
    sources: [
      every(endpoints),
      every(services),
      changesOf(endpointSlices, ({ metadata: { namespace, labels } }) =>
        labels?.[managedBy] === manager && labels[serviceName]
          ? [joinKey(namespace, labels[serviceName])]
          : [],
      ),
    ],
    reconcile(key) {
      try {
        reconcile(context, key)
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error
      }
      return undefined
    },
  }),
)

function reconcile({ objects }: ControllerContext, key: string): void {
  const { namespace, name } = splitKey(key)
  const source = objects.get(endpoints, { namespace, name })
  const service = objects.get(services, { namespace, name })
  const mirrors = source && service && service.spec?.selector === undefined && isMirrored(source)
  const existing = objects
    .list(endpointSlices, { namespace, labelSelector: `${serviceName}=${name},${managedBy}=${manager}` })
    .filter(({ metadata }) => !metadata.deletionTimestamp)
  const wanted = mirrors ? slicesOf(source) : []
  for (const [index, slice] of wanted.entries()) {
    const current = existing[index]
    if (!current) objects.create(endpointSlices, slice)
    else if (current.addressType !== slice.addressType) {
      objects.delete(endpointSlices, current.metadata)
      objects.create(endpointSlices, slice)
    } else if (!isEqual([current.endpoints, current.ports], [slice.endpoints, slice.ports])) {
      objects.mutate(endpointSlices, current.metadata, (draft) => {
        draft.endpoints = slice.endpoints
        draft.ports = slice.ports ?? []
      })
    }
  }
  for (const surplus of existing.slice(wanted.length)) objects.delete(endpointSlices, surplus.metadata)
}

function isMirrored({ metadata }: Stored<Endpoints>): boolean {
  return (
    metadata.labels?.[skip] !== 'true' &&
    metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined &&
    metadata.labels?.['endpoints.kubernetes.io/managed-by'] === undefined
  )
}

function slicesOf(source: Stored<Endpoints>): EndpointSlice[] {
  return (source.subsets ?? []).flatMap((subset) =>
    (['IPv4', 'IPv6'] as const).flatMap((addressType): EndpointSlice[] => {
      const found = endpointsOf(subset).filter(
        ({ addresses: [address] }) => address?.includes(':') === (addressType === 'IPv6'),
      )
      if (found.length === 0) return []
      const { name, namespace, labels } = source.metadata
      return [
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: {
            generateName: `${name}-`,
            ...(namespace && { namespace }),
            labels: { ...labels, [serviceName]: name, [managedBy]: manager },
            ownerReferences: [controllerReference(source, { apiVersion: 'v1', kind: 'Endpoints' })],
          },
          addressType,
          endpoints: found,
          ports: (subset.ports ?? []).map(({ name: portName = '', port, protocol = 'TCP', appProtocol }) => ({
            name: portName,
            port,
            protocol,
            ...(appProtocol && { appProtocol }),
          })),
        },
      ]
    }),
  )
}

function endpointsOf({ addresses = [], notReadyAddresses = [] }: EndpointSubset): Endpoint[] {
  const endpoint = (ready: boolean) => (address: (typeof addresses)[number]) => ({
    addresses: [address.ip],
    conditions: { ready },
    ...(address.hostname && { hostname: address.hostname }),
    ...(address.nodeName && { nodeName: address.nodeName }),
    ...(address.targetRef && { targetRef: address.targetRef }),
  })
  return [...addresses.map(endpoint(true)), ...notReadyAddresses.map(endpoint(false))]
}
