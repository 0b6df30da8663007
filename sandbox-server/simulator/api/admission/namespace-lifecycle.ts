// Nothing is created in a namespace that does not exist or is going away.
// Source: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
import type { ObjectMeta } from '../../../contract/kubernetes.ts'
import { ApiError, notFound } from '../api-error.ts'
import type { Objects, ResourceType } from '../objects.ts'
import { namespaces } from '../resources.ts'

const reviews = new Set(['localsubjectaccessreviews'])

export function checkNamespace(objects: Objects, type: ResourceType, metadata: ObjectMeta): void {
  const name = metadata.namespace
  if (!type.namespaced || name === undefined || reviews.has(type.plural)) return
  const namespace = objects.get(namespaces, { name })
  if (!namespace) throw notFound(namespaces, name)
  if (!namespace.metadata.deletionTimestamp && namespace.status?.phase !== 'Terminating') return
  const what = type.group === '' ? type.plural : `${type.plural}.${type.group}`
  const object = metadata.name ? `${what} ${JSON.stringify(metadata.name)}` : what
  const message = `${object} is forbidden: unable to create new content in namespace ${name} because it is being terminated`
  throw new ApiError(403, 'Forbidden', message, {
    ...(metadata.name ? { name: metadata.name } : {}),
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.plural,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${name} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  })
}
