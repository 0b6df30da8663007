// The learner's progress, and the answers to questions in the lessons' text.
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { lessonSlugSchema } from '../../contract/ids.ts'
import { answerSchema, progressSchema } from '../../contract/rest.ts'
import { learnerOf } from '../identity.ts'
import type { Api, Services } from '../services.ts'
import { errorResponses, lessonParamsSchema, slugOf } from './lesson-params.ts'

const questionParamsSchema = lessonParamsSchema.extend({ id: z.string().regex(/^[a-z0-9-]{1,64}$/) })

export function progressRoutes(app: Api, { store, catalog, timers }: Services): void {
  app.get(
    '/api/v1/progress',
    {
      schema: {
        summary: "The learner's best result and answers of every lesson they opened",
        tags: ['progress'],
        response: { 200: progressSchema, ...errorResponses },
      },
    },
    async (request) => await store.progress.read(learnerOf(request)),
  )

  app.put(
    '/api/v1/lessons/:chapter/:lesson/answers/:id',
    {
      schema: {
        summary: 'Keeps the answer to a prediction or quiz of the text',
        tags: ['progress'],
        params: questionParamsSchema,
        body: answerSchema,
        response: { 204: z.null(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const slug = slugOf(request.params)
      if (!catalog.slugs().includes(slug)) throw new AppError('NOT_FOUND', `There is no lesson ${slug}.`)
      const learner = learnerOf(request)
      await store.learners.touch(learner, timers.now())
      const key = { learner, lesson: lessonSlugSchema.parse(slug) }
      await store.progress.answer(key, request.params.id, request.body.option)
      return reply.code(204).send(null)
    },
  )
}
