// GET of one object and of lists. Source: apiserver/pkg/endpoints/handlers/get.go, apiserver/pkg/storage/continue.go.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { badRequest, gone, notFound } from '../api-error.ts'
import { storageType } from '../conversion.ts'
import type { Call } from '../handler.ts'
import type { ListOptions } from '../objects.ts'
import { type ListMeta, renderList, renderObject } from './render.ts'
import { json } from './respond.ts'

export function getObject(call: Call): Response {
  const { store, target } = call
  const { type, namespace, name = '' } = target
  const object = store.get(storageType(type), { namespace, name })
  if (!object) throw notFound(type, name)
  return json(renderObject(call, object))
}

export function listOptions(call: Call): ListOptions {
  const { namespace, name, query } = call.target
  const fields = query.get('fieldSelector') ?? ''
  const named =
    name === undefined ? fields : [fields, `metadata.name=${name}`].filter((part) => part !== '').join(',')
  return {
    namespace,
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: named === '' ? undefined : named,
  }
}

interface Continuation {
  readonly rv: string
  /** `namespace/name` of the last object sent. */
  readonly after: string
}

const place = (object: KubernetesObject) =>
  `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`

export function listObjects(call: Call): Response {
  const { store, target } = call
  const options = listOptions(call)
  const limit = Number(target.query.get('limit') ?? 0)
  const token = target.query.get('continue')
  const from = token ? parseToken(token) : undefined
  const wanted = Number(target.query.get('resourceVersion') ?? 0)
  const exact = target.query.get('resourceVersionMatch') === 'Exact'
  if (exact && wanted !== Number(store.resourceVersion())) {
    throw gone(`The provided resource version is too old or not known: ${wanted}`)
  }
  let objects: readonly KubernetesObject[] = store.list(storageType(target.type), options)
  if (from) objects = objects.filter((object) => place(object) > from.after)
  const metadata: ListMeta = { resourceVersion: from?.rv ?? store.resourceVersion() }
  if (limit > 0 && objects.length > limit) {
    const rest = objects.length - limit
    objects = objects.slice(0, limit)
    const last = objects.at(-1)
    metadata.continue = btoa(JSON.stringify({ rv: metadata.resourceVersion, after: last ? place(last) : '' }))
    if (!options.labelSelector && !options.fieldSelector) metadata.remainingItemCount = rest
  }
  return json(renderList(call, objects, metadata))
}

function parseToken(token: string): Continuation {
  try {
    const parsed = JSON.parse(atob(token)) as Partial<Continuation>
    if (typeof parsed.after === 'string' && typeof parsed.rv === 'string')
      return { after: parsed.after, rv: parsed.rv }
  } catch {
    // Said below: whatever is wrong with a token, it is not one of ours.
  }
  throw badRequest('continue key is not valid: incorrect encoding')
}
