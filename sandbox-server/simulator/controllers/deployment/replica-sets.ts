// A Deployment's ReplicaSets: which one is the new one, how many replicas they have, and the annotations that carry revision
// and size (upstream pkg/controller/deployment/util/deployment_util.go).
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { canonicalJson } from '../runtime/equality.ts'
import { scaledValue } from '../runtime/int-or-percent.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
export const hashLabel = 'pod-template-hash'

const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

export const sizeOf = (set: ReplicaSet): number => set.spec?.replicas ?? 1
export const totalSize = (sets: readonly ReplicaSet[]): number => sum(sets.map(sizeOf))
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
export const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0
export const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0
export const revisionOf = (set: ReplicaSet): number =>
  Number(set.metadata?.annotations?.[revisionAnnotation] ?? 0)

export function byAge(a: Stored<ReplicaSet>, b: Stored<ReplicaSet>): number {
  const difference = Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp)
  if (difference !== 0) return difference
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** Templates are compared without the hash label that the controller itself adds (EqualIgnoreHash). */
export function templateText(template: PodTemplateSpec | undefined): string {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
  const { labels: __, ...metadata } = template?.metadata ?? {}
  const bare = Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => value !== null && value !== undefined),
  )
  return canonicalJson({ ...template, metadata: { ...bare, labels } })
}

/** The oldest ReplicaSet with the Deployment's template. */
export function findNew(
  deployment: Deployment,
  sets: readonly Stored<ReplicaSet>[],
): Stored<ReplicaSet> | undefined {
  const wanted = templateText(deployment.spec?.template)
  return [...sets].sort(byAge).find((set) => templateText(set.spec?.template) === wanted)
}

/** maxSurge and maxUnavailable as numbers of pods (ResolveFenceposts); both 0 unless the strategy is RollingUpdate. */
export function fenceposts(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  const { strategy, replicas = 1 } = deployment.spec ?? {}
  if (strategy?.type === 'Recreate' || replicas === 0) return { maxSurge: 0, maxUnavailable: 0 }
  const maxSurge = scaledValue(strategy?.rollingUpdate?.maxSurge, replicas, 'up')
  const unavailable = scaledValue(strategy?.rollingUpdate?.maxUnavailable, replicas, 'down')
  const maxUnavailable = maxSurge === 0 && unavailable === 0 ? 1 : unavailable
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) }
}

export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = deployment.spec?.replicas ?? 1
  return {
    [desiredAnnotation]: String(replicas),
    [maxAnnotation]: String(replicas + fenceposts(deployment).maxSurge),
  }
}

export function desiredAnnotated(set: ReplicaSet): number | undefined {
  const value = set.metadata?.annotations?.[desiredAnnotation]
  return value === undefined ? undefined : Number(value)
}

export function maxAnnotated(set: ReplicaSet): number {
  return Number(set.metadata?.annotations?.[maxAnnotation] ?? 0)
}

/**
 * The new ReplicaSet's annotations: the Deployment's own, its revision, and the revisions it had before a rollback came
 * back to it (SetNewReplicaSetAnnotations).
 */
export function annotationsForNew(
  deployment: Deployment,
  current: Readonly<Record<string, string>>,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata?.annotations ?? {}).filter(([key]) => !notCopied.has(key))
  const annotations: Record<string, string> = { ...current, ...Object.fromEntries(copied) }
  const before = current[revisionAnnotation]
  if (Number(before ?? 0) >= revision) return annotations
  annotations[revisionAnnotation] = String(revision)
  if (before === undefined) return annotations
  const history = current[historyAnnotation]
  return { ...annotations, [historyAnnotation]: history ? `${history},${before}` : before }
}
