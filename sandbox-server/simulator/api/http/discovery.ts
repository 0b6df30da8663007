// Discovery: aggregated (v2) and group by group, from the registry, so that custom resources appear.
// Source: apiserver/pkg/endpoints/discovery, recorded answers of a real server.
import recorded from '../data/discovery.generated.json' with { type: 'json' }
import type { ResourceType } from '../objects.ts'
import type { ResourceRegistry } from '../resource-registry.ts'
import { apiVersionOf } from '../resources.ts'
import { json } from './respond.ts'

const aggregatedType = /application\/json;[^,]*\bas=APIGroupDiscoveryList/
const aggregatedHeader = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function customGroups(registry: ResourceRegistry) {
  const groups = new Map<string, Map<string, ResourceType[]>>()
  for (const type of registry.custom()) {
    const versions = groups.get(type.group) ?? new Map<string, ResourceType[]>()
    groups.set(type.group, versions)
    versions.set(type.version, [...(versions.get(type.version) ?? []), type])
  }
  return [...groups].map(([name, versions]) => ({
    metadata: { name },
    versions: [...versions].map(([version, types]) => ({
      freshness: 'Current',
      resources: types.map((type) => ({
        resource: type.plural,
        responseKind: { group: type.group, kind: type.kind, version: type.version },
        scope: type.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: type.singular,
        ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
        ...(type.categories.length > 0 ? { categories: type.categories } : {}),
        verbs: type.verbs,
        ...(type.subresources.length > 0
          ? {
              subresources: type.subresources.map((subresource) => ({
                subresource,
                responseKind: { group: type.group, kind: type.kind, version: type.version },
                verbs: ['get', 'patch', 'update'],
              })),
            }
          : {}),
      })),
      version,
    })),
  }))
}

interface RecordedGroup {
  metadata: { name?: string }
  versions: { version: string; resources: RecordedResource[] }[]
}
interface RecordedResource {
  resource: string
  responseKind?: { group: string; kind: string; version: string }
  scope?: string
  singularResource?: string
  shortNames?: string[]
  categories?: string[]
  verbs: string[]
  subresources?: {
    subresource: string
    responseKind?: { group: string; kind: string; version: string }
    verbs: string[]
  }[]
}

function groupsOf(registry: ResourceRegistry): RecordedGroup[] {
  return [
    ...(recorded['/apis'].items as RecordedGroup[]),
    ...(customGroups(registry) as unknown as RecordedGroup[]),
  ]
}

/** Undefined where the path is not one of discovery's. */
export function discoveryResponse(
  request: Request,
  path: string,
  registry: ResourceRegistry,
): Response | undefined {
  const wantsAggregated = aggregatedType.test(request.headers.get('accept') ?? '')
  if (path === '/api' || path === '/apis') {
    if (wantsAggregated) {
      const items = path === '/api' ? recorded['/api'].items : groupsOf(registry)
      const body = {
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        metadata: {},
        items,
      }
      return json(body, 200, { 'content-type': aggregatedHeader, vary: 'Accept' })
    }
    if (path === '/api') {
      return json({
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '172.18.0.2:6443' }],
      })
    }
    return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(registry).map(groupOf) })
  }
  if (path === '/api/v1') return json(resourceList(recorded['/api'].items[0] as RecordedGroup, 'v1'))
  const match = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path)
  const group = match && groupsOf(registry).find((one) => one.metadata.name === match[1])
  if (!group) return undefined
  if (match[2] === undefined) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) })
  return group.versions.some((one) => one.version === match[2])
    ? json(resourceList(group, match[2]))
    : undefined
}

function groupOf(group: RecordedGroup) {
  const name = group.metadata.name ?? ''
  const versions = group.versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

function resourceList(group: RecordedGroup, version: string) {
  const own = group.versions.find((one) => one.version === version)
  const groupVersion = apiVersionOf({ group: group.metadata.name ?? '', version })
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: (own?.resources ?? []).flatMap((resource) => [
      {
        name: resource.resource,
        singularName: resource.singularResource ?? '',
        namespaced: resource.scope === 'Namespaced',
        kind: resource.responseKind?.kind ?? '',
        verbs: resource.verbs,
        ...(resource.shortNames ? { shortNames: resource.shortNames } : {}),
        ...(resource.categories ? { categories: resource.categories } : {}),
      },
      ...(resource.subresources ?? []).map((part) => ({
        name: `${resource.resource}/${part.subresource}`,
        singularName: '',
        namespaced: resource.scope === 'Namespaced',
        ...(part.responseKind?.group ? { group: part.responseKind.group } : {}),
        ...(part.responseKind?.version ? { version: part.responseKind.version } : {}),
        kind: part.responseKind?.kind ?? '',
        verbs: part.verbs,
      })),
    ]),
  }
}
