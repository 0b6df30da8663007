// Runs pods to completion (upstream pkg/controller/job). Parallel and indexed jobs, back-off, deadlines, suspension and
// ttlSecondsAfterFinished are served; pod failure policies and success policies are not.
import type { Job, JobCondition, JobStatus } from 'kubernetes-types/batch/v1'
import type { Pod } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { jobs, pods } from '../api/resources.ts'
import { isRefusal } from './runtime/api-refusal.ts'
import { findCondition, timestamp } from './runtime/conditions.ts'
import { type ControllerContext, createController, every, ownedBy, splitKey } from './runtime/controller.ts'
import { createEventRecorder, type EventRecorder, subjectOf } from './runtime/events.ts'
import { claim } from './runtime/owner-references.ts'
import { createPodControl, type PodControl } from './runtime/pod-control.ts'
import { isPodActive, isPodReady } from './runtime/pod-state.ts'
import { writeStatus } from './runtime/status.ts'

const kind = { apiVersion: 'batch/v1', kind: 'Job' }
const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

/** defaultJobPodFailureBackOff and its maximum. */
const firstBackOff = 10_000
const longestBackOff = 600_000

export const jobController = createController('job-controller', (context) => {
  const recorder = createEventRecorder(context, { component: 'job-controller' })
  const control = createPodControl(context.objects, recorder)
  return {
    sources: [every(jobs), ownedBy(pods, 'Job')],
    reconcile(key) {
      const job = context.objects.get(jobs, splitKey(key))
      return job && reconcile(context, { control, recorder }, job)
    },
  }
})

interface Tools {
  readonly control: PodControl
  readonly recorder: EventRecorder
}

interface Tally {
  readonly active: readonly Stored<Pod>[]
  readonly terminating: number
  readonly succeeded: readonly Stored<Pod>[]
  readonly failed: readonly Stored<Pod>[]
}

function reconcile(context: ControllerContext, tools: Tools, job: Stored<Job>): number | undefined {
  const { objects, clock } = context
  const now = clock.now()
  if (job.metadata.deletionTimestamp) return undefined
  if (isFinished(job)) return expire(context, job)
  const all = objects.list(pods, { namespace: job.metadata.namespace })
  const own = claim(objects, pods, { object: job, kind }, job.spec?.selector, all)
  const tally: Tally = {
    active: own.filter(isPodActive),
    terminating: own.filter((pod) => pod.metadata.deletionTimestamp).length,
    succeeded: own.filter((pod) => pod.status?.phase === 'Succeeded'),
    failed: own.filter((pod) => pod.status?.phase === 'Failed'),
  }
  const startTime = job.spec?.suspend ? undefined : (job.status?.startTime ?? timestamp(now))
  const verdict = judge(job, tally, startTime, now)
  const owner = { type: jobs, object: job }
  let again: number | undefined
  let { active } = tally
  if (verdict || job.spec?.suspend) {
    for (const pod of active) tools.control.delete(owner, pod)
    active = []
  } else {
    const outcome = createMissing(tools.control, job, tally, now)
    again = outcome.again
    active = [...active, ...outcome.created]
  }
  const { activeDeadlineSeconds } = job.spec ?? {}
  if (!verdict && activeDeadlineSeconds !== undefined && startTime) {
    const left = Date.parse(startTime) + activeDeadlineSeconds * 1000 - now
    again = Math.min(again ?? left, left)
  }
  if (verdict) {
    const type = verdict.type === 'Complete' ? 'Normal' : 'Warning'
    const reason = verdict.type === 'Complete' ? 'Completed' : (verdict.reason ?? '')
    const message = verdict.type === 'Complete' ? 'Job completed' : (verdict.message ?? '')
    tools.recorder.record(subjectOf(jobs, job), type, reason, message)
  }
  writeStatus(objects, jobs, job, statusOf(job, { ...tally, active }, { verdict, startTime, now }))
  if (verdict)
    return expire(context, { ...job, status: { conditions: [verdict], completionTime: timestamp(now) } })
  return again
}

function isFinished(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )
}

