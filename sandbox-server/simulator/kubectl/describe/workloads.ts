// kubectl describe of Deployments, ReplicaSets, DaemonSets, StatefulSets and Jobs. Source: kubectl/pkg/describe/describe.go.
import type {
  DaemonSet,
  Deployment,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '../../../contract/kubernetes.ts'
import { selectorOf } from '../commands/pods.ts'
import { revisionAnnotation } from '../commands/rollout/revisions.ts'
import { at, equal, numberAt, recordAt, textAt, type Unstructured } from '../object.ts'
import { humanDuration } from '../output/go-text.ts'
import { formatLabels } from '../output/table.ts'
import { timeText } from './containers.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { DescribeContext, Describer } from './describer.ts'
import { controllerOf } from './pod.ts'
import { describePodTemplate } from './pod-template.ts'

const selectorText = (object: Unstructured) => selectorOf(object) ?? '<none>'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

function conditions(w: DescribeWriter, list: readonly Condition[] | undefined): void {
  if (!list || list.length === 0) return
  w.raw('Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n')
  for (const { type, status, reason } of list) w.line(1, `${type} \t${status}\t${reason ?? ''}`)
}

export const describeDeployment: Describer = async (context, object) => {
  const { metadata = {}, spec, status = {} } = object as Deployment
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.line(0, `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `Selector:\t${selectorText(object)}`)
  w.line(
    0,
    `Replicas:\t${spec?.replicas ?? 1} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  )
  w.line(0, `StrategyType:\t${spec?.strategy?.type ?? ''}`)
  w.line(0, `MinReadySeconds:\t${spec?.minReadySeconds ?? 0}`)
  const rolling = spec?.strategy?.rollingUpdate
  if (rolling)
    w.line(
      0,
      `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`,
    )
  describePodTemplate(w, spec?.template)
  conditions(w, status.conditions)
  const { old, current } = await replicaSetsOf(context, object)
  if (old.length > 0 || current.length > 0) {
    w.line(0, `OldReplicaSets:\t${replicaSetsText(old)}`)
    w.line(0, `NewReplicaSet:\t${replicaSetsText(current)}`)
  }
  await context.events(object, w)
  return w.text()
}

function replicaSetsText(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(
    ({ metadata, spec, status }) =>
      `${metadata?.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`,
  )
  return texts.join(', ') || '<none>'
}

async function replicaSetsOf(
  context: DescribeContext,
  deployment: Unstructured,
): Promise<{ old: ReplicaSet[]; current: ReplicaSet[] }> {
  const owned = (
    await context.list<ReplicaSet>(`/apis/apps/v1/namespaces/${deployment.metadata?.namespace}/replicasets`)
  )
    .filter((set) => set.metadata?.ownerReferences?.some(({ uid }) => uid === deployment.metadata?.uid))
    .sort(
      (a, b) =>
        Number(a.metadata?.annotations?.[revisionAnnotation] ?? 0) -
        Number(b.metadata?.annotations?.[revisionAnnotation] ?? 0),
    )
  const template = recordAt(deployment, 'spec', 'template')
  const current = owned.find((set) => equal(withoutHash(set), template))
  return { old: owned.filter((set) => set !== current), current: current ? [current] : [] }
}

function withoutHash(set: ReplicaSet): unknown {
  const template = structuredClone(set.spec?.template)
  if (template?.metadata?.labels) delete template.metadata.labels['pod-template-hash']
  return template
}

async function podsStatus(context: DescribeContext, object: Unstructured): Promise<string> {
  const labelSelector = selectorOf(object)
  const pods = await context.list<Pod>(
    `/api/v1/namespaces/${object.metadata?.namespace}/pods`,
    labelSelector ? { labelSelector } : {},
  )
  const owned = pods.filter((pod) =>
    pod.metadata?.ownerReferences?.some(({ uid, controller }) => controller && uid === object.metadata?.uid),
  )
  const count = (phase: string) => owned.filter((pod) => pod.status?.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

export const describeReplicaSet: Describer = async (context, object) => {
  const { metadata = {}, spec, status } = object as ReplicaSet
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.line(0, `Selector:\t${selectorText(object)}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  const owner = controllerOf(object)
  if (owner) w.line(0, `Controlled By:\t${owner}`)
  w.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`)
  w.line(0, `Pods Status:\t${await podsStatus(context, object)}`)
  describePodTemplate(w, spec?.template)
  conditions(w, status?.conditions)
  await context.events(object, w)
  return w.text()
}

export const describeDaemonSet: Describer = async (context, object) => {
  const { metadata = {}, spec, status } = object as DaemonSet
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.line(0, `Selector:\t${selectorText(object)}`)
  w.line(0, `Node-Selector:\t${formatLabels(spec?.template.spec?.nodeSelector ?? {})}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`)
  w.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`)
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`)
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`)
  w.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`)
  w.line(0, `Pods Status:\t${await podsStatus(context, object)}`)
  describePodTemplate(w, spec?.template)
  await context.events(object, w)
  return w.text()
}

export const describeStatefulSet: Describer = async (context, object) => {
  const { metadata = {}, spec, status } = object as StatefulSet
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.line(0, `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`)
  w.line(0, `Selector:\t${selectorText(object)}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  if (spec?.serviceName) w.line(0, `Service Name:\t${spec.serviceName}`)
  if (spec?.podManagementPolicy) w.line(0, `Pod Management Policy:\t${spec.podManagementPolicy}`)
  w.line(0, `Replicas:\t${spec?.replicas ?? 1} desired | ${status?.replicas ?? 0} total`)
  w.line(0, `Update Strategy:\t${spec?.updateStrategy?.type ?? ''}`)
  const partition = spec?.updateStrategy?.rollingUpdate?.partition
  if (partition !== undefined) w.line(1, `Partition:\t${partition}`)
  const retention = recordAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy')
  if (Object.keys(retention).length > 0) {
    w.line(0, 'Persistent Volume Claim Retention Policy:')
    w.line(1, `WhenDeleted:\t${retention.whenDeleted}`)
    w.line(1, `WhenScaled:\t${retention.whenScaled}`)
  }
  w.line(0, `Pods Status:\t${await podsStatus(context, object)}`)
  describePodTemplate(w, spec?.template)
  const claims = spec?.volumeClaimTemplates ?? []
  w.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:')
  for (const claim of claims) {
    w.line(1, `Name:\t${claim.metadata?.name}`)
    w.line(1, `StorageClass:\t${claim.spec?.storageClassName ?? ''}`)
    w.labels('Labels', claim.metadata?.labels, '  ')
    w.labels('Annotations', claim.metadata?.annotations, '  ')
    w.line(1, `Capacity:\t${claim.spec?.resources?.requests?.storage ?? '<default>'}`)
    w.line(1, `Access Modes:\t[${(claim.spec?.accessModes ?? []).join(' ')}]`)
  }
  await context.events(object, w)
  return w.text()
}

export const describeJob: Describer = async (context, object) => {
  const { metadata = {} } = object
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  w.line(0, `Selector:\t${selectorText(object)}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  const owner = controllerOf(object)
  if (owner) w.line(0, `Controlled By:\t${owner}`)
  const spec = recordAt(object, 'spec')
  const optional = (title: string, field: string, unit = '') => {
    if (spec[field] !== undefined) w.line(0, `${title}:\t${spec[field]}${unit}`)
  }
  optional('Parallelism', 'parallelism')
  w.line(0, `Completions:\t${spec.completions ?? '<unset>'}`)
  optional('Completion Mode', 'completionMode')
  optional('Suspend', 'suspend')
  optional('Backoff Limit', 'backoffLimit')
  optional('TTL Seconds After Finished', 'ttlSecondsAfterFinished')
  const started = textAt(object, 'status', 'startTime')
  const ended = textAt(object, 'status', 'completionTime')
  if (started) w.line(0, `Start Time:\t${timeText(started)}`)
  if (ended) w.line(0, `Completed At:\t${timeText(ended)}`)
  if (started && ended) w.line(0, `Duration:\t${humanDuration(Date.parse(ended) - Date.parse(started))}`)
  optional('Active Deadline Seconds', 'activeDeadlineSeconds', 's')
  const count = (field: string) => numberAt(object, 'status', field) ?? 0
  const ready = numberAt(object, 'status', 'ready')
  w.line(
    0,
    `Pods Statuses:\t${count('active')} Active${ready === undefined ? '' : ` (${ready} Ready)`} / ${count('succeeded')} Succeeded / ${count('failed')} Failed`,
  )
  if (spec.completionMode === 'Indexed')
    w.line(0, `Completed Indexes:\t${textAt(object, 'status', 'completedIndexes') || '<none>'}`)
  describePodTemplate(w, at(object, 'spec', 'template') as PodTemplateSpec)
  await context.events(object, w)
  return w.text()
}
