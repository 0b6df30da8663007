// All objects of a cluster by their place, as one picture: what a reset compares.
import { z } from 'zod'
import { type Kubernetes, listResourceTypes, type ResourceType } from './resource-types.ts'

export const storedObjectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z.array(z.looseObject({ controller: z.boolean().optional() })).optional(),
  }),
})
export type StoredObject = z.infer<typeof storedObjectSchema>

const listSchema = z.object({ items: z.array(storedObjectSchema) })

export interface FoundObject {
  readonly type: ResourceType
  readonly object: StoredObject
}

/** By path in the API: `/api/v1/namespaces/demo/services/web`. */
export type Inventory = ReadonlyMap<string, FoundObject>

/** Kept by controllers or kubelets, never by a learner: they come and go by themselves. */
const selfKept = new Set([
  'events',
  'leases',
  'componentstatuses',
  'nodes',
  'csinodes',
  'controllerrevisions',
])

/** Lists at a time: each needs a connection, and some sixty TLS handshakes at once take longer than the lists. */
const atOnce = 8

export async function takeInventory(kubernetes: Kubernetes): Promise<Inventory> {
  const types = (await listResourceTypes(kubernetes)).filter(({ plural }) => !selfKept.has(plural))
  const found: (readonly [string, FoundObject])[][] = types.map(() => [])
  const left = types.entries()
  const listOnward = async () => {
    for (const [place, type] of left) {
      const items = await list(kubernetes, type)
      found[place] = items.map((object) => [pathOf(type, object), { type, object }])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, listOnward))
  return new Map(found.flat())
}

export function pathOf({ base, plural, namespaced }: ResourceType, { metadata }: StoredObject): string {
  const place = namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? '')}` : ''
  return `${base}${place}/${plural}/${encodeURIComponent(metadata.name)}`
}

async function list(kubernetes: Kubernetes, { base, plural }: ResourceType): Promise<StoredObject[]> {
  const path = `${base}/${plural}`
  const response = await kubernetes(
    new Request(`http://cluster${path}`, { headers: { accept: 'application/json' } }),
  )
  // A resource that went away between discovery and list has nothing to compare.
  if (response.status === 404 || response.status === 405) return []
  if (!response.ok) throw new Error(`list ${path}: HTTP ${response.status}`)
  return listSchema.parse(await response.json()).items
}
