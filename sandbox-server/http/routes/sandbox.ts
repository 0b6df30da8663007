// Opening a lesson's sandbox, and the kubeconfig of its cluster for the learner's own kubectl.
import { z } from 'zod'
import { clusterChoicesSchema, openSandboxSchema, sandboxBodySchema } from '../../contract/rest.ts'
import { noteVisit } from '../../sandboxes/note-visit.ts'
import { learnerOf } from '../identity.ts'
import type { Api, Services } from '../services.ts'
import { errorResponses, lessonParamsSchema, slugOf } from './lesson-params.ts'
import { sandboxOf } from './sandbox-of.ts'

export function sandboxRoutes(app: Api, services: Services): void {
  const { catalog, sandboxes } = services
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
      await noteVisit({ learner, lesson: lesson.slug }, services)
      const sandbox = await sandboxes.open(learner, lesson, request.body?.provider)
      sandbox.touch()
      return { sandbox: sandbox.state }
    },
  )

  app.get(
    '/api/v1/lessons/:chapter/:lesson/clusters',
    {
      schema: {
        summary:
          'What the cluster of a lesson can be made of, how long each takes, and why one cannot be had',
        tags: ['sandbox'],
        params: lessonParamsSchema,
        response: { 200: clusterChoicesSchema, ...errorResponses },
      },
    },
    async (request) => {
      const lesson = catalog.get(slugOf(request.params))
      return { choices: await sandboxes.choices(learnerOf(request), lesson) }
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
