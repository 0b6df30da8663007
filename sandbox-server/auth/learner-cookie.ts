// The anonymous learner: an id in a cookie, signed so that nobody can take another learner's.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { type LearnerId, learnerIdSchema } from '../contract/ids.ts'

export const cookieName = 'fairlead-learner'

/** A year: the laptop that is opened again next month is the same learner's. */
export const cookieMaxAgeSeconds = 365 * 24 * 3600

export interface LearnerCookies {
  issue(): { readonly learner: LearnerId; readonly value: string }
  /** Undefined where the value was not signed by this server. */
  verify(value: string): LearnerId | undefined
}

export function createLearnerCookies(secret: Uint8Array): LearnerCookies {
  const signatureOf = (id: string) => createHmac('sha256', secret).update(`learner:${id}`).digest()
  return {
    issue() {
      const learner = learnerIdSchema.parse(randomUUID())
      return { learner, value: `${learner}.${signatureOf(learner).toString('base64url')}` }
    },
    verify(value) {
      const dot = value.lastIndexOf('.')
      const id = learnerIdSchema.safeParse(value.slice(0, Math.max(0, dot)))
      if (!id.success) return undefined
      const given = Buffer.from(value.slice(dot + 1), 'base64url')
      const expected = signatureOf(id.data)
      return given.length === expected.length && timingSafeEqual(given, expected) ? id.data : undefined
    },
  }
}

/** A Set-Cookie header's value. Lax, so that a link from elsewhere still opens the learner's own page. */
export function setCookieHeader(value: string, secure: boolean): string {
  const parts = [
    `${cookieName}=${value}`,
    `Max-Age=${cookieMaxAgeSeconds}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
  ]
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}

/** The learner cookie's value in a Cookie header. */
export function readCookieHeader(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, ...rest] = part.trim().split('=')
    if (name === cookieName) return rest.join('=')
  }
  return undefined
}
