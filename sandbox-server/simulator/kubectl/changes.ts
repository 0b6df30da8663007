// Changing what is there: patches computed from an edited copy, and small objects made of flags.
import { pathOf } from './discovery.ts'
import type { Invocation } from './invocation.ts'
import type { Unstructured } from './object.ts'
import { toJson } from './output/go-text.ts'
import { patchSchema } from './patch/schema.ts'
import { threeWayMergePatch, threeWayStrategicPatch } from './patch/three-way.ts'
import type { Found } from './targets.ts'

export type PatchType = 'strategic' | 'merge' | 'json'

export const patchContentTypes: Readonly<Record<PatchType, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
}

export async function sendPatch(
  invocation: Invocation,
  { mapping, namespace, name }: Pick<Found, 'mapping' | 'namespace' | 'name'>,
  type: PatchType,
  body: string,
  fieldManager: string,
  subresource?: string,
): Promise<Unstructured> {
  return invocation.client.json(pathOf(mapping, namespace, name, subresource), {
    method: 'PATCH',
    contentType: patchContentTypes[type],
    body,
    query: invocation.writeQuery(fieldManager),
  })
}

/** Makes the live object like `modified`; gives undefined where there is no difference. */
export async function patchToMatch(
  invocation: Invocation,
  found: Found,
  modified: Unstructured,
  fieldManager: string,
): Promise<Unstructured | undefined> {
  const schema = await patchSchema(invocation.client, found.mapping)
  const patch = schema
    ? threeWayStrategicPatch(found.object, modified, found.object, schema)
    : threeWayMergePatch(found.object, modified, found.object)
  if (Object.keys(patch).length === 0) return undefined
  if (invocation.dryRun === 'client') return modified
  return sendPatch(invocation, found, schema ? 'strategic' : 'merge', toJson(patch), fieldManager)
}

/** The pod template of a workload, or a pod itself: where containers are. */
export function podSpecOf(object: Unstructured): Record<string, unknown> | undefined {
  const path =
    object.kind === 'Pod'
      ? ['spec']
      : object.kind === 'CronJob'
        ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
        : ['spec', 'template', 'spec']
  let current: unknown = object
  for (const key of path)
    current =
      typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[key] : undefined
  return typeof current === 'object' && current !== null ? (current as Record<string, unknown>) : undefined
}
