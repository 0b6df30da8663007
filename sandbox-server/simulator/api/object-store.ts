// The API server's storage: every object of a cluster, written as the real server writes it (uids, resourceVersion, generation,
// managedFields, no-op writes, finalizers, grace periods). Source: apiserver/pkg/registry/generic/registry/store.go and
// registry/rest/{create,update,delete}.go. What is special to one kind lives in its Strategy.
import type { KubernetesObject, ObjectMeta } from '../../contract/kubernetes.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { checkNamespace } from './admission/namespace-lifecycle.ts'
import { admitQuota } from './admission/resource-quota.ts'
import { alreadyExists, badRequest, conflict, invalid, notFound, staleObject } from './api-error.ts'
import { trackManagedFields } from './managed-fields/track.ts'
import type {
  DeleteOptions,
  ListOptions,
  ObjectKey,
  Objects,
  ResourceType,
  Stored,
  WatchEvent,
  WriteOptions,
} from './objects.ts'
import { ResourceRegistry, storageOf } from './resource-registry.ts'
import { apiVersionOf } from './resources.ts'
import { fieldText, labelMatcher, parseFieldSelector } from './selectors.ts'
import { type AnyStored, Collection } from './store/collection.ts'
import { deepCopy, deepEqual, timestamp } from './store/deep-equal.ts'
import { type Deletion, planDeletion } from './store/deletion.ts'
import { type Matches, Watchers } from './store/watchers.ts'
import { strategyOf } from './strategies.ts'
import type { Strategy, StrategyContext } from './strategy.ts'
import { defaultCustomResource, validateCustomResource } from './validation/custom-resource.ts'
import { validateMetadata, validateMetadataUpdate } from './validation/object-meta.ts'

export interface ObjectStoreSnapshot {
  readonly resourceVersion: number
  /** Storage place and object, in no particular order. */
  readonly objects: readonly (readonly [string, KubernetesObject])[]
}

export interface ObjectStoreOptions {
  readonly clock: Clock
  readonly random: Random
  readonly snapshot?: ObjectStoreSnapshot | undefined
}

/** What a deletion came to: the object as it is now (or last was), and whether it is gone. */
export interface DeletionResult {
  readonly object: AnyStored
  readonly gone: boolean
}

export interface ObjectStore extends Objects {
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly random: Random
  /** As `delete`, with what it came to. */
  remove(type: ResourceType, key: ObjectKey, options?: DeleteOptions): DeletionResult
  /** As `watch`, without the objects there are, from a resourceVersion on. Throws 410 where that is forgotten. */
  watchSince(
    type: ResourceType,
    since: number,
    listener: (event: WatchEvent<KubernetesObject>) => void,
    options?: ListOptions,
  ): () => void
  /** Tells after every change, with the storage place (`apps/deployments`). */
  onChange(listener: (storage: string) => void): () => void
  snapshot(): ObjectStoreSnapshot
}

export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  return new Store(options)
}

/** Server-side apply writes managedFields of its own; every other write is tracked as an Update. */
export interface InternalWriteOptions extends WriteOptions {
  readonly managedFields?: 'given'
  /** The object's finalizers may be emptied of `spec.finalizers` (namespaces/finalize). */
  readonly finalize?: boolean
}

type DraftMetadata = { -readonly [Name in keyof ObjectMeta]: ObjectMeta[Name] | undefined } & { name: string }
interface Draft {
  apiVersion: string
  kind: string
  metadata: DraftMetadata
  spec?: unknown
  status?: unknown
}

class Store implements ObjectStore {
  readonly registry = new ResourceRegistry()
  readonly clock: Clock
  readonly random: Random
  readonly #collections = new Map<string, Collection>()
  readonly #watchers: Watchers
  readonly #changed = new Set<(storage: string) => void>()
  #version: number

  constructor({ clock, random, snapshot }: ObjectStoreOptions) {
    this.clock = clock
    this.random = random
    this.#version = snapshot?.resourceVersion ?? 1
    this.#watchers = new Watchers(this.#version, () => clock.stir?.())
    for (const [storage, object] of snapshot?.objects ?? []) {
      this.#collection(storage).set(object as AnyStored)
      if (object.kind === 'CustomResourceDefinition') this.registry.define(object as never)
    }
  }

