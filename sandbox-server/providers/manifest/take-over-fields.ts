// Moves what client-side apply owns of an object to server-side apply, so that a field left out of the manifest goes away.
// The same as kubectl does before `apply --server-side`: k8s.io/client-go/util/csaupgrade.

interface ManagedFields {
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly apiVersion?: string
  readonly time?: string
  readonly fieldsType?: string
  readonly fieldsV1?: Readonly<Record<string, unknown>>
}

export interface ManagedObject {
  readonly metadata?: { readonly resourceVersion?: string; readonly managedFields?: readonly ManagedFields[] }
}

const clientSide = 'kubectl-client-side-apply'

/** A JSON patch, or undefined where there is nothing to move. */
export function takeOverPatch(object: ManagedObject, manager: string): unknown[] | undefined {
  const entries = object.metadata?.managedFields ?? []
  const isClientSide = (entry: ManagedFields) =>
    entry.manager === clientSide && entry.operation === 'Update' && !entry.subresource
  const old = entries.find(isClientSide)
  if (!old) return undefined
  const own = entries.find(
    (entry) => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource,
  )
  const merged = {
    ...old,
    ...own,
    manager,
    operation: 'Apply',
    fieldsV1: union(own?.fieldsV1 ?? {}, old.fieldsV1 ?? {}),
  }
  const rest = entries.filter((entry) => !isClientSide(entry) && entry !== own)
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [...rest, merged] },
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata?.resourceVersion },
  ]
}

/** Field sets are trees of maps; the union holds every path of both. */
function union(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const own = merged[key]
    merged[key] = isMap(own) && isMap(value) ? union(own, value) : (own ?? value)
  }
  return merged
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
