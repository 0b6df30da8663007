// Which resources the server has, and which of them an argument means.
// Source: client-go/discovery, restmapper (shortcuts, categories), apimachinery/pkg/api/meta (priorities).
import type { Client } from './client.ts'
import { CliError } from './errors.ts'
import { at, listAt, textAt, type Unstructured } from './object.ts'

export interface ResourceMapping {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
  /** Whether this is the version that the server prefers in its group. */
  readonly preferred: boolean
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

export class Discovery {
  readonly #client: Client
  #all: Promise<readonly ResourceMapping[]> | undefined

  constructor(client: Client) {
    this.#client = client
  }

  /** In the order of the server: the core group first. */
  all(): Promise<readonly ResourceMapping[]> {
    this.#all ??= this.#load()
    return this.#all
  }

  async #load(): Promise<readonly ResourceMapping[]> {
    const [core, groups] = await Promise.all([
      this.#client.json('/api', { accept: aggregated }),
      this.#client.json('/apis', { accept: aggregated }),
    ])
    return [...(await this.#group(core, true)), ...(await this.#group(groups, false))]
  }

  async #group(document: Unstructured, core: boolean): Promise<ResourceMapping[]> {
    if (document.kind === 'APIGroupDiscoveryList') return listAt(document, 'items').flatMap(fromAggregated)
    const paths = core
      ? [{ path: '/api/v1', preferred: true }]
      : listAt(document, 'groups').flatMap((group) =>
          listAt(group, 'versions').map((version) => ({
            path: `/apis/${textAt(version, 'groupVersion')}`,
            preferred: textAt(version, 'groupVersion') === textAt(group, 'preferredVersion', 'groupVersion'),
          })),
        )
    const lists = await Promise.all(
      paths.map(async ({ path, preferred }) => fromResourceList(await this.#client.json(path), preferred)),
    )
    return lists.flat()
  }

  /** Every resource in a category (`all`), preferred versions only. */
  async category(name: string): Promise<ResourceMapping[]> {
    return (await this.all()).filter(
      (mapping) => mapping.preferred && mapping.categories.includes(name) && mapping.verbs.includes('list'),
    )
  }

  /** What `pods`, `po`, `Pod`, `deployments.apps` or `deployments.v1.apps` means. */
  async resource(argument: string): Promise<ResourceMapping> {
    const found = await this.find(argument)
    if (found) return found
    const [resource, ...group] = argument.split('.')
    const where = group.length > 0 ? ` in group "${group.join('.')}"` : ''
    throw new CliError(`the server doesn't have a resource type "${resource}"${where}`)
  }

  async find(argument: string): Promise<ResourceMapping | undefined> {
    const all = await this.all()
    const lower = argument.toLowerCase()
    const dot = lower.indexOf('.')
    const word = dot < 0 ? lower : lower.slice(0, dot)
    const rest = dot < 0 ? '' : lower.slice(dot + 1)
    const named = (mapping: ResourceMapping) => mapping.plural === word || mapping.singular === word
    const short = (mapping: ResourceMapping) => mapping.shortNames.includes(word)
    const kind = (mapping: ResourceMapping) => mapping.kind.toLowerCase() === word
    for (const matches of [named, short, kind]) {
      const candidates = all.filter(matches)
      if (rest === '') {
        const found = candidates.find((mapping) => mapping.preferred) ?? candidates[0]
        if (found) return found
        continue
      }
      const exact = candidates.find((mapping) => {
        const withVersion = mapping.group === '' ? mapping.version : `${mapping.version}.${mapping.group}`
        return rest === withVersion || rest === `${withVersion}.`
      })
      const inGroup = candidates.filter((mapping) => mapping.group !== '' && mapping.group.startsWith(rest))
      const found = exact ?? inGroup.find((mapping) => mapping.preferred) ?? inGroup[0]
      if (found) return found
    }
    return undefined
  }

  async kind(apiVersion: string, kind: string): Promise<ResourceMapping | undefined> {
    return (await this.all()).find((mapping) => mapping.kind === kind && apiVersionOf(mapping) === apiVersion)
  }

  /** As `kind`, by group, whatever the version. */
  async kindInGroup(group: string, kind: string): Promise<ResourceMapping | undefined> {
    const all = await this.all()
    const matches = all.filter((mapping) => mapping.kind === kind && mapping.group === group)
    return matches.find((mapping) => mapping.preferred) ?? matches[0]
  }
}

export function apiVersionOf(mapping: Pick<ResourceMapping, 'group' | 'version'>): string {
  return mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`
}

/** `/api/v1/namespaces/demo/pods/web-0/log` */
export function pathOf(
  mapping: Pick<ResourceMapping, 'group' | 'version' | 'plural' | 'namespaced'>,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const root = mapping.group === '' ? `/api/${mapping.version}` : `/apis/${mapping.group}/${mapping.version}`
  const scope = mapping.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const end = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${root}${scope}/${mapping.plural}${end}${subresource ? `/${subresource}` : ''}`
}

/** `deployments.apps`, `pods` */
export function groupResource(mapping: ResourceMapping): string {
  return mapping.group === '' ? mapping.plural : `${mapping.plural}.${mapping.group}`
}

/** `deployment.apps`, `pod`: what stands before `/name` in kubectl's output. */
export function kindName(mapping: Pick<ResourceMapping, 'group' | 'kind'>): string {
  const kind = mapping.kind.toLowerCase()
  return mapping.group === '' ? kind : `${kind}.${mapping.group}`
}

function fromAggregated(item: Record<string, unknown>): ResourceMapping[] {
  const group = textAt(item, 'metadata', 'name') ?? ''
  return listAt(item, 'versions').flatMap((version, index) =>
    listAt(version, 'resources').map((resource) => ({
      group: textAt(resource, 'responseKind', 'group') || group,
      version: textAt(version, 'version') ?? '',
      plural: textAt(resource, 'resource') ?? '',
      singular: textAt(resource, 'singularResource') ?? '',
      kind: textAt(resource, 'responseKind', 'kind') ?? '',
      shortNames: texts(resource.shortNames),
      categories: texts(resource.categories),
      namespaced: resource.scope === 'Namespaced',
      verbs: texts(resource.verbs),
      subresources: listAt(resource, 'subresources').map((sub) => textAt(sub, 'subresource') ?? ''),
      preferred: index === 0,
    })),
  )
}

function fromResourceList(list: Unstructured, preferred: boolean): ResourceMapping[] {
  const groupVersion = textAt(list, 'groupVersion') ?? 'v1'
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
  const resources = listAt(list, 'resources')
  return resources
    .filter((resource) => !(textAt(resource, 'name') ?? '').includes('/'))
    .map((resource) => {
      const plural = textAt(resource, 'name') ?? ''
      return {
        group: group ?? '',
        version: version ?? '',
        plural,
        singular: textAt(resource, 'singularName') || (textAt(resource, 'kind') ?? '').toLowerCase(),
        kind: textAt(resource, 'kind') ?? '',
        shortNames: texts(resource.shortNames),
        categories: texts(resource.categories),
        namespaced: at(resource, 'namespaced') === true,
        verbs: texts(resource.verbs),
        subresources: resources.flatMap((other) => {
          const name = textAt(other, 'name') ?? ''
          return name.startsWith(`${plural}/`) ? [name.slice(plural.length + 1)] : []
        }),
        preferred,
      }
    })
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
