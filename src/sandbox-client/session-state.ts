// What a lesson page shows of its requests: the run of the checks, what was applied, what ran, the one line of news.
import type { Attempt, CheckResult } from '../../sandbox-server/contract/check.ts'
import type { AppliedDocument } from '../../sandbox-server/contract/socket.ts'

export interface CheckRun {
  readonly running: boolean
  readonly results: ReadonlyMap<string, CheckResult>
  readonly attempt?: Attempt
  readonly problem?: string
}

export interface Applied {
  readonly running: boolean
  readonly documents: readonly AppliedDocument[]
  readonly problem?: string
}

export type RanState = 'running' | 'ran' | 'failed'

/** What went wrong or was done, for the one line of news that the page reads out. */
export interface Notice {
  readonly tone: 'info' | 'problem'
  readonly text: string
}

export function shownAttempt(attempt: Attempt): CheckRun {
  return {
    running: false,
    attempt,
    results: new Map(attempt.results.map((result) => [result.id, result])),
  }
}
