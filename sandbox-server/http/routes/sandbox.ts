// Opening a lesson's sandbox, and the kubeconfig of its cluster for the learner's own kubectl.
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { openSandboxSchema, sandboxBodySchema } from '../../contract/rest.ts'
import { learnerOf } from '../identity.ts'
import type { Api, Services } from '../services.ts'
import { errorResponses, lessonParamsSchema, slugOf } from './lesson-params.ts'
import { sandboxOf } from './sandbox-of.ts'

export function sandboxRoutes(app: Api, services: Services): void {
  const { store, catalog, sandboxes, timers } = services
  app.post(
    '/api/v1/lessons/:chapter/:lesson/sandbox',
    {
      schema: {
        summary: "Opens the learner's sandbox for a lesson, or finds the one that is open",
        tags: ['sandbox'],
        params: lessonParamsSchema,
        body: openSandboxSchema.nullish(),
        response: { 200: sandboxBodySchema, ...errorResponses },
      },
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
    },
    async (request) => {
      const lesson = catalog.get(slugOf(request.params))
      const learner = learnerOf(request)
      const now = timers.now()
      await store.learners.touch(learner, now)
      await store.progress.opened({ learner, lesson: lesson.slug }, now)
      const sandbox = await sandboxes.open(learner, lesson)
      sandbox.touch()
      const wanted = request.body?.provider
      if (wanted !== undefined && wanted !== sandbox.state.provider) {
        throw new AppError(
          'BAD_REQUEST',
          `This server's clusters are ${sandbox.state.provider}, not ${wanted}.`,
          {
            hint: 'Leave provider out.',
          },
        )
      }
      return { sandbox: sandbox.state }
    },
  )

  app.get(
    '/api/v1/lessons/:chapter/:lesson/kubeconfig',
    {
      schema: {
        summary: "A kubeconfig for the sandbox's cluster, for kubectl on the machine that runs the server",
        tags: ['sandbox'],
        params: lessonParamsSchema,
        response: { 200: z.string(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const sandbox = sandboxOf(request, services)
      const kubeconfig = await sandbox.cluster.kubeconfig()
      sandbox.touch()
      return reply
        .type('application/yaml')
        .serializer(String)
        .header('content-disposition', `attachment; filename="fairlead-${request.params.lesson}.kubeconfig"`)
        .header('cache-control', 'no-store')
        .send(kubeconfig)
    },
  )
}
