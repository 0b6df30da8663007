// What a person reads when the server could not keep something: that it was not saved, and why.
import { AppError } from '../contract/errors.ts'

/** `what` begins the sentence: `web.yaml`. */
export function notSaved(what: string, cause: unknown): AppError {
  if (cause instanceof AppError && cause.code === 'NOT_SAVED') return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError('NOT_SAVED', `${what} was NOT saved: ${why}.`, {
    hint: "The server's disk may be full; whoever runs it can make room. Save again then: nothing on this page is lost.",
    cause,
  })
}
