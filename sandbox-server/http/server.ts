// The HTTP server: limits, headers, identity, errors, then one file of routes a resource.
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { AppError } from '../contract/errors.ts'
import type { Log } from '../platform/log.ts'
import { handleErrors } from './error-handler.ts'
import { type IdentityOptions, identifyLearners } from './identity.ts'
import { attemptRoutes } from './routes/attempts.ts'
import { fileRoutes } from './routes/files.ts'
import { healthRoutes } from './routes/health.ts'
import { progressRoutes } from './routes/progress.ts'
import { sandboxRoutes } from './routes/sandbox.ts'
import { securityHeaders } from './security.ts'
import type { Services } from './services.ts'
import { serveSite } from './static-site.ts'

export interface HttpServerOptions extends IdentityOptions {
  readonly services: Services
  /** Folder of the built site. */
  readonly site: string
  readonly scriptHashes: readonly string[]
  readonly trustProxy: boolean
  readonly log: Log
  /** Requests of one address a minute. */
  readonly requestsPerMinute?: number
}

const bodyBytes = 256 * 1024

export async function createHttpServer(options: HttpServerOptions) {
  const { services, log } = options
  const app = fastify({
    bodyLimit: bodyBytes,
    trustProxy: options.trustProxy,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 128 },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  handleErrors(app, log)
  await app.register(helmet, securityHeaders(options.scriptHashes, options.secureCookies))
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? 1200,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, context) =>
      new AppError('RATE_LIMITED', `More than ${context.max} requests in a minute.`, {
        hint: `Try again in ${context.after}.`,
      }),
  })
  await app.register(cookie)
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Fairlead',
        description: 'Learners, lessons and their sandboxes',
        version: services.version,
      },
    },
    transform: jsonSchemaTransform,
  })
  identifyLearners(app, options)
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store')
  })
  healthRoutes(app, services)
  progressRoutes(app, services)
  sandboxRoutes(app, services)
  attemptRoutes(app, services)
  fileRoutes(app, services)
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await serveSite(app, options.site)
  return app
}
