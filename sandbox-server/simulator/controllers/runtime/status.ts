// Writing a status subresource, and only where it differs.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { isEqual } from './equality.ts'

/** Gives whether anything was written. */
export function writeStatus<T extends KubernetesObject & { readonly status?: unknown }>(
  objects: Objects,
  type: ResourceType<T>,
  object: Stored<T>,
  status: NonNullable<T['status']>,
): boolean {
  if (isEqual(status, object.status)) return false
  objects.mutate(type, object.metadata, (draft) => Object.assign(draft, { status }), {
    subresource: 'status',
  })
  return true
}
