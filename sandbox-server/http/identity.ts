// Gives every request its learner: the one in its cookie, or a fresh one whose cookie goes out with the answer.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { cookieMaxAgeSeconds, cookieName, type LearnerCookies } from '../auth/learner-cookie.ts'
import type { OriginPolicy } from '../auth/origin.ts'
import type { LearnerId } from '../contract/ids.ts'
import type { Log } from '../platform/log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    learner: LearnerId | undefined
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface IdentityOptions {
  readonly cookies: LearnerCookies
  readonly origins: OriginPolicy
  readonly secureCookies: boolean
  readonly log: Log
}

export function identifyLearners(app: FastifyInstance, options: IdentityOptions): void {
  const { cookies, origins, secureCookies, log } = options
  app.decorateRequest('learner', undefined)
  app.addHook('onRequest', async (request, reply) => {
    if (!safeMethods.has(request.method)) origins.check(request.headers.origin, request.headers.host)
    const isPage = request.headers.accept?.includes('text/html') ?? false
    if (!request.url.startsWith('/api/v1/') && !isPage) return
    const value = request.cookies[cookieName]
    request.learner = value === undefined ? undefined : cookies.verify(value)
    if (request.learner !== undefined) return
    if (value !== undefined)
      log.warn({ ip: request.ip }, 'a learner cookie with a wrong signature was replaced')
    const fresh = cookies.issue()
    request.learner = fresh.learner
    reply.setCookie(cookieName, fresh.value, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: secureCookies,
      maxAge: cookieMaxAgeSeconds,
    })
  })
}

/** Every route under /api/v1 has a learner. */
export function learnerOf(request: FastifyRequest): LearnerId {
  if (request.learner === undefined) throw new Error(`no learner for ${request.url}`)
  return request.learner
}
