// The scale subresource of workloads. Source: pkg/registry/apps/deployment/storage/storage.go (ScaleREST).
import type { KubernetesObject } from '../../../../contract/kubernetes.ts'
import { invalid, methodUnknown, notFound, unsupportedMediaType } from '../../api-error.ts'
import { fieldInvalid, Path } from '../../field-error.ts'
import type { Call } from '../../handler.ts'
import { jsonPatch } from '../../patch/json-patch.ts'
import { mergePatch } from '../../patch/merge-patch.ts'
import { formatSelector } from '../../printers/printer.ts'
import { decodeObject, parseFieldValidation, readPlain } from '../body.ts'
import { json } from '../respond.ts'
import { writeOptions } from '../write.ts'

const kind = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

interface Scalable extends KubernetesObject {
  spec?: { replicas?: number; selector?: { matchLabels?: Record<string, string> } | Record<string, string> }
  status?: { replicas?: number }
}

function scaleOf(object: Scalable) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {}
  const selector = object.spec?.selector
  const isPlain = selector && !('matchLabels' in selector) && !('matchExpressions' in selector)
  const text = formatSelector(
    isPlain ? { matchLabels: selector as Record<string, string> } : (selector as never),
  )
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: object.spec?.replicas ? { replicas: object.spec.replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, ...(text === '<none>' ? {} : { selector: text }) },
  }
}

export async function scaleResponse(call: Call): Promise<Response> {
  const { store, target, request } = call
  const { type, namespace, name = '' } = target
  const live = store.get(type, { namespace, name }) as Scalable | undefined
  if (!live) throw notFound(type, name)
  if (request.method === 'GET') return json(scaleOf(live))
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodUnknown()
  let given: unknown
  if (request.method === 'PUT') given = await readPlain(request)
  else {
    const contentType = request.headers.get('content-type') ?? ''
    const patch: unknown = JSON.parse(await request.text())
    if (contentType.startsWith('application/json-patch+json')) given = jsonPatch(scaleOf(live), patch)
    else if (contentType.includes('merge-patch+json')) given = mergePatch(scaleOf(live), patch)
    else throw unsupportedMediaType(`the body of the request was in an unknown format: ${contentType}`)
  }
  const scale = decodeObject(given, {
    type,
    definition: undefined,
    kind,
    fieldValidation: parseFieldValidation(target.query),
    warn: call.warn,
  }) as KubernetesObject & { spec?: { replicas?: number } }
  const replicas = scale.spec?.replicas ?? 0
  if (replicas < 0) {
    const why = fieldInvalid(new Path('spec.replicas'), replicas, 'must be greater than or equal to 0')
    throw invalid(kind, name, [why])
  }
  const version = scale.metadata?.resourceVersion
  const updated = store.mutate(
    type,
    { namespace, name },
    (draft) => {
      const scalable = draft as Scalable
      scalable.spec = { ...scalable.spec, replicas }
      if (request.method === 'PUT' && version)
        draft.metadata = { ...draft.metadata, resourceVersion: version }
    },
    writeOptions(call),
  )
  if (!updated) throw notFound(type, name)
  return json(scaleOf(updated as Scalable))
}
