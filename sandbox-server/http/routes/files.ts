// The workspace as a zip to take away, and files dropped into it.
import { z } from 'zod'
import { limits, workspaceFileSchema, workspacePathSchema } from '../../contract/workspace.ts'
import type { Api, Services } from '../services.ts'
import { createZip } from '../zip.ts'
import { errorResponses, lessonParamsSchema } from './lesson-params.ts'
import { sandboxOf } from './sandbox-of.ts'

const uploadSchema = z.strictObject({
  files: z
    .array(z.strictObject({ path: workspacePathSchema, content: z.string().max(limits.fileBytes) }))
    .min(1)
    .max(limits.files),
})
const uploadedSchema = z.strictObject({ files: z.array(workspaceFileSchema) })

export function fileRoutes(app: Api, services: Services): void {
  app.get(
    '/api/v1/lessons/:chapter/:lesson/files.zip',
    {
      schema: {
        summary: "The workspace's files as a zip archive",
        tags: ['files'],
        params: lessonParamsSchema,
        response: { 200: z.instanceof(Uint8Array), ...errorResponses },
      },
    },
    async (request, reply) => {
      const files = sandboxOf(request, services).cluster.workspace.list()
      const zip = createZip(files, new Date(services.timers.now()))
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="fairlead-${request.params.lesson}.zip"`)
        .header('cache-control', 'no-store')
        .send(zip)
    },
  )

  app.post(
    '/api/v1/lessons/:chapter/:lesson/files',
    {
      schema: {
        summary: 'Puts files into the workspace, replacing those of the same path',
        tags: ['files'],
        params: lessonParamsSchema,
        body: uploadSchema,
        response: { 200: uploadedSchema, ...errorResponses },
      },
      bodyLimit: limits.workspaceBytes,
    },
    async (request) => {
      const sandbox = sandboxOf(request, services)
      const files = []
      for (const { path, content } of request.body.files) {
        files.push(await sandbox.writeFile(path, content, Number.MAX_SAFE_INTEGER, 'upload'))
      }
      sandbox.touch()
      return { files }
    },
  )
}