  resourceVersion(): string {
    return String(this.#version)
  }

  get<T extends KubernetesObject>(type: ResourceType<T>, key: ObjectKey): Stored<T> | undefined {
    return this.#collections.get(storageOf(type))?.get(scoped(type, key)) as Stored<T> | undefined
  }

  list<T extends KubernetesObject>(type: ResourceType<T>, options: ListOptions = {}): readonly Stored<T>[] {
    const all = this.#collections.get(storageOf(type))?.list(options.namespace) ?? []
    const selects = this.#matcher(type, options)
    return (selects === everything ? all : all.filter(selects)) as Stored<T>[]
  }

  create<T extends KubernetesObject>(
    type: ResourceType<T>,
    object: T,
    options: InternalWriteOptions = {},
  ): Stored<T> {
    const strategy = strategyOf(type)
    const context = this.#context(type, options)
    const draft = deepCopy(object) as unknown as Draft
    draft.apiVersion = apiVersionOf(type)
    draft.kind = type.kind
    draft.metadata = { ...draft.metadata }
    if (draft.metadata.resourceVersion) {
      throw badRequest('resourceVersion should not be set on objects to be created')
    }
    if (type.namespaced && !draft.metadata.namespace) {
      throw badRequest('an empty namespace may not be set during creation')
    }
    const { metadata } = draft
    for (const name of [
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'selfLink',
      'generation',
    ] as const) {
      delete metadata[name]
    }
    if (options.managedFields !== 'given') delete metadata.managedFields
    metadata.uid = this.random.uuid()
    metadata.creationTimestamp = timestamp(this.clock.now())
    strategy.defaultObject?.(draft as KubernetesObject)
    const definition = this.registry.definition(type)
    if (definition) defaultCustomResource(draft as KubernetesObject, definition, type.version)
    if (type.subresources.includes('status')) removeStatus(draft, strategy)
    checkNamespace(this, type, metadata as never)
    this.#track(type, undefined, draft, options)
    strategy.admit?.(draft as KubernetesObject, undefined, context)
    if (!metadata.name && metadata.generateName) metadata.name = this.#generateName(type, draft)
    if (strategy.generation) metadata.generation = 1
    strategy.prepareForCreate?.(draft as KubernetesObject, context)
    this.#refuseInvalid(type, draft, [
      ...(strategy.validateObject?.(draft as KubernetesObject) ?? []),
      ...(strategy.validateObject ? [] : validateMetadata(draft.metadata, type.namespaced)),
      ...(definition ? validateCustomResource(draft as KubernetesObject, definition, type.version) : []),
    ])
    admitQuota(this, type, draft as KubernetesObject)
    if (this.get(type, { namespace: draft.metadata.namespace, name: metadata.name })) {
      throw alreadyExists(type, metadata.name)
    }
    for (const warning of strategy.warnings?.(draft as KubernetesObject, undefined) ?? [])
      context.warn(warning)
    strategy.allocate?.(draft as KubernetesObject, undefined, context)
    return (options.dryRun ? draft : this.#save(type, draft, undefined)) as unknown as Stored<T>
  }

