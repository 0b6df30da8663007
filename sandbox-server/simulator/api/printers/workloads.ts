// Rows of Deployments, ReplicaSets, Jobs and the like. Source: pkg/printers/internalversion/printers.go.

import type { ControllerRevision } from 'kubernetes-types/apps/v1'
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { PodTemplate, ReplicationController } from 'kubernetes-types/core/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../../contract/kubernetes.ts'
import { humanDuration, since } from './age.ts'
import { age, containerColumns, formatLabels, formatSelector, none, type Printer, unset } from './printer.ts'

export const printDeployment: Printer<Deployment> = (object, context) => [
  object.metadata?.name,
  `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
  object.status?.updatedReplicas ?? 0,
  object.status?.availableReplicas ?? 0,
  age(object, context),
  ...containerColumns(object.spec?.template.spec?.containers),
  formatSelector(object.spec?.selector),
]

export const printReplicaSet: Printer<ReplicaSet> = (object, context) => [
  object.metadata?.name,
  object.spec?.replicas ?? 0,
  object.status?.replicas ?? 0,
  object.status?.readyReplicas ?? 0,
  age(object, context),
  ...containerColumns(object.spec?.template?.spec?.containers),
  formatSelector(object.spec?.selector),
]

export const printReplicationController: Printer<ReplicationController> = (object, context) => [
  object.metadata?.name,
  object.spec?.replicas ?? 0,
  object.status?.replicas ?? 0,
  object.status?.readyReplicas ?? 0,
  age(object, context),
  ...containerColumns(object.spec?.template?.spec?.containers),
  formatLabels(object.spec?.selector),
]

export const printDaemonSet: Printer<DaemonSet> = (object, context) => [
  object.metadata?.name,
  object.status?.desiredNumberScheduled ?? 0,
  object.status?.currentNumberScheduled ?? 0,
  object.status?.numberReady ?? 0,
  object.status?.updatedNumberScheduled ?? 0,
  object.status?.numberAvailable ?? 0,
  formatLabels(object.spec?.template.spec?.nodeSelector),
  age(object, context),
  ...containerColumns(object.spec?.template.spec?.containers),
  formatSelector(object.spec?.selector),
]

export const printStatefulSet: Printer<StatefulSet> = (object, context) => [
  object.metadata?.name,
  `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
  age(object, context),
  ...containerColumns(object.spec?.template.spec?.containers),
]

export const printControllerRevision: Printer<ControllerRevision> = (object, context) => {
  const owner = object.metadata?.ownerReferences?.find((one) => one.controller)
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  const controller = owner ? `${owner.kind}${group}`.toLowerCase().concat(`/${owner.name}`) : none
  return [object.metadata?.name, controller, object.revision, age(object, context)]
}

const jobStates = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const

export const printJob: Printer<Job> = (object, context) => {
  const { spec, status, metadata } = object
  const succeeded = status?.succeeded ?? 0
  const parallel = spec?.parallelism ?? 0
  const of = parallel > 1 ? `${succeeded}/1 of ${parallel}` : `${succeeded}/1`
  const holds = (type: string) =>
    status?.conditions?.some((one) => one.type === type && one.status === 'True')
  const state = jobStates.find(([type]) => (type === '' ? metadata?.deletionTimestamp : holds(type)))
  const end = status?.completionTime ? Date.parse(status.completionTime) : context.now
  return [
    metadata?.name,
    state?.[1] ?? 'Running',
    spec?.completions === undefined ? of : `${succeeded}/${spec.completions}`,
    status?.startTime ? humanDuration(end - Date.parse(status.startTime)) : '',
    age(object, context),
    ...containerColumns(spec?.template.spec?.containers),
    formatSelector(spec?.selector),
  ]
}

export const printCronJob: Printer<CronJob> = (object, context) => [
  object.metadata?.name,
  object.spec?.schedule,
  object.spec?.timeZone ?? none,
  object.spec?.suspend === undefined ? unset : object.spec.suspend ? 'True' : 'False',
  object.status?.active?.length ?? 0,
  object.status?.lastScheduleTime ? since(object.status.lastScheduleTime, context.now) : none,
  age(object, context),
  ...containerColumns(object.spec?.jobTemplate.spec?.template.spec?.containers),
  formatSelector(object.spec?.jobTemplate.spec?.selector),
]

export const printPodTemplate: Printer<PodTemplate> = (object) => [
  object.metadata?.name,
  ...containerColumns(object.template?.spec?.containers),
  formatLabels(object.template?.metadata?.labels),
]

export const printPodDisruptionBudget: Printer<PodDisruptionBudget> = (object, context) => [
  object.metadata?.name,
  String(object.spec?.minAvailable ?? 'N/A'),
  String(object.spec?.maxUnavailable ?? 'N/A'),
  object.status?.disruptionsAllowed ?? 0,
  age(object, context),
]

export const printHorizontalPodAutoscaler: Printer<HorizontalPodAutoscaler> = (object, context) => [
  object.metadata?.name,
  `${object.spec?.scaleTargetRef.kind}/${object.spec?.scaleTargetRef.name}`,
  formatMetrics(object),
  object.spec?.minReplicas === undefined ? unset : String(object.spec.minReplicas),
  object.spec?.maxReplicas ?? 0,
  object.status?.currentReplicas ?? 0,
  age(object, context),
]

interface Metric {
  averageValue?: string
  value?: string
  averageUtilization?: number
}

function formatMetrics({ spec, status }: HorizontalPodAutoscaler): string {
  const all = spec?.metrics ?? []
  if (all.length === 0) return none
  const texts = all.map((metric, index) => {
    const current = status?.currentMetrics?.[index]
    const source = metric.resource ?? metric.containerResource
    if (source) {
      const now: Metric | undefined = (current?.resource ?? current?.containerResource)?.current
      const percent = (value: number | undefined, otherwise: string) =>
        value === undefined ? otherwise : `${value}%`
      return source.target.averageValue === undefined
        ? `${source.name}: ${percent(now?.averageUtilization, '<unknown>')}/${percent(source.target.averageUtilization, '<auto>')}`
        : `${source.name}: ${now?.averageValue ?? '<unknown>'}/${source.target.averageValue}`
    }
    const other = metric.external ?? metric.object ?? metric.pods
    if (!other) return '<unknown type>'
    const now: Metric | undefined = (current?.external ?? current?.object ?? current?.pods)?.current
    if (metric.pods) return `${now?.averageValue ?? '<unknown>'}/${other.target.averageValue}`
    return other.target.averageValue === undefined
      ? `${now?.value ?? '<unknown>'}/${other.target.value}`
      : `${now?.averageValue ?? '<unknown>'}/${other.target.averageValue} (avg)`
  })
  const shown = texts.slice(0, 2).join(', ')
  return texts.length > 2 ? `${shown} + ${texts.length - 2} more...` : shown
}
