// Why the API refused a write, read from the Status that its error carries.
import type { Status } from '../../../contract/kubernetes.ts'

function statusOf(error: unknown): Partial<Status> | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  const { status } = error
  return typeof status === 'object' && status !== null ? status : undefined
}

export function isRefusal(error: unknown, reason: 'AlreadyExists' | 'Conflict' | 'NotFound'): boolean {
  return statusOf(error)?.reason === reason
}

/** Creation in a namespace that is going: there is nothing to report, it will go on failing. */
export function isNamespaceTerminating(error: unknown): boolean {
  return statusOf(error)?.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
