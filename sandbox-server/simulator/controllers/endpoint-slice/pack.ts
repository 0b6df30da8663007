// Fits endpoints into slices with as few writes as can be (reconcileByPortMapping in k8s.io/endpointslice/reconciler.go):
// slices that change anyway are filled first, then one that has room, then new ones.
import type { Endpoint, EndpointSlice } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { isEqual } from '../runtime/equality.ts'
import { endpointKey, type PortGroup } from './desired.ts'

/** kube-controller-manager's --max-endpoints-per-slice. */
const maxEndpoints = 100

export interface Packing {
  /** Endpoints of slices to create. */
  readonly create: Endpoint[][]
  readonly update: { readonly slice: Stored<EndpointSlice>; readonly endpoints: Endpoint[] }[]
  readonly remove: Stored<EndpointSlice>[]
}

export function pack(existing: readonly Stored<EndpointSlice>[], group: PortGroup): Packing {
  const left = new Map(group.endpoints)
  const update: { slice: Stored<EndpointSlice>; endpoints: Endpoint[] }[] = []
  const unchanged: Stored<EndpointSlice>[] = []
  const remove: Stored<EndpointSlice>[] = []
  for (const slice of existing) {
    const kept: Endpoint[] = []
    for (const endpoint of slice.endpoints ?? []) {
      const key = endpointKey(endpoint)
      const wanted = left.get(key)
      if (!wanted) continue
      kept.push(wanted)
      left.delete(key)
    }
    if (isEqual(kept, slice.endpoints ?? [])) unchanged.push(slice)
    else if (kept.length === 0) remove.push(slice)
    else update.push({ slice, endpoints: kept })
  }
  const take = (endpoints: Endpoint[]) => {
    for (const [key, endpoint] of left) {
      if (endpoints.length >= maxEndpoints) return
      endpoints.push(endpoint)
      left.delete(key)
    }
  }
  for (const { endpoints } of [...update].sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    take(endpoints)
  }
  const create: Endpoint[][] = []
  while (left.size > 0) {
    const slice = roomiest(unchanged, left.size)
    const endpoints = slice ? [...(slice.endpoints ?? [])] : []
    take(endpoints)
    if (slice) {
      unchanged.splice(unchanged.indexOf(slice), 1)
      update.push({ slice, endpoints })
    } else {
      create.push(endpoints)
    }
  }
  return { create, update, remove }
}

/** The slice that is fullest once `count` endpoints are added (getSliceToFill). */
function roomiest(
  slices: readonly Stored<EndpointSlice>[],
  count: number,
): Stored<EndpointSlice> | undefined {
  const size = (slice: EndpointSlice) => slice.endpoints?.length ?? 0
  return slices.filter((slice) => size(slice) + count <= maxEndpoints).sort((a, b) => size(b) - size(a))[0]
}
