// The learner's sandbox that a request is about.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../../contract/errors.ts'
import type { Sandbox } from '../../sandboxes/sandbox.ts'
import { learnerOf } from '../identity.ts'
import type { Services } from '../services.ts'
import { lessonParamsSchema, slugOf } from './lesson-params.ts'

/** Throws AppError SANDBOX_NOT_READY where the learner has none open for the lesson. */
export function sandboxOf(request: FastifyRequest, { catalog, sandboxes }: Services): Sandbox {
  const lesson = catalog.get(slugOf(lessonParamsSchema.parse(request.params)))
  const sandbox = sandboxes.find(learnerOf(request), lesson.slug)
  if (sandbox) return sandbox
  throw new AppError('SANDBOX_NOT_READY', `No sandbox is open for ${lesson.slug}.`, {
    hint: 'Open the lesson first.',
  })
}