/** Whether the job is over now, and how. */
function judge(
  job: Stored<Job>,
  tally: Tally,
  startTime: string | undefined,
  now: number,
): JobCondition | undefined {
  const at = timestamp(now)
  const ended = (type: string, reason: string, message: string): JobCondition => ({
    type,
    status: 'True',
    lastProbeTime: at,
    lastTransitionTime: at,
    reason,
    message,
  })
  const { backoffLimit = 6, activeDeadlineSeconds, completions } = job.spec ?? {}
  if (tally.failed.length > backoffLimit) {
    return ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  if (
    activeDeadlineSeconds !== undefined &&
    startTime &&
    now >= Date.parse(startTime) + activeDeadlineSeconds * 1000
  ) {
    return ended('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  const done =
    completions === undefined
      ? tally.succeeded.length > 0 && tally.active.length === 0
      : countCompleted(job, tally) >= completions
  return done
    ? ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')
    : undefined
}

function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed'
}

function indexOf(pod: Pod): number {
  return Number(pod.metadata?.annotations?.[indexAnnotation] ?? -1)
}

function countCompleted(job: Job, { succeeded }: Tally): number {
  return isIndexed(job) ? new Set(succeeded.map(indexOf)).size : succeeded.length
}

function createMissing(
  control: PodControl,
  job: Stored<Job>,
  tally: Tally,
  now: number,
): { created: Stored<Pod>[]; again?: number } {
  const { parallelism = 1, completions, template } = job.spec ?? {}
  const open =
    completions === undefined
      ? tally.succeeded.length > 0
        ? tally.active.length
        : parallelism
      : Math.min(parallelism, completions - countCompleted(job, tally))
  const missing = open - tally.active.length
  if (missing <= 0) return { created: [] }
  const wait = backOff(tally.failed, now)
  if (wait > 0) return { created: [], again: wait }
  const taken = new Set([...tally.active, ...tally.succeeded].map(indexOf))
  const created: Stored<Pod>[] = []
  for (let count = 0; count < missing; count++) {
    let index = 0
    while (taken.has(index)) index++
    taken.add(index)
    const owner = { type: jobs, object: job }
    created.push(
      control.create(owner, template ?? {}, (pod) => {
        if (!isIndexed(job) || !pod.metadata || !pod.spec) return
        pod.metadata.generateName = `${job.metadata.name}-${index}-`
        pod.metadata.annotations = { ...pod.metadata.annotations, [indexAnnotation]: String(index) }
        pod.metadata.labels = { ...pod.metadata.labels, [indexAnnotation]: String(index) }
        pod.spec.hostname = `${job.metadata.name}-${index}`
        const variable = { name: 'JOB_COMPLETION_INDEX', value: String(index) }
        for (const container of pod.spec.containers) container.env = [...(container.env ?? []), variable]
      }),
    )
  }
  return { created }
}

/** Milliseconds until another try after failures, from when the last one ended. */
function backOff(failed: readonly Stored<Pod>[], now: number): number {
  if (failed.length === 0) return 0
  const ends = failed.map((pod) =>
    Math.max(
      Date.parse(pod.metadata.creationTimestamp),
      ...(pod.status?.containerStatuses ?? []).map(
        ({ state }) => Date.parse(state?.terminated?.finishedAt ?? '') || 0,
      ),
    ),
  )
  const delay = Math.min(firstBackOff * 2 ** (failed.length - 1), longestBackOff)
  return Math.max(...ends) + delay - now
}

function statusOf(
  job: Stored<Job>,
  tally: Tally,
  {
    verdict,
    startTime,
    now,
  }: { verdict: JobCondition | undefined; startTime: string | undefined; now: number },
): JobStatus {
  const criteria: JobCondition | undefined = verdict && {
    ...verdict,
    type: verdict.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget',
  }
  const suspended: JobCondition | undefined = job.spec?.suspend
    ? (findCondition(job.status?.conditions, 'Suspended') ?? {
        type: 'Suspended',
        status: 'True',
        lastProbeTime: timestamp(now),
        lastTransitionTime: timestamp(now),
        reason: 'JobSuspended',
        message: 'Job suspended',
      })
    : undefined
  const conditions = [criteria, verdict, suspended].filter((condition) => condition !== undefined)
  const ready = tally.active.filter(isPodReady).length
  const { active, succeeded, failed, terminating } = tally
  const indexes = [...new Set(succeeded.map(indexOf))].sort((a, b) => a - b)
  return {
    ...(conditions.length > 0 && { conditions }),
    ...(startTime && { startTime }),
    ...(verdict?.type === 'Complete' && { completionTime: timestamp(now) }),
    ...(active.length > 0 && { active: active.length }),
    ...(succeeded.length > 0 && { succeeded: succeeded.length }),
    ...(failed.length > 0 && { failed: failed.length }),
    terminating,
    ready,
    ...(isIndexed(job) && { completedIndexes: ranges(indexes) }),
    uncountedTerminatedPods: {},
  }
}

/** 0,2-4 */
function ranges(indexes: readonly number[]): string {
  const parts: [number, number][] = []
  for (const index of indexes) {
    const last = parts.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else parts.push([index, index])
  }
  return parts
    .map(([from, to]) => (from === to ? `${from}` : `${from}${to === from + 1 ? ',' : '-'}${to}`))
    .join()
}

/** ttlSecondsAfterFinished (upstream pkg/controller/ttlafterfinished). */
function expire({ objects, clock }: ControllerContext, job: Stored<Job>): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec ?? {}
  if (ttlSecondsAfterFinished === undefined) return undefined
  const end = (job.status?.conditions ?? []).find(({ type }) => type === 'Complete' || type === 'Failed')
  const left = Date.parse(end?.lastTransitionTime ?? '') + ttlSecondsAfterFinished * 1000 - clock.now()
  if (left > 0) return left
  try {
    objects.delete(jobs, job.metadata, { propagationPolicy: 'Foreground' })
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error
  }
  return undefined
}
