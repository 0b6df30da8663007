// Defaults of Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs.
// Source: pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go.
import { fill, fillUnset, type Item, itemsAt, objectAt } from './fill.ts'
import { defaultPodSpec } from './pod-spec.ts'

/** The pod template of a spec; made where it is missing, as Go's zero value is there. */
export function defaultTemplate(spec: Item): void {
  fillUnset(spec, { template: {} })
  const template = objectAt(spec, 'template')
  if (!template) return
  fillUnset(template, { spec: { containers: null } })
  const podSpec = objectAt(template, 'spec')
  if (podSpec) defaultPodSpec(podSpec)
}

function specOf(object: unknown): Item {
  const item = object as Item
  fillUnset(item, { spec: {} })
  return objectAt(item, 'spec') ?? {}
}

export function defaultDeployment(object: unknown): void {
  const spec = specOf(object)
  defaultTemplate(spec)
  fillUnset(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} })
  const strategy = objectAt(spec, 'strategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy?.type === 'RollingUpdate') {
    fillUnset(strategy, { rollingUpdate: {} })
    fillUnset(objectAt(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
  }
}

export function defaultReplicaSet(object: unknown): void {
  const spec = specOf(object)
  defaultTemplate(spec)
  fillUnset(spec, { replicas: 1 })
}

export function defaultStatefulSet(object: unknown): void {
  const spec = specOf(object)
  defaultTemplate(spec)
  fill(spec, { podManagementPolicy: 'OrderedReady' })
  fillUnset(spec, {
    replicas: 1,
    revisionHistoryLimit: 10,
    updateStrategy: {},
    persistentVolumeClaimRetentionPolicy: {},
  })
  const strategy = objectAt(spec, 'updateStrategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy?.type === 'RollingUpdate') {
    fillUnset(strategy, { rollingUpdate: {} })
    fillUnset(objectAt(strategy, 'rollingUpdate'), { partition: 0, maxUnavailable: 1 })
  }
  fill(objectAt(spec, 'persistentVolumeClaimRetentionPolicy'), {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  })
  for (const claim of itemsAt(spec, 'volumeClaimTemplates')) {
    fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
    fillUnset(objectAt(claim, 'spec'), { volumeMode: 'Filesystem' })
    fillUnset(claim, { status: {} })
    fill(objectAt(claim, 'status'), { phase: 'Pending' })
  }
}

const templateGeneration = 'deprecated.daemonset.template.generation'

export function defaultDaemonSet(object: unknown): void {
  const spec = specOf(object)
  defaultTemplate(spec)
  fillUnset(spec, { revisionHistoryLimit: 10, updateStrategy: {} })
  const strategy = objectAt(spec, 'updateStrategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy?.type === 'RollingUpdate') {
    fillUnset(strategy, { rollingUpdate: {} })
    fillUnset(objectAt(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 })
  }
  const metadata = objectAt(object as Item, 'metadata')
  if (metadata) metadata.annotations = { [templateGeneration]: '0', ...objectAt(metadata, 'annotations') }
}

export function countTemplateGeneration(object: unknown, generation: number): void {
  const metadata = objectAt(object as Item, 'metadata')
  if (!metadata) return
  metadata.annotations = { ...objectAt(metadata, 'annotations'), [templateGeneration]: String(generation) }
}

export function defaultJob(object: unknown): void {
  const spec = specOf(object)
  defaultTemplate(spec)
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  const failurePolicy = objectAt(spec, 'podFailurePolicy')
  fillUnset(spec, {
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: failurePolicy ? 'Failed' : 'TerminatingOrFailed',
  })
  for (const rule of itemsAt(failurePolicy, 'rules')) {
    for (const pattern of itemsAt(rule, 'onPodConditions')) fill(pattern, { status: 'True' })
  }
}

export function defaultCronJob(object: unknown): void {
  const spec = specOf(object)
  fill(spec, { concurrencyPolicy: 'Allow' })
  fillUnset(spec, {
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: {},
  })
  const template = objectAt(spec, 'jobTemplate')
  fillUnset(template, { spec: {} })
  const jobSpec = objectAt(template, 'spec')
  if (jobSpec) defaultTemplate(jobSpec)
}
