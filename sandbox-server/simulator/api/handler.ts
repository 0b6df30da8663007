// The Kubernetes API over standard Request and Response: routes a request to what answers it and turns refusals into Status
// objects. The same handler serves HTTPS, calls within the process and a web worker.
import type { PodStreams } from '../node/process.ts'
import { awaitDefaultServiceAccount } from './admission/await-service-account.ts'
import { ApiError, methodNotAllowed, methodUnknown, noSuchPath } from './api-error.ts'
import { discoveryResponse } from './http/discovery.ts'
import { healthResponse } from './http/health.ts'
import { openApiResponse } from './http/openapi.ts'
import { getObject, listObjects } from './http/read.ts'
import { deleteCollection, deleteObject } from './http/remove.ts'
import { parseResourcePath, type ResourceRequest } from './http/request-info.ts'
import { errorResponse, json, withWarnings } from './http/respond.ts'
import { subresourceResponse } from './http/subresources.ts'
import { watchObjects } from './http/watch.ts'
import { createObject, patchObject, replaceObject } from './http/write.ts'
import type { ObjectStore } from './object-store.ts'

export interface ApiHandlerOptions {
  readonly store: ObjectStore
  /** Logs of containers; without them `pods/log` answers 503. */
  readonly streams?: PodStreams | undefined
  /** GET /api/v1/nodes/NAME/proxy and services/NAME/proxy, where somebody answers them. */
  readonly proxy?: ((request: Request, target: ResourceRequest) => Promise<Response> | undefined) | undefined
}

/** One request on its way through the handler. */
export interface Call {
  readonly store: ObjectStore
  readonly streams: PodStreams | undefined
  readonly request: Request
  readonly target: ResourceRequest
  readonly warn: (message: string) => void
}

export type ApiHandler = (request: Request) => Promise<Response>

export function createApiHandler(options: ApiHandlerOptions): ApiHandler {
  return async (request) => {
    const warnings: string[] = []
    try {
      return withWarnings(await route(options, request, warnings), warnings)
    } catch (error) {
      return withWarnings(errorResponse(error), warnings)
    }
  }
}

async function route(options: ApiHandlerOptions, request: Request, warnings: string[]): Promise<Response> {
  const { store, streams, proxy } = options
  const url = new URL(request.url)
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : url.pathname
  const target = parseResourcePath(url, store.registry)
  if (!target) {
    const found =
      healthResponse(path, url.searchParams) ??
      discoveryResponse(request, path, store.registry) ??
      (await openApiResponse(path, store.registry))
    if (found) return request.method === 'GET' ? found : reject(methodUnknown())
    if (path === '/')
      return json({ paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] })
    throw noSuchPath()
  }
  if (target.subresource === 'proxy') {
    const answer = proxy?.(request, target)
    if (answer) return answer
    throw new ApiError(
      503,
      'ServiceUnavailable',
      'this simulated API server does not proxy to nodes and Services',
    )
  }
  const warn = (message: string) => warnings.push(message)
  const call: Call = { store, streams, request, target, warn }
  if (target.type.group === '' && target.type.plural === 'endpoints') {
    warn('v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice')
  }
  const special = await subresourceResponse(call)
  if (special) return special
  if (isNewPod(call)) await awaitDefaultServiceAccount(store, store.clock, target.namespace ?? '')
  return dispatch(call)
}

/** A pod may come by POST, or by a server-side apply. */
function isNewPod({ request, target, store }: Call): boolean {
  if (target.type.group !== '' || target.type.plural !== 'pods') return false
  if (request.method === 'POST') return true
  const { namespace, name } = target
  return request.method === 'PATCH' && name !== undefined && !store.get(target.type, { namespace, name })
}

function reject(error: ApiError): never {
  throw error
}

function dispatch(call: Call): Promise<Response> | Response {
  const { request, target } = call
  const { type, name, isWatch } = target
  const requires = (verb: string) => {
    if (!type.verbs.includes(verb)) throw methodNotAllowed(type, verb === 'create' ? 'create' : verb)
  }
  if (name === undefined) {
    switch (request.method) {
      case 'GET':
        requires(isWatch ? 'watch' : 'list')
        return isWatch ? watchObjects(call) : listObjects(call)
      case 'POST':
        requires('create')
        return createObject(call)
      case 'DELETE':
        requires('deletecollection')
        return deleteCollection(call)
    }
  } else {
    switch (request.method) {
      case 'GET':
        requires('get')
        return isWatch ? watchObjects(call) : getObject(call)
      case 'PUT':
        requires('update')
        return replaceObject(call)
      case 'PATCH':
        requires('patch')
        return patchObject(call)
      case 'DELETE':
        requires('delete')
        return deleteObject(call)
    }
  }
  throw methodUnknown()
}
