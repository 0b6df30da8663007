// Job and CronJob. Source: pkg/apis/batch/validation/validation.go.
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired, Path } from '../field-error.ts'
import { deepEqual } from '../store/deep-equal.ts'
import { byteLength, maxLength, type NameRule, nameIsDnsSubdomain } from './content.ts'
import { validateNonnegative } from './numbers.ts'
import { validateLabelSelector, validateObjectMeta } from './object-meta.ts'
import { validatePodTemplate } from './workloads.ts'

type Spec = NonNullable<Job['spec']>
const root = new Path('spec')

export function validateJob(job: Job): FieldError[] {
  return [
    ...validateObjectMeta(job.metadata, true, nameIsDnsSubdomain),
    ...validateJobSpec(job.spec, root),
    ...(job.spec?.selector ? [] : [fieldRequired(root.child('selector'))]),
  ]
}

function validateJobSpec(spec: Spec | undefined, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const numbers = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ] as const
  for (const name of numbers) errors.push(...validateNonnegative(spec?.[name], path.child(name)))
  const modes = ['NonIndexed', 'Indexed']
  if (spec?.completionMode !== undefined && !modes.includes(spec.completionMode)) {
    errors.push(fieldNotSupported(path.child('completionMode'), spec.completionMode, [...modes].sort()))
  }
  if (spec?.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(fieldRequired(path.child('completions'), 'when completion mode is Indexed'))
  }
  errors.push(...validateLabelSelector(spec?.selector, path.child('selector')))
  const template = path.child('template')
  errors.push(...validatePodTemplate(spec?.template, template))
  const restart = spec?.template?.spec?.restartPolicy ?? ''
  if (restart === '' || restart === 'Always') {
    const why = 'valid values: "OnFailure", "Never"'
    errors.push(fieldRequired(template.child('spec', 'restartPolicy'), why))
  } else if (restart !== 'OnFailure' && restart !== 'Never') {
    errors.push(fieldNotSupported(template.child('spec', 'restartPolicy'), restart, ['OnFailure', 'Never']))
  }
  return errors
}

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const errors = validateJobSpec(job.spec, root)
  for (const name of ['completions', 'selector', 'template', 'completionMode', 'podFailurePolicy'] as const) {
    if (!deepEqual(job.spec?.[name], old.spec?.[name]) && !(name === 'template' && old.spec?.suspend)) {
      errors.push(fieldInvalid(root.child(name), job.spec?.[name], 'field is immutable'))
    }
  }
  return errors
}

/** Eleven characters are for the time that is put behind the name. */
const cronJobName: NameRule = (name, prefix) => nameIsDnsSubdomain(name, prefix)

export function validateCronJob(job: CronJob): FieldError[] {
  const errors = validateObjectMeta(job.metadata, true, cronJobName)
  errors.push(...validateCronJobSpec(job))
  const name = job.metadata?.name ?? ''
  if (byteLength(name) > 52) errors.push(fieldInvalid(new Path('metadata.name'), name, maxLength(52)))
  return errors
}

export function validateCronJobSpec({ spec }: CronJob): FieldError[] {
  const errors: FieldError[] = []
  const schedule = spec?.schedule ?? ''
  if (schedule === '') errors.push(fieldRequired(root.child('schedule')))
  else errors.push(...validateSchedule(schedule, root.child('schedule'), spec?.timeZone))
  if (spec?.startingDeadlineSeconds !== undefined) {
    errors.push(...validateNonnegative(spec.startingDeadlineSeconds, root.child('startingDeadlineSeconds')))
  }
  if (spec?.timeZone !== undefined) errors.push(...validateTimeZone(spec.timeZone, root.child('timeZone')))
  const policy = spec?.concurrencyPolicy ?? ''
  const policies = ['Allow', 'Forbid', 'Replace']
  if (policy === '') errors.push(fieldRequired(root.child('concurrencyPolicy')))
  else if (!policies.includes(policy)) {
    errors.push(fieldNotSupported(root.child('concurrencyPolicy'), policy, policies))
  }
  const template = spec?.jobTemplate?.spec
  errors.push(...validateJobSpec(template, root.child('jobTemplate', 'spec')))
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    errors.push(...validateNonnegative(spec?.[name], root.child(name)))
  }
  return errors
}

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

function validateSchedule(schedule: string, path: Path, zone: string | undefined): FieldError[] {
  const refuse = (why: string) => [fieldInvalid(path, schedule, why)]
  if (schedule.includes('TZ') && zone !== undefined) {
    return refuse('cannot use both timeZone field and TZ or CRON_TZ in schedule')
  }
  if (schedule.startsWith('@')) {
    if (descriptors.includes(schedule) || schedule.startsWith('@every ')) return []
    return refuse(`unrecognized descriptor: ${schedule}`)
  }
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 5)
    return refuse(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ]
  for (const [index, field] of fields.entries()) {
    const [low = 0, high = 0] = bounds[index] ?? []
    for (const part of field.split(',')) {
      const match = /^(\*|\?|([0-9a-zA-Z]+)(?:-([0-9a-zA-Z]+))?)(?:\/([0-9]+))?$/.exec(part)
      if (!match)
        return refuse(`failed to parse int from ${part}: strconv.Atoi: parsing "${part}": invalid syntax`)
      const numbers = [match[2], match[3]]
        .filter((text) => text !== undefined && /^\d+$/.test(text))
        .map(Number)
      const above = numbers.find((number) => number > high)
      if (above !== undefined) return refuse(`end of range (${above}) above maximum (${high}): ${part}`)
      const below = numbers.find((number) => number < low)
      if (below !== undefined) return refuse(`beginning of range (${below}) below minimum (${low}): ${part}`)
    }
  }
  return []
}

function validateTimeZone(zone: string, path: Path): FieldError[] {
  if (zone === '') return [fieldInvalid(path, zone, 'timeZone must be nil or non-empty string')]
  if (zone.toLowerCase() === 'local') {
    return [
      fieldInvalid(
        path,
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ]
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return []
  } catch {
    return [fieldInvalid(path, zone, `unknown time zone ${zone}`)]
  }
}
