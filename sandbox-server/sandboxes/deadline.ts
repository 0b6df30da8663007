// A limit on waiting for what may never answer, such as a container engine that hangs.
import { AppError } from '../contract/errors.ts'
import type { Timers } from '../platform/host-timers.ts'

/** Gives what `promise` gives, or throws AppError PROVIDER_FAILED after `ms`; what comes later is nobody's. */
export async function within<T>(ms: number, timers: Timers, what: string, promise: Promise<T>): Promise<T> {
  let handle: unknown
  const late = new Promise<never>((_, reject) => {
    handle = timers.setTimeout(
      () => reject(new AppError('PROVIDER_FAILED', `${what} gave no answer in ${Math.round(ms / 1000)} s.`)),
      ms,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timers.clearTimeout(handle as never)
  }
}
