// What a request's URL asks for. Source: apiserver/pkg/endpoints/request/requestinfo.go.
import type { ResourceType } from '../objects.ts'
import type { ResourceRegistry } from '../resource-registry.ts'

export interface ResourceRequest {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** Path behind `/proxy/`. */
  readonly rest: string
  readonly query: URLSearchParams
  readonly isWatch: boolean
}

/** Undefined where the path names no resource that is served. */
export function parseResourcePath(url: URL, registry: ResourceRegistry): ResourceRequest | undefined {
  const parts = url.pathname.split('/').filter((part) => part !== '')
  const isCore = parts[0] === 'api'
  if (!isCore && parts[0] !== 'apis') return undefined
  const group = isCore ? '' : (parts[1] ?? '')
  const version = isCore ? (parts[1] ?? '') : (parts[2] ?? '')
  let rest = parts.slice(isCore ? 2 : 3).map(decodeURIComponent)
  let isWatch = isTrue(url.searchParams.get('watch'))
  if (rest[0] === 'watch') {
    isWatch = true
    rest = rest.slice(1)
  }
  let namespace: string | undefined
  if (rest[0] === 'namespaces' && rest.length > 2 && !isNamespacePart(rest)) {
    namespace = rest[1]
    rest = rest.slice(2)
  }
  const [plural, name, subresource, ...below] = rest
  const type = plural === undefined ? undefined : registry.find(group, version, plural)
  if (!type || (namespace !== undefined && !type.namespaced)) return undefined
  if (subresource !== undefined && !type.subresources.includes(subresource)) return undefined
  return { type, namespace, name, subresource, rest: below.join('/'), query: url.searchParams, isWatch }
}

function isNamespacePart(rest: readonly string[]): boolean {
  return rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize')
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0'
}
