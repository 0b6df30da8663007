// The one place where HTTP requests' errors become answers: contract error bodies, with the status of their code.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AppError, type ErrorCode, errorCodes } from '../contract/errors.ts'
import type { Log } from '../platform/log.ts'

interface ErrorAnswer {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
  readonly path?: string | undefined
}

export function handleErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => {
    const answer = answerOf(error)
    if (answer.code === 'INTERNAL') log.error({ err: error, url: request.url }, 'request failed')
    return sendError(reply, answer)
  })
}

export function sendError(reply: FastifyReply, { code, message, hint, path }: ErrorAnswer) {
  return reply
    .code(errorCodes[code].status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({
      error: {
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(path === undefined ? {} : { path }),
      },
    })
}

function answerOf(error: FastifyError | AppError): ErrorAnswer {
  if (error instanceof AppError) return { code: error.code, message: error.message, hint: error.hint }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0]
    const place = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? ''
    const path = [error.validationContext, place]
      .filter((part) => part !== undefined && part !== '')
      .join('.')
    return { code: 'BAD_REQUEST', message: `${path}: ${first?.message ?? 'not as the contract says'}`, path }
  }
  switch (error.statusCode) {
    case 413:
      return { code: 'TOO_LARGE', message: 'The request body is too large.', hint: 'Send less at a time.' }
    case 429:
      return { code: 'RATE_LIMITED', message: error.message, hint: 'Wait a moment, then try again.' }
    case 404:
      return { code: 'NOT_FOUND', message: error.message }
    case 400:
    case 415:
      return { code: 'BAD_REQUEST', message: error.message, hint: 'Bodies are JSON. See /api/openapi.json.' }
    default:
      return { code: 'INTERNAL', message: 'Something broke on the server.', hint: 'Its log says what.' }
  }
}
