// A log that keeps what was written to it.
import type { Log } from '../../sandbox-server/platform/log.ts'

export function silentLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const note = (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : ''
    lines.push(`${message}${error}`)
  }
  return { lines, debug: () => {}, info: note, warn: note, error: note }
}
