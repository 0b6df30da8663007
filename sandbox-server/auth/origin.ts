// Who may talk to this server from a browser: its own pages, and nobody else's.
import { AppError } from '../contract/errors.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface OriginPolicy {
  /** Throws AppError FORBIDDEN_ORIGIN for a request that another site's page makes. No Origin: not a browser's page. */
  check(origin: string | undefined, host: string | undefined): void
}

/**
 * With a public URL its origin is the only one, beside the loopback names. Without one, the page's origin must be the host
 * that it asks, and on a loopback address that host must be a loopback name, so that a foreign name that was pointed at
 * 127.0.0.1 (DNS rebinding) gets nothing.
 */
export function createOriginPolicy(options: { publicUrl?: string | undefined; host: string }): OriginPolicy {
  const publicOrigin = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin
  const onlyLoopback = loopback.has(options.host) || options.host === '::1'
  return {
    check(origin, host) {
      if (origin === undefined) return
      if (publicOrigin !== undefined && origin === publicOrigin) return
      const url = URL.canParse(origin) ? new URL(origin) : undefined
      const same = url !== undefined && host !== undefined && url.host === host
      if (same && loopback.has(url.hostname)) return
      if (same && publicOrigin === undefined && !onlyLoopback) return
      throw new AppError('FORBIDDEN_ORIGIN', `A page of ${origin} may not use this server.`, {
        hint: `Open ${publicOrigin ?? `http://${host ?? options.host}`} itself, or start the server with --public-url URL where a proxy stands before it.`,
      })
    },
  }
}
