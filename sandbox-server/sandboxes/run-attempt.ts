// One press of Check: all checks against the sandbox's cluster, kept with their evidence before anybody is told.
import { randomUUID } from 'node:crypto'
import { pointsOf, runChecks } from '../checks/run-checks.ts'
import type { Attempt, CheckResult, QuizAnswers } from '../contract/check.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Store } from '../store/store.ts'
import { notSaved } from './not-saved.ts'
import type { Sandbox } from './sandbox.ts'

/** Seconds after which a run that has not ended is given up. */
const deadlineMs = 180_000

export interface AttemptRequest {
  readonly sandbox: Sandbox
  readonly store: Store
  readonly timers: Timers
  readonly quiz: QuizAnswers
  readonly onResult: (result: CheckResult) => void
}

export async function runAttempt({
  sandbox,
  store,
  timers,
  quiz,
  onResult,
}: AttemptRequest): Promise<Attempt> {
  const startedAt = timers.now()
  const results = await runChecks({
    exercise: sandbox.lesson.exercise,
    client: sandbox.cluster,
    quiz,
    clock: hostClock(timers),
    signal: AbortSignal.timeout(deadlineMs),
    onResult,
  })
  const attempt: Attempt = {
    id: randomUUID(),
    lesson: sandbox.key.lesson,
    startedAt,
    durationMs: timers.now() - startedAt,
    ...pointsOf(results),
    results,
  }
  try {
    await store.attempts.add(sandbox.key, attempt)
  } catch (error) {
    throw notSaved('The result of this check', error)
  }
  return attempt
}

/** The host's time as checks want it. */
export function hostClock(timers: Timers) {
  return {
    now: () => timers.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const aborted = () => {
          timers.clearTimeout(handle as never)
          reject(signal?.reason)
        }
        const handle = timers.setTimeout(() => {
          signal?.removeEventListener('abort', aborted)
          resolve()
        }, ms)
        signal?.addEventListener('abort', aborted, { once: true })
      }),
  }
}
