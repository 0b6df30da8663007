// Every kind of object that a cluster's API can list and delete, from its aggregated discovery (KEP-3352).
import { z } from 'zod'

export interface ResourceType {
  /** `/api/v1` or `/apis/apps/v1`. */
  readonly base: string
  readonly plural: string
  readonly kind: string
  readonly apiVersion: string
  readonly namespaced: boolean
}

export type Kubernetes = (request: Request) => Promise<Response>

const discoverySchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
      versions: z.array(
        z.object({
          version: z.string(),
          resources: z
            .array(
              z.object({
                resource: z.string(),
                responseKind: z.object({ kind: z.string() }),
                scope: z.string(),
                verbs: z.array(z.string()),
              }),
            )
            .default([]),
        }),
      ),
    }),
  ),
})

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Each resource in the version that its group prefers. */
export async function listResourceTypes(kubernetes: Kubernetes): Promise<ResourceType[]> {
  const groups = await Promise.all(['/api', '/apis'].map((path) => readGroups(kubernetes, path)))
  const types = new Map<string, ResourceType>()
  for (const { metadata, versions } of groups.flat()) {
    const group = metadata.name
    for (const { version, resources } of versions) {
      for (const { resource, responseKind, scope, verbs } of resources) {
        const key = `${group}/${resource}`
        if (types.has(key) || !verbs.includes('list') || !verbs.includes('delete')) continue
        types.set(key, {
          base: group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
          plural: resource,
          kind: responseKind.kind,
          apiVersion: group === '' ? version : `${group}/${version}`,
          namespaced: scope === 'Namespaced',
        })
      }
    }
  }
  return [...types.values()]
}

async function readGroups(kubernetes: Kubernetes, path: string) {
  const response = await kubernetes(new Request(`http://cluster${path}`, { headers: { accept: aggregated } }))
  if (!response.ok) throw new Error(`discovery at ${path}: HTTP ${response.status}`)
  return discoverySchema.parse(await response.json()).items
}
