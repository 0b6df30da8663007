// Frames to messages: what does not follow the contract becomes an error that names the place, never an exception.
import { AppError } from '../contract/errors.ts'
import { type ClientMessage, clientMessageSchema, type ServerMessage } from '../contract/socket.ts'
import { limits } from '../contract/workspace.ts'

type ErrorMessage = Extract<ServerMessage, { type: 'error' }>

export type ParsedFrame = { readonly message: ClientMessage } | { readonly error: ErrorMessage }

const knownTypes = clientMessageSchema.options.map((option) => option.shape.type.value)

export function parseFrame(data: Uint8Array, isBinary: boolean): ParsedFrame {
  if (isBinary) {
    return bad('BAD_MESSAGE', 'Binary frames go from server to page only.', 'Send JSON text.')
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch (cause) {
    return bad(
      'BAD_MESSAGE',
      `The frame is not JSON: ${(cause as Error).message}`,
      'Send one JSON object a frame.',
    )
  }
  const requestId = requestIdOf(value)
  if (data.length > limits.messageBytes) {
    return {
      error: {
        ...bad(
          'TOO_LARGE',
          `The message has ${data.length} bytes; at most ${limits.messageBytes} are taken.`,
          `A file may have ${limits.fileBytes} bytes. Split it.`,
        ).error,
        ...requestId,
      },
    }
  }
  const parsed = clientMessageSchema.safeParse(value)
  if (parsed.success) return { message: parsed.data }
  const issue = parsed.error.issues[0]
  const path = issue?.path.map(String).join('.') ?? ''
  const isTooBig = issue?.code === 'too_big' && typeof issue.maximum === 'number' && issue.maximum > 100_000
  const type = (value as { type?: unknown } | null)?.type
  const isUnknown = path === 'type' && !knownTypes.some((known) => known === type)
  return {
    error: {
      type: 'error',
      ...requestId,
      code: isTooBig ? 'TOO_LARGE' : 'BAD_MESSAGE',
      message: isUnknown
        ? `No message has the type ${JSON.stringify(type) ?? 'undefined'}.`
        : `${path === '' ? 'The message' : path}: ${issue?.message ?? 'does not follow the contract'}`,
      hint: isUnknown ? `Types are ${knownTypes.join(', ')}.` : 'contract/socket.ts describes every message.',
      path: path || 'type',
    },
  }
}

/** Any error as a message for the page; what is no AppError stays in the log. */
export function errorMessage(error: unknown, requestId?: string): ErrorMessage {
  const known =
    error instanceof AppError
      ? error
      : new AppError('INTERNAL', 'Something broke on the server.', { cause: error })
  return {
    type: 'error',
    ...(requestId === undefined ? {} : { requestId }),
    code: known.code,
    message: known.message,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
  }
}

function bad(code: ErrorMessage['code'], message: string, hint: string): { readonly error: ErrorMessage } {
  return { error: { type: 'error', code, message, hint } }
}

function requestIdOf(value: unknown): { requestId?: string } {
  const id = (value as { requestId?: unknown } | null)?.requestId
  return typeof id === 'string' && id.length > 0 && id.length <= 64 ? { requestId: id } : {}
}
