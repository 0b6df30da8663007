// HTTP answers of the API server: JSON bodies, Status objects, Warning headers.
// Source: apiserver/pkg/endpoints/handlers/responsewriters, apiserver/pkg/warning, apimachinery/pkg/util/net/http.go.
import type { Status } from '../../../contract/kubernetes.ts'
import { ApiError } from '../api-error.ts'

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers },
  })
}

export function text(body: string, status = 200): Response {
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

export function statusResponse(status: Status): Response {
  const retry = status.details?.retryAfterSeconds
  return json(status, status.code ?? 200, retry === undefined ? {} : { 'retry-after': String(retry) })
}

/** An ApiError as its Status; anything else is a bug and says so as an internal error. */
export function errorResponse(error: unknown): Response {
  if (error instanceof ApiError) return statusResponse(error.status)
  const message = error instanceof Error ? error.message : String(error)
  return statusResponse({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  })
}

/** RFC 7234 warning values: `299 - "text"`, the same text once. */
export function withWarnings(response: Response, warnings: readonly string[]): Response {
  for (const warning of new Set(warnings)) {
    const quoted = warning.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')
    response.headers.append('warning', `299 - "${quoted}"`)
  }
  return response
}
