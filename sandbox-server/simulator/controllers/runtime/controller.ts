// What a controller is, and the loop that all of them share: watches name keys, a queue hands each key to `reconcile`,
// what throws is tried again.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import type { ObjectKey, Objects, ResourceType, Stored, WatchEvent } from '../../api/objects.ts'
import type { Clock } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { createWorkQueue } from './work-queue.ts'

export interface ControllerContext {
  readonly objects: Objects
  readonly clock: Clock
  readonly random: Random
}

/** One control loop of kube-controller-manager or kube-scheduler. `start` gives what stops it. */
export interface Controller {
  readonly name: string
  start(context: ControllerContext): () => void
}

export type Source = (objects: Objects, enqueue: (key: string) => void) => () => void

export interface Reconciler {
  /** What to watch, each with the keys that a change concerns. */
  readonly sources: readonly Source[]
  /** Brings the world nearer to what the object asks for. Gives milliseconds after which to look again, or nothing. */
  reconcile(key: string): number | undefined
}

export function createController(
  name: string,
  setUp: (context: ControllerContext) => Reconciler,
): Controller {
  return {
    name,
    start(context) {
      const { sources, reconcile } = setUp(context)
      const queue = createWorkQueue(context.clock, (key) => {
        let again: number | undefined
        try {
          again = reconcile(key)
        } catch {
          // A refused or conflicting write; the controllers that report such things have made their event already.
          queue.retry(key)
          return
        }
        queue.forget(key)
        if (again !== undefined) queue.addAfter(key, again)
      })
      const stops = sources.map((source) => source(context.objects, queue.add))
      return () => {
        for (const stop of stops) stop()
        queue.dispose()
      }
    },
  }
}

/** Watches a resource and enqueues the object itself. */
export function every<T extends KubernetesObject>(type: ResourceType<T>): Source {
  return changesOf(type, (object) => [keyOf(object)])
}

/** Watches a resource and enqueues the keys that `keys` names for a change. */
export function changesOf<T extends KubernetesObject>(
  type: ResourceType<T>,
  keys: (object: Stored<T>, event: WatchEvent<T>) => Iterable<string>,
): Source {
  return (objects, enqueue) =>
    objects.watch(type, (event) => {
      for (const key of keys(event.object, event)) enqueue(key)
    })
}

/** Watches a resource and enqueues the controller of that kind which owns the object, now or before. */
export function ownedBy<T extends KubernetesObject>(type: ResourceType<T>, ownerKind: string): Source {
  return changesOf(type, (object, event) => {
    const keys = new Set<string>()
    for (const version of [object, event.previous]) {
      const owner = version?.metadata.ownerReferences?.find((reference) => reference.controller)
      if (owner?.kind === ownerKind) keys.add(joinKey(version?.metadata.namespace, owner.name))
    }
    return keys
  })
}

/** `namespace/name`, or `name` for what belongs to no namespace. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return joinKey(object.metadata.namespace, object.metadata.name)
}

export function joinKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function splitKey(key: string): ObjectKey & { readonly namespace: string } {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