  update<T extends KubernetesObject>(
    type: ResourceType<T>,
    object: T,
    options: InternalWriteOptions = {},
  ): Stored<T> {
    const strategy = strategyOf(type)
    const context = this.#context(type, options)
    const name = object.metadata?.name ?? ''
    const old = this.get(type, { namespace: object.metadata?.namespace, name })
    if (!old) throw notFound(type, name)
    let draft = deepCopy(object) as unknown as Draft
    draft.apiVersion = apiVersionOf(type)
    draft.kind = type.kind
    draft.metadata = { ...draft.metadata }
    if (draft.metadata.uid && draft.metadata.uid !== old.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${draft.metadata.uid}, UID in object meta: ${old.metadata.uid}`
      throw conflict(type, name, why)
    }
    if (draft.metadata.resourceVersion && draft.metadata.resourceVersion !== old.metadata.resourceVersion) {
      throw staleObject(type, name)
    }
    draft = this.#keepSystemFields(type, strategy, draft, old as AnyStored, options)
    strategy.defaultObject?.(draft as KubernetesObject)
    this.#track(type, old as AnyStored, draft, options)
    strategy.admit?.(draft as KubernetesObject, old, context)
    strategy.prepareForUpdate?.(draft as KubernetesObject, old, context)
    if (strategy.generation && options.subresource !== 'status' && specChanged(draft, old)) {
      draft.metadata.generation = (old.metadata.generation ?? 0) + 1
    }
    const errors = validateMetadataUpdate(draft.metadata, old.metadata, type.namespaced)
    if (options.subresource === 'status')
      errors.push(...(strategy.validateStatus?.(draft as KubernetesObject, old) ?? []))
    else errors.push(...(strategy.validateUpdate?.(draft as KubernetesObject, old) ?? []))
    const definition = this.registry.definition(type)
    if (definition)
      errors.push(...validateCustomResource(draft as KubernetesObject, definition, type.version))
    this.#refuseInvalid(type, draft, errors)
    for (const warning of strategy.warnings?.(draft as KubernetesObject, old) ?? []) context.warn(warning)
    if (options.subresource === undefined) strategy.allocate?.(draft as KubernetesObject, old, context)
    if (options.dryRun) return draft as unknown as Stored<T>
    if (isReleased(draft))
      return this.#erase(type, { ...old, ...draft } as unknown as AnyStored) as unknown as Stored<T>
    if (sameBesidesManagedFieldsTime(draft, old)) return old
    return this.#save(type, draft, old as AnyStored) as unknown as Stored<T>
  }

  mutate<T extends KubernetesObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    change: (draft: T) => void,
    options: InternalWriteOptions = {},
  ): Stored<T> | undefined {
    const old = this.get(type, key)
    if (!old) return undefined
    const draft = deepCopy(old) as T
    change(draft)
    return this.update(type, draft, options)
  }

  delete<T extends KubernetesObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): void {
    this.remove(type, key, options)
  }

  remove(type: ResourceType, key: ObjectKey, options: DeleteOptions = {}): DeletionResult {
    const old = this.get(type, key) as AnyStored | undefined
    if (!old) throw notFound(type, key.name)
    const { uid, resourceVersion } = options.preconditions ?? {}
    if (uid !== undefined && uid !== old.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`
      throw conflict(type, key.name, why)
    }
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${old.metadata.resourceVersion}`
      throw conflict(type, key.name, why)
    }
    const plan: Deletion = planDeletion(type, old, options, this.clock.now())
    if (plan.kind === 'now') return { object: options.dryRun ? old : this.#erase(type, old), gone: true }
    if (options.dryRun || deepEqual(plan.object, old)) return { object: plan.object, gone: false }
    return { object: this.#save(type, plan.object as unknown as Draft, old), gone: false }
  }

  watch<T extends KubernetesObject>(
    type: ResourceType<T>,
    listener: (event: WatchEvent<T>) => void,
    options: ListOptions = {},
  ): () => void {
    return this.#watchers.watch({
      storage: storageOf(type),
      matches: this.#matcher(type, options),
      initial: this.list(type, options) as readonly AnyStored[],
      listener: listener as (event: WatchEvent<KubernetesObject>) => void,
    })
  }

  watchSince(
    type: ResourceType,
    since: number,
    listener: (event: WatchEvent<KubernetesObject>) => void,
    options: ListOptions = {},
  ): () => void {
    return this.#watchers.watch({
      storage: storageOf(type),
      matches: this.#matcher(type, options),
      since,
      listener,
    })
  }

  onChange(listener: (storage: string) => void): () => void {
    this.#changed.add(listener)
    return () => this.#changed.delete(listener)
  }

  snapshot(): ObjectStoreSnapshot {
    const objects = [...this.#collections].flatMap(([storage, collection]) =>
      collection.list().map((object) => [storage, object as KubernetesObject] as const),
    )
    return { resourceVersion: this.#version, objects }
  }

  #collection(storage: string): Collection {
    const collection = this.#collections.get(storage) ?? new Collection()
    this.#collections.set(storage, collection)
    return collection
  }

  #context(type: ResourceType, options: WriteOptions): StrategyContext {
    return {
      objects: this,
      clock: this.clock,
      random: this.random,
      type,
      dryRun: options.dryRun ?? false,
      subresource: options.subresource,
      warn: options.warn ?? (() => undefined),
    }
  }

  #matcher(type: ResourceType, options: ListOptions): Matches {
    const fields = parseFieldSelector(options.fieldSelector)
    if (!options.namespace && !options.labelSelector && fields.length === 0) return everything
    const selectable = ['metadata.name', 'metadata.namespace', ...(strategyOf(type).selectableFields ?? [])]
    const unknown = fields.find((field) => !selectable.includes(field.path))
    if (unknown) throw badRequest(`field label not supported: ${unknown.path}`)
    const labels = labelMatcher(options.labelSelector)
    return (object) =>
      (!options.namespace || object.metadata.namespace === options.namespace) &&
      labels(object.metadata.labels) &&
      fields.every((field) => (fieldText(object, field.path) === field.value) === field.equals)
  }

  #generateName(type: ResourceType, draft: Draft): string {
    const base = String(draft.metadata.generateName).slice(0, 58)
    const { namespace } = draft.metadata
    for (let attempt = 0; ; attempt++) {
      const name = base + this.random.suffix(5)
      if (attempt > 6 || !this.get(type, { namespace, name })) return name
    }
  }

  /** Fields that a client cannot change, and the half of the object that this kind of write does not touch. */
  #keepSystemFields(
    type: ResourceType,
    strategy: Strategy,
    draft: Draft,
    old: AnyStored,
    options: InternalWriteOptions,
  ): Draft {
    const previous = old as unknown as Draft
    let kept = draft
    if (options.subresource === 'status') {
      kept = { ...deepCopy(previous), status: draft.status }
      kept.metadata.managedFields = draft.metadata.managedFields
      if (strategy.statusKeepsMetadata) {
        for (const part of ['labels', 'annotations', 'finalizers'] as const) {
          if (draft.metadata[part] === undefined) delete kept.metadata[part]
          else Object.assign(kept.metadata, { [part]: draft.metadata[part] })
        }
      }
      if (kept.status === undefined) delete kept.status
    } else if (type.subresources.includes('status') && options.subresource !== 'binding') {
      if (previous.status === undefined) delete kept.status
      else kept.status = previous.status
    }
    const { metadata } = old
    Object.assign(kept.metadata, { uid: metadata.uid, creationTimestamp: metadata.creationTimestamp })
    for (const name of [
      'namespace',
      'generation',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
    ] as const) {
      if (metadata[name] === undefined) delete kept.metadata[name]
      else Object.assign(kept.metadata, { [name]: metadata[name] })
    }
    if (options.managedFields !== 'given') kept.metadata.managedFields = metadata.managedFields
    kept.metadata.resourceVersion = metadata.resourceVersion
    return kept
  }

  #track(type: ResourceType, old: AnyStored | undefined, draft: Draft, options: InternalWriteOptions): void {
    if (options.managedFields === 'given') return
    const fields = trackManagedFields(type, old, draft as unknown as AnyStored, {
      manager: options.fieldManager ?? 'fairlead',
      subresource: options.subresource ?? '',
      time: timestamp(this.clock.now()),
      definition: this.registry.definition(type),
    })
    if (fields.length === 0) delete draft.metadata.managedFields
    else draft.metadata.managedFields = fields
  }

  #refuseInvalid(type: ResourceType, draft: Draft, errors: Parameters<typeof invalid>[2]): void {
    if (errors.length > 0) throw invalid(type, draft.metadata.name ?? '', errors)
  }

  #save(type: ResourceType, draft: Draft, old: AnyStored | undefined): AnyStored {
    const storage = storageOf(type)
    draft.metadata.resourceVersion = String(++this.#version)
    const object = draft as unknown as AnyStored
    this.#collection(storage).set(object)
    if (storage === 'apiextensions.k8s.io/customresourcedefinitions') this.registry.define(object as never)
    this.#watchers.publish(
      storage,
      old ? { type: 'MODIFIED', object, previous: old } : { type: 'ADDED', object },
    )
    for (const listener of this.#changed) listener(storage)
    return object
  }

  #erase(type: ResourceType, last: AnyStored): AnyStored {
    const storage = storageOf(type)
    const previous = this.#collection(storage).get(last.metadata) ?? last
    const object = {
      ...last,
      metadata: { ...last.metadata, resourceVersion: String(++this.#version) },
    } as AnyStored
    this.#collection(storage).delete(previous)
    if (storage === 'apiextensions.k8s.io/customresourcedefinitions')
      this.registry.undefine(last.metadata.name)
    this.#watchers.publish(storage, { type: 'DELETED', object, previous })
    for (const listener of this.#changed) listener(storage)
    return object
  }
}

const everything: Matches = () => true

function scoped(type: ResourceType, key: ObjectKey): ObjectKey {
  return type.namespaced ? key : { name: key.name }
}

/** Resources without a Strategy lose the status that a client sends; upstream's PrepareForCreate does that one by one. */
function removeStatus(draft: Draft, strategy: Strategy): void {
  if (!strategy.prepareForCreate) delete draft.status
}

function specChanged(draft: Draft, old: KubernetesObject): boolean {
  const rest = (object: KubernetesObject) => ({ ...object, metadata: undefined, status: undefined })
  return (
    !deepEqual(rest(draft as KubernetesObject), rest(old)) ||
    (draft.metadata.deletionTimestamp !== undefined && !old.metadata?.deletionTimestamp)
  )
}

/** Its deletion was asked for and nothing holds it any more. */
function isReleased(draft: Draft): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = draft.metadata
  if (deletionTimestamp === undefined || (finalizers as string[] | undefined)?.length) return false
  if (draft.kind === 'Namespace' && draft.apiVersion === 'v1') {
    return !(draft.spec as { finalizers?: string[] } | undefined)?.finalizers?.length
  }
  return !deletionGracePeriodSeconds
}

function sameBesidesManagedFieldsTime(draft: Draft, old: KubernetesObject): boolean {
  const plain = (object: KubernetesObject) => ({
    ...object,
    metadata: {
      ...object.metadata,
      managedFields: object.metadata?.managedFields?.map((entry) => ({ ...entry, time: undefined })),
    },
  })
  return deepEqual(plain(draft as KubernetesObject), plain(old))
}
