// What a DELETE comes to: gone at once, or marked with a deletionTimestamp until its grace period and finalizers are over.
// Source: apiserver/pkg/registry/rest/delete.go, registry/generic/registry/store.go (deletionFinalizersForGarbageCollection),
// pkg/registry/core/pod/strategy.go (CheckGracefulDelete), pkg/registry/core/namespace/storage/storage.go.
import type { Namespace, Pod } from '../../../contract/kubernetes.ts'
import type { DeleteOptions, ResourceType } from '../objects.ts'
import type { AnyStored } from './collection.ts'
import { deepCopy, timestamp } from './deep-equal.ts'

export type Deletion = { kind: 'now' } | { kind: 'marked'; object: AnyStored }

export function planDeletion(
  type: ResourceType,
  old: AnyStored,
  options: DeleteOptions,
  now: number,
): Deletion {
  const finalizers = wantedFinalizers(old, options)
  if (type.group === '' && type.plural === 'namespaces') return planNamespace(old, finalizers, now)
  const grace = type.group === '' && type.plural === 'pods' ? podGrace(old as AnyStored & Pod, options) : 0
  if (grace === 0 && finalizers.length === 0) return { kind: 'now' }
  const object = deepCopy(old) as Writable
  setFinalizers(object, finalizers)
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  if (deletionTimestamp === undefined) {
    object.metadata.deletionTimestamp = timestamp(now + grace * 1000)
    object.metadata.deletionGracePeriodSeconds = grace
    if (object.metadata.generation !== undefined) object.metadata.generation += 1
  } else if (grace < (deletionGracePeriodSeconds ?? 0)) {
    // A second DELETE can only shorten the wait, counted from the first one.
    const asked = Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000
    object.metadata.deletionTimestamp = timestamp(Math.max(asked + grace * 1000, grace === 0 ? now : 0))
    object.metadata.deletionGracePeriodSeconds = grace
  }
  return { kind: 'marked', object: object as AnyStored }
}

type Writable = {
  metadata: {
    finalizers?: string[]
    deletionTimestamp?: string
    deletionGracePeriodSeconds?: number
    generation?: number
  }
}

function setFinalizers(object: Writable, finalizers: string[]): void {
  if (finalizers.length > 0) object.metadata.finalizers = finalizers
  else delete object.metadata.finalizers
}

/** The garbage collector's own finalizers, set and removed by what the client asks for. */
function wantedFinalizers(old: AnyStored, options: DeleteOptions): string[] {
  const present = old.metadata.finalizers ?? []
  if (options.propagationPolicy === undefined) return [...present]
  const others = present.filter((name) => name !== 'foregroundDeletion' && name !== 'orphan')
  if (options.propagationPolicy === 'Foreground') return [...others, 'foregroundDeletion']
  if (options.propagationPolicy === 'Orphan') return [...others, 'orphan']
  return others
}

/** Seconds; 0 for pods that no kubelet has to stop. */
function podGrace(pod: Pod, options: DeleteOptions): number {
  if (options.gracePeriodSeconds === 0) return 0
  if (!pod.spec?.nodeName || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0
  const asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
  const grace = asked < 0 ? 1 : asked
  const running = pod.metadata?.deletionGracePeriodSeconds
  return running === undefined ? grace : Math.min(grace, running)
}

function planNamespace(old: AnyStored, finalizers: string[], now: number): Deletion {
  const namespace = old as AnyStored & Namespace
  if (!namespace.spec?.finalizers?.length && finalizers.length === 0) return { kind: 'now' }
  const object = deepCopy(namespace) as unknown as Writable & { status?: { phase?: string } }
  setFinalizers(object, finalizers)
  object.metadata.deletionTimestamp ??= timestamp(now)
  object.metadata.deletionGracePeriodSeconds ??= 0
  delete object.metadata.deletionGracePeriodSeconds
  object.status = { ...object.status, phase: 'Terminating' }
  return { kind: 'marked', object: object as unknown as AnyStored }
}
