// Follows a cluster's objects through its Kubernetes API and tells pages what changed, many changes in one message.

import type { ClusterClient } from '../contract/cluster.ts'
import type { KubernetesObject } from '../contract/kubernetes.ts'
import type { ClusterObject } from '../contract/socket.ts'
import type { Timers } from '../platform/host-timers.ts'
import { type WatchedKind, watchedKinds } from './cluster-objects.ts'
import { readLines } from './read-lines.ts'

/** Namespaces of the cluster's own machinery, which lessons look at with kubectl. */
const hiddenNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'])
const coalesceMs = 50
const keptEvents = 50
const retryMs = 1000

export interface ClusterChange {
  readonly reset: boolean
  readonly changed: readonly ClusterObject[]
  readonly deleted: readonly string[]
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubernetesObject
}

/** Watches while somebody listens. */
export class ClusterWatch {
  readonly #client: ClusterClient
  readonly #timers: Timers
  readonly #objects = new Map<string, ClusterObject>()
  readonly #changed = new Set<string>()
  readonly #deleted = new Set<string>()
  readonly #listeners = new Set<(change: ClusterChange) => void>()
  #abort: AbortController | undefined
  #pending: unknown

  constructor(client: ClusterClient, timers: Timers) {
    this.#client = client
    this.#timers = timers
  }

  /** Gives the whole picture first, then changes. */
  subscribe(listener: (change: ClusterChange) => void): () => void {
    this.#listeners.add(listener)
    if (this.#abort === undefined) this.#start()
    else listener({ reset: true, changed: [...this.#objects.values()], deleted: [] })
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  dispose(): void {
    this.#listeners.clear()
    this.#stop()
  }

  #start(): void {
    const abort = new AbortController()
    this.#abort = abort
    const lists = watchedKinds.map((kind) => this.#list(kind, abort.signal).catch(() => undefined))
    Promise.all(lists).then((versions) => {
      if (abort.signal.aborted) return
      this.#forget()
      const whole: ClusterChange = { reset: true, changed: [...this.#objects.values()], deleted: [] }
      for (const listener of this.#listeners) listener(whole)
      for (const [index, kind] of watchedKinds.entries())
        void this.#follow(kind, versions[index], abort.signal)
    })
  }

  #stop(): void {
    this.#abort?.abort()
    this.#abort = undefined
    if (this.#pending !== undefined) this.#timers.clearTimeout(this.#pending as never)
    this.#pending = undefined
    this.#objects.clear()
    this.#forget()
  }

  #forget(): void {
    this.#changed.clear()
    this.#deleted.clear()
  }

  /** Takes the collection as it is; what is gone since an earlier list is deleted. Gives its resourceVersion. */
  async #list(kind: WatchedKind, signal: AbortSignal): Promise<string> {
    const response = await this.#client.kubernetes(request(`${kind.path}?limit=2000`, signal))
    if (!response.ok) throw new Error(`list ${kind.path}: ${response.status}`)
    const list = (await response.json()) as {
      metadata: { resourceVersion: string }
      items: KubernetesObject[]
    }
    const seen = new Set<string>()
    for (const object of list.items) {
      seen.add(object.metadata?.uid ?? '')
      this.#take(kind, object)
    }
    for (const object of [...this.#objects.values()]) {
      if (object.kind === kind.kind && !seen.has(object.uid)) this.#drop(object.uid)
    }
    return list.metadata.resourceVersion
  }

  /** Watches from a version on; lists again where the watch cannot go on (410 Gone, a cut connection). */
  async #follow(kind: WatchedKind, from: string | undefined, signal: AbortSignal): Promise<void> {
    let version = from
    while (!signal.aborted) {
      try {
        version ??= await this.#list(kind, signal)
        const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${version}`
        const response = await this.#client.kubernetes(request(`${kind.path}?${query}`, signal))
        if (!response.ok || !response.body) throw new Error(`watch ${kind.path}: ${response.status}`)
        for await (const line of readLines(response.body, signal)) {
          const event = JSON.parse(line) as WatchEvent
          if (event.type === 'ERROR') throw new Error(`watch ${kind.path} ended`)
          version = event.object.metadata?.resourceVersion ?? version
          if (event.type === 'DELETED') this.#drop(event.object.metadata?.uid ?? '')
          else if (event.type !== 'BOOKMARK') this.#take(kind, event.object)
        }
      } catch {
        // Whatever ended the watch, the list that follows tells what was missed meanwhile.
        version = undefined
      }
      if (!signal.aborted) await new Promise<void>((resolve) => this.#timers.setTimeout(resolve, retryMs))
    }
  }

  #take(kind: WatchedKind, object: KubernetesObject): void {
    const { uid, name, namespace } = object.metadata ?? {}
    if (uid === undefined || name === undefined || (namespace && hiddenNamespaces.has(namespace))) return
    const shown: ClusterObject = {
      kind: kind.kind,
      uid,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      fields: kind.fields(object),
    }
    const known = this.#objects.get(uid)
    if (known && JSON.stringify(known) === JSON.stringify(shown)) return
    this.#objects.set(uid, shown)
    this.#deleted.delete(uid)
    this.#changed.add(uid)
    if (kind.kind === 'Event') this.#dropOldEvents()
    this.#schedule()
  }

  #drop(uid: string): void {
    if (!this.#objects.delete(uid)) return
    this.#changed.delete(uid)
    this.#deleted.add(uid)
    this.#schedule()
  }

  #dropOldEvents(): void {
    const events = [...this.#objects.values()].filter((object) => object.kind === 'Event')
    for (const event of events.slice(0, Math.max(0, events.length - keptEvents))) this.#drop(event.uid)
  }

  #schedule(): void {
    if (this.#pending !== undefined) return
    this.#pending = this.#timers.setTimeout(() => {
      this.#pending = undefined
      const changed = [...this.#changed].flatMap((uid) => this.#objects.get(uid) ?? [])
      const deleted = [...this.#deleted]
      this.#forget()
      if (changed.length === 0 && deleted.length === 0) return
      for (const listener of this.#listeners) listener({ reset: false, changed, deleted })
    }, coalesceMs)
  }
}

const request = (path: string, signal: AbortSignal) =>
  new Request(`http://cluster${path}`, { headers: { accept: 'application/json' }, signal })
