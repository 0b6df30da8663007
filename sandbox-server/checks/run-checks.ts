// Runs all checks of an exercise against a cluster and turns what they found into results with points and evidence.
import type { Check, CheckResult, QuizAnswers } from '../contract/check.ts'
import type { ClusterClient } from '../contract/cluster.ts'
import { AppError } from '../contract/errors.ts'
import type { Exercise } from '../contract/lesson.ts'
import type { CheckContext } from './check-kind.ts'
import { KubernetesReader } from './kubernetes-reader.ts'
import { messageForMistake } from './mistakes.ts'
import { changesCluster, runCheck } from './registry.ts'

export interface CheckRun {
  readonly exercise: Pick<Exercise, 'namespace' | 'checks'>
  readonly client: ClusterClient
  readonly quiz: QuizAnswers
  readonly clock: CheckContext['clock']
  readonly signal: AbortSignal
  /** Told of every result as soon as it is there, in the order of completion. */
  readonly onResult?: (result: CheckResult) => void
}

/** Results in the exercise's order. A check that cannot be run is a result with outcome `error`; only an abort rejects. */
export async function runChecks(run: CheckRun): Promise<CheckResult[]> {
  const context: CheckContext = {
    client: run.client,
    api: new KubernetesReader(run.client, run.signal),
    namespace: run.exercise.namespace,
    quiz: run.quiz,
    clock: run.clock,
    signal: run.signal,
  }
  const results = new Map<string, CheckResult>()
  const one = async (check: Check) => {
    const result = await runOne(check, context)
    results.set(check.id, result)
    run.onResult?.(result)
  }
  await Promise.all(run.exercise.checks.filter((check) => !changesCluster(check)).map(one))
  for (const check of run.exercise.checks.filter(changesCluster)) await one(check)
  return run.exercise.checks.flatMap((check) => results.get(check.id) ?? [])
}

async function runOne(check: Check, context: CheckContext): Promise<CheckResult> {
  context.signal.throwIfAborted()
  const startedAt = context.clock.now()
  const base = { id: check.id, kind: check.kind, title: check.title, weight: check.weight, startedAt }
  try {
    const finding = await runCheck(check, context)
    const passed = finding.score >= 1
    return {
      ...base,
      points: Math.round(check.weight * Math.min(1, Math.max(0, finding.score)) * 10) / 10,
      outcome: finding.unanswered
        ? 'unanswered'
        : passed
          ? 'passed'
          : finding.score > 0
            ? 'partial'
            : 'failed',
      message: (passed ? undefined : messageForMistake(check.mistakes, finding.data)) ?? finding.message,
      ...(finding.failingHop && !passed ? { failingHop: finding.failingHop } : {}),
      observations: [...finding.observations],
      durationMs: context.clock.now() - startedAt,
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const cause = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
    const next = (error instanceof AppError && error.hint) || "Look at the cluster's state, then check again."
    return {
      ...base,
      points: 0,
      outcome: 'error',
      message: `This check could not be run: ${cause}. ${next}`,
      observations: [],
      durationMs: context.clock.now() - startedAt,
    }
  }
}

export function pointsOf(results: readonly CheckResult[]): { points: number; outOf: number } {
  const points = results.reduce((sum, result) => sum + result.points, 0)
  return {
    points: Math.round(points * 10) / 10,
    outOf: results.reduce((sum, result) => sum + result.weight, 0),
  }
}
