// Brings a cluster back to its baseline: deletes what an exercise or a learner added, puts back what they changed, and looks again.
import type { Timers } from '../../../platform/host-timers.ts'
import { type Baseline, changedOf, isOwned } from './baseline.ts'
import { type FoundObject, type Inventory, takeInventory } from './inventory.ts'
import type { Kubernetes } from './resource-types.ts'

export interface ClearOptions {
  readonly kubernetes: Kubernetes
  readonly baseline: Baseline
  /** Namespaces that the next start state has anyway: emptied, not deleted, since deleting one takes the cluster seconds. */
  readonly keptNamespaces: ReadonlySet<string>
  readonly timers: Timers
  readonly signal: AbortSignal
}

/** Until everything is gone. */
const limitMs = 20_000
const againMs = 150

/** Throws where the baseline is not there in time, with what is in the way. */
export async function clearCluster(options: ClearOptions): Promise<void> {
  const { kubernetes, baseline, timers, signal } = options
  const deadline = timers.now() + limitMs
  for (let round = 0; ; round++) {
    const now = await takeInventory(kubernetes)
    const extra = extraOf(now, options)
    const changed = changedOf(baseline, now)
    if (extra.length === 0 && changed.length === 0) return
    if (timers.now() > deadline) {
      const left = [...extra.map(([path]) => path), ...changed].slice(0, 5).join(', ')
      throw new Error(`not as it was after ${limitMs / 1000} s: ${left}`)
    }
    await remove(kubernetes, extra)
    await Promise.all(changed.map((path) => putBack(options, path, now)))
    // Most of it is gone once the API server has answered; only what is not takes time.
    if (round > 0) await new Promise<void>((resolve) => timers.setTimeout(resolve, againMs))
    signal.throwIfAborted()
  }
}

type Entry = readonly [path: string, found: FoundObject]

/** What is neither the baseline's nor made by a controller of it. */
function extraOf(now: Inventory, { baseline, keptNamespaces }: ClearOptions): Entry[] {
  const isKept = ({ type, object }: FoundObject) => {
    const { name, namespace } = object.metadata
    // One that is being deleted takes some five seconds more; what was in it is looked for by itself.
    if (type.plural === 'namespaces')
      return keptNamespaces.has(name) || object.metadata.deletionTimestamp !== undefined
    // Every namespace gets these two by itself.
    const isItsOwn =
      (type.plural === 'serviceaccounts' && name === 'default') ||
      (type.plural === 'configmaps' && name === 'kube-root-ca.crt')
    return isItsOwn && namespace !== undefined
  }
  const systemNamespaces = new Set(
    Object.values(baseline).flatMap(({ type, desired }) =>
      type.plural === 'namespaces' ? [(desired['metadata'] as { name: string }).name] : [],
    ),
  )
  return [...now].filter(([path, found]) => {
    if (path in baseline || isKept(found)) return false
    const { namespace } = found.object.metadata
    // In the system's namespaces, and without one, a controlled object is its owner's matter.
    return !(isOwned(found) && (namespace === undefined || systemNamespaces.has(namespace)))
  })
}

/** Owners first, so that nobody makes again what is deleted after them; pods without a grace period. */
async function remove(kubernetes: Kubernetes, extra: readonly Entry[]): Promise<void> {
  const isPod = ([, { type }]: Entry) => type.plural === 'pods'
  const isDying = ([, { object, type }]: Entry) =>
    object.metadata.deletionTimestamp !== undefined && type.plural !== 'pods'
  await Promise.all(
    extra.filter((entry) => !isPod(entry) && !isDying(entry)).map(([path]) => drop(kubernetes, path)),
  )
  await Promise.all(extra.filter(isPod).map(([path]) => drop(kubernetes, path)))
}

/** A refusal shows in the next look: it is tried again there, and named at the end. */
async function drop(kubernetes: Kubernetes, path: string): Promise<void> {
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
  }
  const response = await kubernetes(
    new Request(`http://cluster${path}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(options),
    }),
  )
  await response.body?.cancel()
}

async function putBack({ kubernetes, baseline }: ClearOptions, path: string, now: Inventory): Promise<void> {
  const kept = baseline[path]
  if (!kept) return
  const found = now.get(path)
  const version = found && (found.object.metadata as { resourceVersion?: string }).resourceVersion
  const metadata = {
    ...(kept.desired['metadata'] as object),
    ...(version ? { resourceVersion: version } : {}),
  }
  const target = found ? path : path.slice(0, path.lastIndexOf('/'))
  const response = await kubernetes(
    new Request(`http://cluster${target}`, {
      method: found ? 'PUT' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...kept.desired, metadata }),
    }),
  )
  await response.body?.cancel()
}
