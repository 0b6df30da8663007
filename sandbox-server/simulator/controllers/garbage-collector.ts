// Deletes what has lost its owners, and carries out foreground deletion and orphaning (upstream pkg/controller/garbagecollector).
import type { KubernetesObject, OwnerReference } from '../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored, WatchEvent } from '../api/objects.ts'
import { customResourceDefinitions, resourceTypes } from '../api/resources.ts'
import { builtInResources, customResource } from './runtime/all-resources.ts'
import { isRefusal } from './runtime/api-refusal.ts'
import type { Controller } from './runtime/controller.ts'
import { createWorkQueue } from './runtime/work-queue.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

type Any = Stored<KubernetesObject>

interface Item {
  readonly type: ResourceType
  readonly object: Any
}

export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  start({ objects, clock }) {
    const graph = new Graph()
    const queue = createWorkQueue(clock, (uid) => {
      try {
        collect(objects, graph, uid, queue.add)
        queue.forget(uid)
      } catch {
        // Somebody else changed the object at the same time; the next look sees how.
        queue.retry(uid)
      }
    })
    const stops: (() => void)[] = []
    const follow = (type: ResourceType) => {
      stops.push(objects.watch(type, (event) => observe(graph, type, event, queue.add)))
    }
    for (const type of builtInResources) if (type.verbs.includes('watch')) follow(type)
    const followed = new Set<string>()
    stops.push(
      objects.watch(customResourceDefinitions, ({ object }) => {
        const type = customResource(object)
        if (!type || followed.has(object.metadata.uid)) return
        followed.add(object.metadata.uid)
        graph.custom.set(`${type.group}/${type.kind}`, type)
        follow(type)
      }),
    )
    return () => {
      for (const stop of stops) stop()
      queue.dispose()
    }
  },
}

/** Who depends on whom, by uid. */
class Graph {
  readonly items = new Map<string, Item>()
  readonly #dependents = new Map<string, Set<string>>()
  readonly custom = new Map<string, ResourceType>()

  set(item: Item, before: Any | undefined): void {
    const { uid } = item.object.metadata
    for (const owner of before?.metadata.ownerReferences ?? []) this.#dependents.get(owner.uid)?.delete(uid)
    for (const owner of item.object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set()
      this.#dependents.set(owner.uid, dependents.add(uid))
    }
    if (hasPart(item.object)) this.items.set(uid, item)
  }

  remove(object: Any): void {
    const { uid } = object.metadata
    this.items.delete(uid)
    for (const owner of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      dependents?.delete(uid)
      if (dependents?.size === 0) this.#dependents.delete(owner.uid)
    }
  }

