// Every kind of object that can be listed and deleted, custom ones included: what the namespace and garbage collectors
// work on.
import type { ResourceType } from '../../api/objects.ts'
import { type CustomResourceDefinition, resourceTypes } from '../../api/resources.ts'

/** One version a resource; Events are left to the core group, where they are the same objects. */
export const builtInResources: readonly ResourceType[] = resourceTypes.filter(
  (type, index) =>
    type.verbs.includes('delete') &&
    type.verbs.includes('list') &&
    type.group !== 'events.k8s.io' &&
    resourceTypes.findIndex((other) => other.group === type.group && other.plural === type.plural) === index,
)

/** The resource that a CustomResourceDefinition makes, in its storage version. */
export function customResource({ spec }: CustomResourceDefinition): ResourceType | undefined {
  const version = spec?.versions.find(({ storage }) => storage)
  if (!spec || !version) return undefined
  return {
    group: spec.group,
    version: version.name,
    kind: spec.names.kind,
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    subresources: [],
  }
}
