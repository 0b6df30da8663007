// DELETE of one object and of collections. Source: apiserver/pkg/endpoints/handlers/delete.go.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { badRequest, notFound, success } from '../api-error.ts'
import { storageType } from '../conversion.ts'
import type { Call } from '../handler.ts'
import type { DeleteOptions } from '../objects.ts'
import { readPlain } from './body.ts'
import { listOptions } from './read.ts'
import { renderList, renderObject } from './render.ts'
import { isTrue } from './request-info.ts'
import { json } from './respond.ts'

type Propagation = 'Foreground' | 'Background' | 'Orphan'

/** Options in the body, and those of the query where there is no body. */
export async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const { query } = call.target
  const body = (await readPlain(call.request)) as Record<string, unknown> | undefined
  const grace = body?.gracePeriodSeconds ?? query.get('gracePeriodSeconds') ?? undefined
  const policy = body?.propagationPolicy ?? query.get('propagationPolicy') ?? undefined
  const orphan = body?.orphanDependents ?? query.get('orphanDependents') ?? undefined
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(String(policy))) {
    const supported = '"Background", "Foreground", "Orphan"'
    throw badRequest(
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`,
    )
  }
  const dryRun = [body?.dryRun ?? []].flat().includes('All') || query.getAll('dryRun').includes('All')
  const orphanPolicy: Propagation | undefined =
    orphan === undefined ? undefined : isTrue(String(orphan)) ? 'Orphan' : 'Background'
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    propagationPolicy: (policy as Propagation | undefined) ?? orphanPolicy,
    preconditions: body?.preconditions as DeleteOptions['preconditions'],
    dryRun,
  }
}

export async function deleteObject(call: Call): Promise<Response> {
  const { store, target } = call
  const { type, namespace, name = '' } = target
  const options = await deleteOptions(call)
  const before = store.get(storageType(type), { namespace, name })
  if (!before) throw notFound(type, name)
  const { object, gone } = store.remove(storageType(type), { namespace, name }, options)
  if (!gone || type.plural === 'pods') return json(renderObject(call, object, 'object'))
  return json(
    success({
      name,
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.plural,
      uid: object.metadata.uid,
    }),
  )
}

export async function deleteCollection(call: Call): Promise<Response> {
  const { store, target } = call
  const options = await deleteOptions(call)
  const type = storageType(target.type)
  const deleted: KubernetesObject[] = []
  for (const object of store.list(type, listOptions(call))) {
    const { namespace, name } = object.metadata
    deleted.push(store.remove(type, { namespace, name }, options).object)
  }
  return json(renderList(call, deleted, { resourceVersion: store.resourceVersion() }))
}
