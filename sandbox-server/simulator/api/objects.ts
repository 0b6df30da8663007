// The API server's storage as controllers, kubelets and the HTTP handler see it. Reading and writing are synchronous,
// since everything lives in one process; watchers are told in order, in a later microtask, never inside a write.
import type { KubernetesObject } from '../../contract/kubernetes.ts'

/** One REST resource. `T` only types what comes back. */
export interface ResourceType<T extends KubernetesObject = KubernetesObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  /** `status`, `scale`, `log`, `exec`, `eviction`, ... */
  readonly subresources: readonly string[]
  readonly object?: T
}

export interface ObjectKey {
  readonly namespace?: string | undefined
  readonly name: string
}

/** Objects that come out of the store are shared: never change one. `mutate` hands out a copy. */
export type Stored<T extends KubernetesObject> = T & {
  readonly metadata: NonNullable<T['metadata']> & {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
}

export interface ListOptions {
  readonly namespace?: string | undefined
  /** As on the wire: `app=web,tier in (a,b),!x`. */
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export interface WriteOptions {
  readonly fieldManager?: string | undefined
  readonly dryRun?: boolean | undefined
  /** Writes only this part (`status`, `scale`, ...); left out, everything but status. */
  readonly subresource?: string | undefined
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined
  /** Receives what would be `Warning:` headers. */
  readonly warn?: ((message: string) => void) | undefined
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined
  readonly dryRun?: boolean | undefined
}

export interface WatchEvent<T extends KubernetesObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Stored<T>
  /** What it was before, for MODIFIED and DELETED. */
  readonly previous?: Stored<T>
}

/**
 * Every write is defaulted, validated and admitted as the real server does and throws an `ApiError` (api-error.ts) where it
 * refuses; a write that changes nothing keeps the resourceVersion.
 */
export interface Objects {
  get<T extends KubernetesObject>(type: ResourceType<T>, key: ObjectKey): Stored<T> | undefined
  list<T extends KubernetesObject>(type: ResourceType<T>, options?: ListOptions): readonly Stored<T>[]
  create<T extends KubernetesObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Stored<T>
  /** 409 Conflict where `metadata.resourceVersion` is given and stale. */
  update<T extends KubernetesObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Stored<T>
  /** Reads, lets `change` alter a deep copy, updates. Gives undefined where the object is gone. */
  mutate<T extends KubernetesObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    change: (draft: T) => void,
    options?: WriteOptions,
  ): Stored<T> | undefined
  /** Honours grace periods (pods), finalizers and propagation policy. */
  delete<T extends KubernetesObject>(type: ResourceType<T>, key: ObjectKey, options?: DeleteOptions): void
  /** First an ADDED for every object there is, then what changes. */
  watch<T extends KubernetesObject>(
    type: ResourceType<T>,
    listener: (event: WatchEvent<T>) => void,
    options?: ListOptions,
  ): () => void
  resourceVersion(): string
}
