// Starts Jobs by the clock (upstream pkg/controller/cronjob/cronjob_controllerv2.go). Schedules are read in UTC: time zones
// are not simulated, and a CronJob that asks for another gets an event.
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { Stored } from '../api/objects.ts'
import { cronJobs, jobs } from '../api/resources.ts'
import { nextRun } from './cron-job/schedule.ts'
import { isRefusal, messageOf } from './runtime/api-refusal.ts'
import { timestamp } from './runtime/conditions.ts'
import {
  type ControllerContext,
  createController,
  every,
  keyOf,
  ownedBy,
  splitKey,
} from './runtime/controller.ts'
import { createEventRecorder, type EventRecorder, subjectOf } from './runtime/events.ts'
import { controllerOf, controllerReference } from './runtime/owner-references.ts'
import { writeStatus } from './runtime/status.ts'

const kind = { apiVersion: 'batch/v1', kind: 'CronJob' }

export const cronJobController = createController('cronjob-controller', (context) => {
  const recorder = createEventRecorder(context, { component: 'cronjob-controller' })
  return {
    sources: [every(cronJobs), ownedBy(jobs, 'CronJob')],
    reconcile(key) {
      const cron = context.objects.get(cronJobs, splitKey(key))
      return cron && reconcile(context, recorder, cron)
    },
  }
})

const outcome = (job: Job) =>
  (job.status?.conditions ?? []).find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )?.type

function reconcile(
  context: ControllerContext,
  recorder: EventRecorder,
  cron: Stored<CronJob>,
): number | undefined {
  const { objects, clock } = context
  const { spec } = cron
  const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    recorder.record(subjectOf(cronJobs, cron), type, reason, message)
  const own = objects
    .list(jobs, { namespace: cron.metadata.namespace })
    .filter((job) => controllerOf(job)?.uid === cron.metadata.uid)
  noteFinished(cron, own, event)
  if (!cron.metadata.deletionTimestamp) trim(objects, spec, own)
  const status = { ...cron.status, active: own.filter((job) => !outcome(job)).map(referenceTo) }
  if (spec?.timeZone !== undefined && !['UTC', 'Etc/UTC'].includes(spec.timeZone)) {
    event(
      'Warning',
      'TimeZoneNotSimulated',
      `time zone ${spec.timeZone} is not simulated: the schedule is read in UTC`,
    )
  }
  let again: number | undefined
  if (spec && !spec.suspend && !cron.metadata.deletionTimestamp) {
    const last = Date.parse(status.lastScheduleTime ?? cron.metadata.creationTimestamp)
    let due: number | undefined
    for (let run = nextRun(spec.schedule, last); run !== undefined && run <= clock.now(); ) {
      due = run
      run = nextRun(spec.schedule, run)
    }
    if (due !== undefined && mayStart(cron, own, due, clock.now())) {
      const job = start(context, cron, due, event)
      status.lastScheduleTime = timestamp(due)
      if (job) status.active = [...status.active, referenceTo(job)]
    }
    const next = nextRun(spec.schedule, clock.now())
    if (next !== undefined) again = next - clock.now()
  }
  const { active, ...rest } = status
  writeStatus(objects, cronJobs, cron, active.length > 0 ? { ...rest, active } : rest)
  return again

  function mayStart(
    of: Stored<CronJob>,
    existing: readonly Stored<Job>[],
    due: number,
    now: number,
  ): boolean {
    const { startingDeadlineSeconds, concurrencyPolicy } = of.spec ?? {}
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < now) {
      event('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toUTCString()}`)
      return false
    }
    const running = existing.filter((job) => !outcome(job))
    if (concurrencyPolicy === 'Forbid' && running.length > 0) {
      event(
        'Normal',
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      )
      return false
    }
    if (concurrencyPolicy === 'Replace') {
      for (const job of running) {
        objects.delete(jobs, job.metadata, { propagationPolicy: 'Background' })
        event('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
      }
    }
    return true
  }
}

type Note = (type: 'Normal' | 'Warning', reason: string, message: string) => void

function noteFinished(cron: Stored<CronJob>, own: readonly Stored<Job>[], event: Note): void {
  for (const { uid, name } of cron.status?.active ?? []) {
    const job = own.find(({ metadata }) => metadata.uid === uid)
    const end = job && outcome(job)
    if (end) event('Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`)
    if (!job) event('Normal', 'MissingJob', `Active job went missing: ${name}`)
  }
}

function trim(
  objects: ControllerContext['objects'],
  spec: CronJob['spec'],
  own: readonly Stored<Job>[],
): void {
  const limits: readonly (readonly [string, number])[] = [
    ['Complete', spec?.successfulJobsHistoryLimit ?? 3],
    ['Failed', spec?.failedJobsHistoryLimit ?? 1],
  ]
  for (const [end, limit] of limits) {
    const finished = own
      .filter((job) => outcome(job) === end)
      .sort((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp))
    for (const job of finished.slice(0, Math.max(0, finished.length - limit))) {
      objects.delete(jobs, job.metadata, { propagationPolicy: 'Background' })
    }
  }
}

function start(
  { objects }: ControllerContext,
  cron: Stored<CronJob>,
  due: number,
  event: Note,
): Stored<Job> | undefined {
  const template = cron.spec?.jobTemplate
  const { namespace } = cron.metadata
  // The minute of the run makes the name, so that no run starts twice.
  const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`
  try {
    const job = objects.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        ...template?.metadata,
        name,
        ...(namespace && { namespace }),
        annotations: {
          ...template?.metadata?.annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due),
        },
        ownerReferences: [controllerReference(cron, kind)],
      },
      ...(template?.spec && { spec: template.spec }),
    })
    event('Normal', 'SuccessfulCreate', `Created job ${name}`)
    return job
  } catch (error) {
    if (isRefusal(error, 'AlreadyExists')) return undefined
    event('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
    throw error
  }
}

function referenceTo(job: Stored<Job>) {
  const [namespace] = keyOf(job).split('/')
  const { name, uid, resourceVersion } = job.metadata
  return { kind: 'Job', apiVersion: 'batch/v1', name, uid, resourceVersion, ...(namespace && { namespace }) }
}
