// pods/ephemeralcontainers: kubectl debug adds containers here. Source: pkg/registry/core/pod/storage/storage.go.
import type { KubernetesObject, Pod } from '../../../../contract/kubernetes.ts'
import { methodUnknown, notFound } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { jsonPatch } from '../../patch/json-patch.ts'
import { mergePatch } from '../../patch/merge-patch.ts'
import { strategicMergePatch } from '../../patch/strategic-merge.ts'
import { pods } from '../../resources.ts'
import { typeOfResource } from '../../schema/type-node.ts'
import { decodeObject, parseFieldValidation, readPlain } from '../body.ts'
import { json } from '../respond.ts'
import { writeOptions } from '../write.ts'

export async function ephemeralContainers(call: Call): Promise<Response> {
  const { store, target, request } = call
  const { namespace, name = '', type } = target
  const live = store.get(pods, { namespace, name })
  if (!live) throw notFound(pods, name)
  if (request.method === 'GET') return json(live)
  let given: unknown
  if (request.method === 'PUT') given = await readPlain(request)
  else if (request.method === 'PATCH') {
    const patch: unknown = JSON.parse(await request.text())
    const contentType = request.headers.get('content-type') ?? ''
    const before = live as unknown as Record<string, unknown>
    if (contentType.startsWith('application/json-patch')) given = jsonPatch(before, patch)
    else if (contentType.startsWith('application/merge-patch')) given = mergePatch(before, patch)
    else given = strategicMergePatch(before, patch as Record<string, unknown>, typeOfResource(type))
  } else throw methodUnknown()
  const decoded = decodeObject(given, {
    type,
    definition: undefined,
    fieldValidation: parseFieldValidation(target.query),
    warn: call.warn,
  }) as KubernetesObject & Pod
  const updated = store.mutate(
    pods,
    { namespace, name },
    (draft) => {
      if (draft.spec)
        draft.spec = { ...draft.spec, ephemeralContainers: decoded.spec?.ephemeralContainers ?? [] }
    },
    writeOptions(call),
  )
  if (!updated) throw notFound(pods, name)
  return json(updated)
}