  dependentsOf(uid: string): string[] {
    return [...(this.#dependents.get(uid) ?? [])]
  }
}

/** Only objects with an owner, or that are being deleted, are ever looked at. */
function hasPart(object: Any): boolean {
  return (object.metadata.ownerReferences ?? []).length > 0 || object.metadata.deletionTimestamp !== undefined
}

function observe(
  graph: Graph,
  type: ResourceType,
  { type: change, object, previous }: WatchEvent<KubernetesObject>,
  enqueue: (uid: string) => void,
): void {
  const { uid, ownerReferences = [], deletionTimestamp } = object.metadata
  if (change === 'DELETED') {
    for (const dependent of graph.dependentsOf(uid)) enqueue(dependent)
    for (const owner of ownerReferences) enqueue(owner.uid)
    graph.remove(object)
    return
  }
  graph.set({ type, object }, previous)
  const sameOwners = previous && sameReferences(previous.metadata.ownerReferences, ownerReferences)
  if (ownerReferences.length > 0 && !sameOwners) enqueue(uid)
  if (!sameOwners) for (const owner of previous?.metadata.ownerReferences ?? []) enqueue(owner.uid)
  if (deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length > 0) enqueue(uid)
}

function sameReferences(
  before: readonly OwnerReference[] | undefined,
  after: readonly OwnerReference[],
): boolean {
  const text = (references: readonly OwnerReference[]) =>
    references.map(({ uid, blockOwnerDeletion }) => `${uid} ${blockOwnerDeletion}`).join()
  return text(before ?? []) === text(after)
}

function collect(objects: Objects, graph: Graph, uid: string, enqueue: (uid: string) => void): void {
  const item = graph.items.get(uid)
  const object = item && objects.get(item.type, item.object.metadata)
  if (!item || object?.metadata.uid !== uid) return
  const { finalizers = [], deletionTimestamp } = object.metadata
  if (deletionTimestamp !== undefined) {
    if (finalizers.includes(orphan)) orphanDependents(objects, graph, item.type, object)
    else if (finalizers.includes(foreground)) deleteDependents(objects, graph, item.type, object, enqueue)
    return
  }
  attemptToDelete(objects, graph, item.type, object)
}

/** Deletes the object where none of its owners is left; drops references to owners that are gone otherwise. */
function attemptToDelete(objects: Objects, graph: Graph, type: ResourceType, object: Any): void {
  const solid: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  let dangling = 0
  for (const reference of object.metadata.ownerReferences ?? []) {
    const owner = resolve(objects, graph, reference, object.metadata.namespace)
    if (owner?.metadata.uid !== reference.uid) dangling++
    else if (owner.metadata.deletionTimestamp && owner.metadata.finalizers?.includes(foreground)) {
      waiting.push(reference)
    } else solid.push(reference)
  }
  if (dangling === 0 && waiting.length === 0) return
  if (solid.length > 0) {
    objects.mutate(type, object.metadata, (draft) => {
      if (draft.metadata) draft.metadata.ownerReferences = solid
    })
    return
  }
  const { uid, resourceVersion, finalizers = [] } = object.metadata
  const goesForeground =
    finalizers.includes(foreground) || (waiting.length > 0 && graph.dependentsOf(uid).length > 0)
  const propagationPolicy = finalizers.includes(orphan)
    ? 'Orphan'
    : goesForeground
      ? 'Foreground'
      : 'Background'
  try {
    objects.delete(type, object.metadata, { propagationPolicy, preconditions: { uid, resourceVersion } })
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error
  }
}

function resolve(
  objects: Objects,
  graph: Graph,
  reference: OwnerReference,
  namespace: string | undefined,
): Any | undefined {
  const slash = reference.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : reference.apiVersion.slice(0, slash)
  const type =
    resourceTypes.find((each) => each.group === group && each.kind === reference.kind) ??
    graph.custom.get(`${group}/${reference.kind}`)
  if (!type) return undefined
  return objects.get(type, type.namespaced ? { namespace, name: reference.name } : { name: reference.name })
}

/** Foreground: the owner goes once the dependents that block it are gone. */
function deleteDependents(
  objects: Objects,
  graph: Graph,
  type: ResourceType,
  owner: Any,
  enqueue: (uid: string) => void,
): void {
  const dependents = graph.dependentsOf(owner.metadata.uid)
  const blocking = dependents.filter((uid) =>
    graph.items
      .get(uid)
      ?.object.metadata.ownerReferences?.some(
        (reference) => reference.uid === owner.metadata.uid && reference.blockOwnerDeletion,
      ),
  )
  if (blocking.length === 0) removeFinalizer(objects, type, owner, foreground)
  for (const uid of dependents) enqueue(uid)
}

function orphanDependents(objects: Objects, graph: Graph, type: ResourceType, owner: Any): void {
  for (const uid of graph.dependentsOf(owner.metadata.uid)) {
    const dependent = graph.items.get(uid)
    if (!dependent) continue
    objects.mutate(dependent.type, dependent.object.metadata, ({ metadata }) => {
      if (!metadata) return
      const others = (metadata.ownerReferences ?? []).filter((each) => each.uid !== owner.metadata.uid)
      if (others.length > 0) metadata.ownerReferences = others
      else delete metadata.ownerReferences
    })
  }
  removeFinalizer(objects, type, owner, orphan)
}

function removeFinalizer(objects: Objects, type: ResourceType, object: Any, finalizer: string): void {
  objects.mutate(type, object.metadata, ({ metadata }) => {
    if (metadata) metadata.finalizers = (metadata.finalizers ?? []).filter((each) => each !== finalizer)
  })
}
