// Which resources one cluster serves: the built-in ones and those that its CustomResourceDefinitions add.
import type { ResourceType } from './objects.ts'
import { type CustomResourceDefinition, resourceTypes } from './resources.ts'

const builtIn = new Map(resourceTypes.map((type) => [`${type.group}/${type.version}/${type.plural}`, type]))
const builtInKinds = new Map(
  resourceTypes
    .filter((type) => type.verbs.length > 0)
    .map((type) => [`${type.group}/${type.version}/${type.kind}`, type]),
)
const customVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** The place of a resource's objects in storage: versions of a resource share one, and both Event resources do. */
export function storageOf(type: Pick<ResourceType, 'group' | 'plural'>): string {
  return type.group === 'events.k8s.io' ? '/events' : `${type.group}/${type.plural}`
}

export class ResourceRegistry {
  readonly #custom = new Map<string, { crd: CustomResourceDefinition; types: ResourceType[] }>()

  find(group: string, version: string, plural: string): ResourceType | undefined {
    return (
      builtIn.get(`${group}/${version}/${plural}`) ??
      this.#customTypes().find((t) => t.group === group && t.version === version && t.plural === plural)
    )
  }

  ofKind(group: string, version: string, kind: string): ResourceType | undefined {
    return (
      builtInKinds.get(`${group}/${version}/${kind}`) ??
      this.#customTypes().find((t) => t.group === group && t.version === version && t.kind === kind)
    )
  }

  all(): readonly ResourceType[] {
    return this.#custom.size === 0 ? resourceTypes : [...resourceTypes, ...this.#customTypes()]
  }

  custom(): readonly ResourceType[] {
    return this.#customTypes()
  }

  /** The definition behind a custom resource. */
  definition(type: Pick<ResourceType, 'group' | 'plural'>): CustomResourceDefinition | undefined {
    return this.#custom.get(`${type.plural}.${type.group}`)?.crd
  }

  define(crd: CustomResourceDefinition): void {
    const { spec } = crd
    if (!spec || !crd.metadata?.name) return
    const types = spec.versions
      .filter((version) => version.served)
      .map((version) => ({
        group: spec.group,
        version: version.name,
        kind: spec.names.kind,
        plural: spec.names.plural,
        singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
        shortNames: spec.names.shortNames ?? [],
        categories: spec.names.categories ?? [],
        namespaced: spec.scope === 'Namespaced',
        verbs: customVerbs,
        subresources: Object.keys(version.subresources ?? {}).sort(),
      }))
    this.#custom.set(crd.metadata.name, { crd, types })
  }

  undefine(name: string): void {
    this.#custom.delete(name)
  }

  #customTypes(): ResourceType[] {
    return [...this.#custom.values()].flatMap((entry) => entry.types)
  }
}
