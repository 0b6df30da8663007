// The built site: pages that are always asked for anew, hashed assets that never change, precompressed where possible.
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { readText } from '../platform/files.ts'
import { sendError } from './error-handler.ts'

export async function serveSite(app: FastifyInstance, site: string): Promise<void> {
  const notFoundPage = readText(join(site, '404.html'))
  await app.register(fastifyStatic, {
    root: site,
    preCompressed: true,
    // astro.config.mjs puts everything whose name holds a hash below _assets.
    setHeaders: (response, path) => {
      const isHashed = path.includes('/_assets/')
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
    // Without this a missing folder index would list nothing and answer 403.
    redirect: true,
    wildcard: true,
  })
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && (request.headers.accept?.includes('text/html') ?? false)
    if (isPage && notFoundPage !== undefined && !request.url.startsWith('/api/')) {
      return reply
        .code(404)
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(notFoundPage)
    }
    const message = `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`
    return sendError(reply, {
      code: 'NOT_FOUND',
      message,
      hint: 'The API is described at /api/openapi.json.',
    })
  })
}
