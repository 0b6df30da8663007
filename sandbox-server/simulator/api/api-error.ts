// What the API server answers when it refuses: a metav1.Status in upstream's words.
// Source: k8s.io/apimachinery/pkg/api/errors/errors.go.
import type { Status } from '../../contract/kubernetes.ts'
import { type FieldError, fieldErrorBody } from './field-error.ts'

type Details = NonNullable<Status['details']>

/** The part of a ResourceType that messages name. */
export interface GroupResource {
  readonly group: string
  readonly plural: string
}

/** A refusal. `status` is what crosses the wire, `message` its message. */
export class ApiError extends Error {
  readonly status: Status
  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message)
    this.name = 'ApiError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      ...(message === '' ? {} : { message }),
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }

  get code(): number {
    return this.status.code ?? 500
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** `deployments.apps`, `pods`. */
export function qualifiedResource(resource: GroupResource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

function named(resource: GroupResource, name: string): Details {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  }
}

export function notFound(resource: GroupResource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} ${JSON.stringify(name)} not found`
  return new ApiError(404, 'NotFound', message, named(resource, name))
}

/** The path itself is unknown. */
export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function alreadyExists(resource: GroupResource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} ${JSON.stringify(name)} already exists`
  return new ApiError(409, 'AlreadyExists', message, named(resource, name))
}

export function conflict(resource: GroupResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(resource)} ${JSON.stringify(name)}: ${why}`
  return new ApiError(409, 'Conflict', message, named(resource, name))
}

/** The stale resourceVersion, in the words of apiserver's registry/generic/registry/store.go. */
export function staleObject(resource: GroupResource, name: string): ApiError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )
}

export function forbidden(resource: GroupResource, name: string, why: string): ApiError {
  const what = qualifiedResource(resource)
  const message =
    name === '' ? `${what} is forbidden: ${why}` : `${what} ${JSON.stringify(name)} is forbidden: ${why}`
  return new ApiError(403, 'Forbidden', message, named(resource, name))
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

export function methodNotAllowed(resource: GroupResource, action: string): ApiError {
  const message = `${action} is not supported on resources of kind "${qualifiedResource(resource)}"`
  return new ApiError(405, 'MethodNotAllowed', message, named(resource, ''))
}

/** The answer to a method that a path does not know. */
export function methodUnknown(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )
}

export function gone(message: string): ApiError {
  return new ApiError(410, 'Expired', message)
}

export function tooManyRequests(message: string, details: Details = {}): ApiError {
  return new ApiError(429, 'TooManyRequests', message, details)
}

export function internalError(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

export function unsupportedMediaType(message: string): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', message)
}

export function tooLarge(message: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', message)
}

/** 422 with a cause an error. `kind` as in `Deployment.apps`. */
export function invalid(
  type: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const causes = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorBody(error),
    field: error.field,
  }))
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  const messages = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))]
  const listed = messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`
  return new ApiError(422, 'Invalid', `${kind} ${goQuote(name)} is invalid: ${listed}`, {
    ...(name === '' ? {} : { name }),
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.kind,
    causes,
  })
}

function goQuote(text: string): string {
  return JSON.stringify(text)
}

/** 409 of server-side apply, a cause a field that another manager owns. */
export function applyConflict(
  message: string,
  causes: readonly { message: string; field: string }[],
): ApiError {
  return new ApiError(409, 'Conflict', message, {
    causes: causes.map((cause) => ({ reason: 'FieldManagerConflict', ...cause })),
  })
}

/** metav1.Status of a success, as DELETE answers. */
export function success(details: Details): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}
