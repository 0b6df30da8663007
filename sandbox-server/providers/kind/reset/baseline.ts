// A cluster as it is before any exercise: what belongs to it, and how those objects look.
import { z } from 'zod'
import { type FoundObject, type Inventory, type StoredObject, takeInventory } from './inventory.ts'
import type { Kubernetes, ResourceType } from './resource-types.ts'

const resourceTypeSchema = z.strictObject({
  base: z.string(),
  plural: z.string(),
  kind: z.string(),
  apiVersion: z.string(),
  namespaced: z.boolean(),
}) satisfies z.ZodType<ResourceType>

/** By path: what to put back, and a text to compare. Objects that controllers own are left out: their owners bring them back. */
export const baselineSchema = z.record(
  z.string(),
  z.strictObject({ type: resourceTypeSchema, desired: z.record(z.string(), z.unknown()) }),
)
export type Baseline = z.infer<typeof baselineSchema>

export async function takeBaseline(kubernetes: Kubernetes): Promise<Baseline> {
  const inventory = await takeInventory(kubernetes)
  const kept = [...inventory].filter(([, found]) => !isOwned(found))
  return Object.fromEntries(
    kept.map(([path, { type, object }]) => [path, { type, desired: desiredOf(type, object) }]),
  )
}

/** Whether a controller made it and would make it again. */
export function isOwned({ object }: FoundObject): boolean {
  return (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true)
}

/** Paths of the baseline whose object is gone or looks different now. */
export function changedOf(baseline: Baseline, now: Inventory): string[] {
  return Object.entries(baseline).flatMap(([path, { desired }]) => {
    const found = now.get(path)
    return found && same(desiredOf(found.type, found.object), desired) ? [] : [path]
  })
}

/** Kept up to date by the cluster itself; only that they exist is compared. */
const livingPlurals = new Set(['pods', 'endpoints', 'endpointslices', 'ipaddresses', 'apiservices'])

/** The object without what the API server and controllers write. */
function desiredOf(type: ResourceType, object: StoredObject): Record<string, unknown> {
  const { name, namespace, labels, annotations } = object.metadata as StoredObject['metadata'] & {
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  const { status: _status, metadata: _metadata, ...rest } = object
  const { 'deployment.kubernetes.io/revision': _revision, ...kept } = annotations ?? {}
  return {
    apiVersion: type.apiVersion,
    kind: type.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: labels ?? {},
      annotations: kept,
    },
    ...(livingPlurals.has(type.plural) ? {} : rest),
  }
}

/** By value, whatever the order of keys. */
function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
