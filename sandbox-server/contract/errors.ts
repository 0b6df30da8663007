// The one table of error codes: what went wrong in words a person understands, and the HTTP status it maps to.

export const errorCodes = {
  BAD_MESSAGE: { status: 400, title: 'The message does not follow the contract' },
  BAD_REQUEST: { status: 400, title: 'The request does not follow the contract' },
  UNAUTHENTICATED: { status: 401, title: 'No valid session' },
  FORBIDDEN_ORIGIN: { status: 403, title: 'The page was served by another site' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  CONFLICT: { status: 409, title: 'Changed by somebody else meanwhile' },
  TOO_LARGE: { status: 413, title: 'Too large' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  SANDBOX_NOT_READY: { status: 409, title: 'The sandbox is not ready' },
  QUEUE_FULL: { status: 503, title: 'The queue for sandboxes is full' },
  PROVIDER_FAILED: { status: 502, title: 'The cluster could not be made' },
  LESSON_BROKEN: { status: 500, title: 'The lesson cannot be read' },
  VERSION_MISMATCH: { status: 409, title: 'The page is older than the server; reload it' },
  NOT_SAVED: { status: 507, title: 'The server could not save it' },
  INTERNAL: { status: 500, title: 'Something broke on the server' },
} as const

export type ErrorCode = keyof typeof errorCodes

/** A broken operation. `message` says what happened and `hint` what to do next; both are shown to the person. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  /** What the tool that failed printed, for whoever wants to see it. */
  readonly log: string | undefined
  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; log?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint
    this.log = options.log
  }
}
