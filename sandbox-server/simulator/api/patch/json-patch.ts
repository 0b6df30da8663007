// JSON patch, RFC 6902, with the messages of the library that the real server uses (gopkg.in/evanphx/json-patch).
import { applyPatch } from 'rfc6902'
import { ApiError, badRequest } from '../api-error.ts'
import { deepCopy } from '../store/deep-equal.ts'

interface Operation {
  readonly op: string
  readonly path: string
}

/** Gives a changed copy. Throws 400 for what is no patch, 422 for one that does not apply. */
export function jsonPatch(original: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    )
  const copy = deepCopy(original)
  for (const operation of patch as Operation[]) {
    const [error] = applyPatch(copy, [operation as never])
    if (!error) continue
    const { op, path } = operation
    const why =
      error.name === 'TestError'
        ? `testing value ${path} failed: test failed`
        : error.name === 'MissingError'
          ? op === 'remove'
            ? `remove operation does not apply: doc is missing path: "${path}": missing value`
            : `${op} operation does not apply: doc is missing path: "${path}": missing value`
          : `Unexpected kind: ${op}`
    throw new ApiError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${why}`,
      {},
    )
  }
  return copy
}
