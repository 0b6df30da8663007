// What the learner's checks found, and the solution once they tried.
import { AppError } from '../../contract/errors.ts'
import { attemptsSchema, solutionSchema } from '../../contract/rest.ts'
import { learnerOf } from '../identity.ts'
import type { Api, Services } from '../services.ts'
import { errorResponses, lessonParamsSchema, slugOf } from './lesson-params.ts'

const listed = 50

export function attemptRoutes(app: Api, { store, catalog }: Services): void {
  app.get(
    '/api/v1/lessons/:chapter/:lesson/attempts',
    {
      schema: {
        summary: "The learner's attempts with their evidence, newest first",
        tags: ['attempts'],
        params: lessonParamsSchema,
        response: { 200: attemptsSchema, ...errorResponses },
      },
    },
    async (request) => {
      const lesson = catalog.get(slugOf(request.params)).slug
      const attempts = await store.attempts.list({ learner: learnerOf(request), lesson }, listed)
      return { attempts: [...attempts] }
    },
  )

  app.get(
    '/api/v1/lessons/:chapter/:lesson/solution',
    {
      schema: {
        summary: 'The solution, after the first attempt',
        tags: ['attempts'],
        params: lessonParamsSchema,
        response: { 200: solutionSchema, ...errorResponses },
      },
    },
    async (request) => {
      const lesson = catalog.get(slugOf(request.params))
      if ((await store.attempts.count({ learner: learnerOf(request), lesson: lesson.slug })) === 0) {
        throw new AppError('FORBIDDEN', 'The solution is shown after the first attempt.', {
          hint: 'Press Check once.',
        })
      }
      return { files: lesson.solution.map(({ path, content }) => ({ path, content })) }
    },
  )
}
