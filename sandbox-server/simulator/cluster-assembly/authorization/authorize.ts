// Lets a request through to the API where the sender's roles allow it, and answers the reviews that ask about it: `kubectl auth can-i`,
// `kubectl auth whoami`.
import { ApiError } from '../../api/api-error.ts'
import type { ApiHandler } from '../../api/handler.ts'
import { readPlain } from '../../api/http/body.ts'
import { parseResourcePath, type ResourceRequest } from '../../api/http/request-info.ts'
import { errorResponse, json } from '../../api/http/respond.ts'
import type { ObjectStore } from '../../api/object-store.ts'
import { timestamp } from '../../api/store/deep-equal.ts'
import { administrator, impersonated } from './identity.ts'
import { type Attributes, allowedBy, type User } from './rbac.ts'

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Everybody may ask what they are and may do, and discover (system:basic-user, system:discovery). */
export function authorized(store: ObjectStore, handle: ApiHandler, sender: User): ApiHandler {
  return async (request) => {
    const user = (sender === administrator && impersonated(request)) || sender
    const url = new URL(request.url)
    const target = parseResourcePath(url, store.registry)
    try {
      if (target && request.method === 'POST' && target.type.group.startsWith('auth')) {
        return (await review(store, request, target, user)) ?? (await handle(request))
      }
      if (user !== administrator) {
        const attributes = attributesOf(request, url, target)
        if (!allowedBy(store, user, attributes)) throw refusal(user, attributes)
      }
    } catch (error) {
      return errorResponse(error)
    }
    return handle(request)
  }
}

function attributesOf(request: Request, url: URL, target: ResourceRequest | undefined): Attributes {
  const verb = verbs[request.method] ?? request.method.toLowerCase()
  if (!target) return { verb, path: url.pathname }
  const many = target.name === undefined
  const listing = target.isWatch ? 'watch' : many ? 'list' : 'get'
  return {
    verb: verb === 'get' ? listing : verb === 'delete' && many ? 'deletecollection' : verb,
    group: target.type.group,
    resource: target.subresource ? `${target.type.plural}/${target.subresource}` : target.type.plural,
    namespace: target.namespace,
    name: target.name,
  }
}

function refusal(user: User, attributes: Attributes): ApiError {
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`
  if ('path' in attributes) {
    return new ApiError(403, 'Forbidden', `forbidden: ${who} path ${JSON.stringify(attributes.path)}`, {})
  }
  const { group, resource, namespace, name } = attributes
  const [plural = ''] = resource.split('/')
  const what = `${plural}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${JSON.stringify(name)}`}`
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  return new ApiError(
    403,
    'Forbidden',
    `${what} is forbidden: ${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`,
    { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural },
  )
}

interface ReviewSpec {
  user?: string
  groups?: string[]
  resourceAttributes?: {
    verb?: string
    group?: string
    resource?: string
    subresource?: string
    namespace?: string
    name?: string
  }
  nonResourceAttributes?: { verb?: string; path?: string }
}

/** Undefined for reviews that are left to the API (of tokens, of rules). */
async function review(
  store: ObjectStore,
  request: Request,
  { type }: ResourceRequest,
  user: User,
): Promise<Response | undefined> {
  const isSelf = type.plural === 'selfsubjectaccessreviews'
  if (type.plural !== 'selfsubjectreviews' && !type.plural.endsWith('subjectaccessreviews')) return undefined
  const body = (await readPlain(request.clone())) as { spec?: ReviewSpec; metadata?: object } | undefined
  const head = {
    kind: type.kind,
    apiVersion: `${type.group}/${type.version}`,
    metadata: { ...body?.metadata, creationTimestamp: timestamp(store.clock.now()) },
  }
  if (type.plural === 'selfsubjectreviews') {
    return json({ ...head, status: { userInfo: { username: user.name, groups: user.groups } } }, 201)
  }
  const spec = body?.spec ?? {}
  const asked: User = isSelf ? user : { name: spec.user ?? '', groups: spec.groups ?? [] }
  const reason = allowedBy(store, asked, reviewed(spec))
  return json(
    { ...head, spec, status: reason === undefined ? { allowed: false } : { allowed: true, reason } },
    201,
  )
}

function reviewed({ resourceAttributes: resource, nonResourceAttributes: path }: ReviewSpec): Attributes {
  if (!resource) return { verb: path?.verb ?? '', path: path?.path ?? '' }
  const plural = resource.resource ?? ''
  return {
    verb: resource.verb ?? '',
    group: resource.group ?? '',
    resource: resource.subresource ? `${plural}/${resource.subresource}` : plural,
    namespace: resource.namespace === '' ? undefined : resource.namespace,
    name: resource.name === '' ? undefined : resource.name,
  }
}
