// GET /healthz and /readyz: whether the server answers.
import { healthSchema } from '../../contract/rest.ts'
import type { Api, Services } from '../services.ts'

export function healthRoutes(app: Api, { sandboxes, version }: Services): void {
  for (const url of ['/healthz', '/readyz']) {
    app.get(
      url,
      {
        schema: { summary: 'Whether the server answers', tags: ['health'], response: { 200: healthSchema } },
        config: { rateLimit: false },
      },
      async () => ({
        status: 'ok' as const,
        version,
        sandboxes: sandboxes.live,
        clusters: sandboxes.counts(),
      }),
    )
  }
}
