// JSON patch, RFC 6902.
import { applyPatch } from 'rfc6902'
import { ApiError, badRequest } from '../api-error.ts'
import { deepCopy } from '../store/deep-equal.ts'

/** Gives a changed copy. Throws 400 for what is no patch, 422 for one that does not apply. */
export function jsonPatch(original: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    )
  const copy = deepCopy(original)
  for (const operation of patch as unknown[]) {
    const [error] = applyPatch(copy, [operation as never])
    if (!error) continue
    // The real server keeps the library's reason to itself (NewGenericServerResponse).
    const why = 'the server rejected our request due to an error in our request'
    throw new ApiError(422, 'Invalid', why, {})
  }
  return copy
}
