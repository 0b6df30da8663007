// Notes that a learner opened a lesson. A note that cannot be kept keeps nobody from the lesson.
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Store, WorkKey } from '../store/store.ts'

export interface VisitServices {
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
}

export async function noteVisit(key: WorkKey, { store, timers, log }: VisitServices): Promise<void> {
  const now = timers.now()
  try {
    await store.learners.touch(key.learner, now)
    await store.progress.opened(key, now)
  } catch (error) {
    log.error({ err: error, ...key }, 'a visit could not be noted')
  }
}
