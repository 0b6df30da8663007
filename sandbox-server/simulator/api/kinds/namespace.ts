// Namespace. Source: pkg/registry/core/namespace/strategy.go, pkg/apis/core/v1/defaults.go (SetDefaults_Namespace).
import type { Namespace } from '../../../contract/kubernetes.ts'
import type { Strategy } from '../strategy.ts'
import { nameIsDnsLabel } from '../validation/content.ts'
import { validateObjectMeta } from '../validation/object-meta.ts'

export const namespaceStrategy: Strategy<Namespace> = {
  defaultObject(namespace) {
    const { metadata } = namespace
    if (!metadata?.name) return
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
  },
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' }
    const finalizers = namespace.spec?.finalizers ?? []
    namespace.spec = {
      ...namespace.spec,
      finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'],
    }
  },
  prepareForUpdate(namespace, old, { subresource }) {
    if (subresource !== 'finalize' && old.spec) namespace.spec = old.spec
  },
  validateObject: (namespace) => validateObjectMeta(namespace.metadata, false, nameIsDnsLabel),
  selectableFields: ['status.phase', 'name'],
}
