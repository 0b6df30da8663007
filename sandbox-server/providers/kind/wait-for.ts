// Waits until objects are ready, over the Kubernetes API. Means the same as the simulated provider's, see ../readiness.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../contract/errors.ts'
import type { KubernetesObject, Pod } from '../../contract/kubernetes.ts'
import { parseWaitFor, type WantedObject, whyNotReady } from '../readiness.ts'
import { type Kubernetes, listResourceTypes, type ResourceType } from './reset/resource-types.ts'

export interface WaitOptions {
  /** Default three minutes. */
  readonly deadlineMs?: number
  /** Between two looks; default 100. */
  readonly intervalMs?: number
  /** What the cluster's API has; asked where left out. */
  readonly resources?: readonly ResourceType[]
}

/** Throws AppError PROVIDER_FAILED with the last cause seen, and the signal's reason at an abort. */
export async function waitUntilReady(
  kubernetes: Kubernetes,
  waitFor: readonly string[],
  namespace: string,
  signal: AbortSignal,
  { deadlineMs = 180_000, intervalMs = 100, resources: known }: WaitOptions = {},
): Promise<void> {
  if (waitFor.length === 0) return
  const resources = known ?? (await listResourceTypes(kubernetes))
  let waiting = waitFor.map((text) => locate(text, parseWaitFor(text, namespace), resources))
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const looked = await Promise.all(waiting.map((one) => look(kubernetes, one, signal)))
    waiting = looked.flatMap((one) => (one.cause === undefined ? [] : [one]))
    if (waiting.length === 0) return
    if (performance.now() >= deadline) throw await tooLate(kubernetes, waiting, deadlineMs, signal)
    await sleep(intervalMs, undefined, { signal })
  }
}

interface Waiting {
  /** As the lesson or the add-on wrote it. */
  readonly text: string
  readonly kind: string
  readonly path: string
  readonly namespace: string
  readonly object?: KubernetesObject | undefined
  readonly cause?: string | undefined
}

function locate(
  text: string,
  { namespace, kind, name }: WantedObject,
  resources: readonly ResourceType[],
): Waiting {
  // The singular name of a resource is its kind in small letters.
  const resource = resources.find((one) => one.kind.toLowerCase() === kind || one.plural === kind)
  if (!resource) {
    throw new AppError('LESSON_BROKEN', `waitFor: ${text}: this cluster knows no kind ${kind}.`, {
      hint: 'kubectl api-resources lists those that it knows.',
    })
  }
  const within = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const path = `${resource.base}${within}/${resource.plural}/${encodeURIComponent(name)}`
  return { text, kind: resource.kind, path, namespace }
}

async function look(kubernetes: Kubernetes, one: Waiting, signal: AbortSignal): Promise<Waiting> {
  try {
    const response = await kubernetes(new Request(`http://cluster${one.path}`, { signal }))
    const body: unknown = await response.json()
    if (response.status !== 404 && !response.ok) {
      const said = (body as { message?: string }).message ?? `the API server answered ${response.status}`
      return { ...one, cause: said }
    }
    const object = response.ok ? (body as KubernetesObject) : undefined
    return { ...one, object, cause: whyNotReady(one.kind, object) }
  } catch (error) {
    signal.throwIfAborted()
    // An API server that restarts is waited for like everything else.
    return { ...one, cause: error instanceof Error ? error.message : String(error) }
  }
}

async function tooLate(
  kubernetes: Kubernetes,
  waiting: readonly Waiting[],
  deadlineMs: number,
  signal: AbortSignal,
): Promise<AppError> {
  const causes = await Promise.all(
    waiting.map(async (one) => {
      const container = await containerTrouble(kubernetes, one, signal)
      return `${one.text}: ${one.cause}${container === undefined ? '' : ` (${container})`}`
    }),
  )
  return new AppError('PROVIDER_FAILED', `Not ready after ${deadlineMs / 1000} s: ${causes.join('; ')}.`, {
    hint: 'If an image is missing, `fairlead images list` tells which ones are on this machine.',
  })
}

/** Why a container of it does not run, from the first of its pods that says so: "ErrImagePull: ...". */
async function containerTrouble(
  kubernetes: Kubernetes,
  { object, kind, namespace }: Waiting,
  signal: AbortSignal,
): Promise<string | undefined> {
  const labels = (object as { spec?: { selector?: { matchLabels?: Record<string, string> } } } | undefined)
    ?.spec?.selector?.matchLabels
  const selector = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  if (kind !== 'Pod' && selector.length === 0) return undefined
  try {
    const query = `labelSelector=${encodeURIComponent(selector.join(','))}`
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`
    const pods =
      kind === 'Pod'
        ? [object as Pod]
        : (
            (await (await kubernetes(new Request(`http://cluster${path}`, { signal }))).json()) as {
              items: Pod[]
            }
          ).items
    const states = pods.flatMap(({ status }) => [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
    ])
    const stuck = states.find(({ state }) => state?.waiting?.message !== undefined)
    return stuck && `${stuck.name}: ${stuck.state?.waiting?.reason}: ${stuck.state?.waiting?.message}`
  } catch {
    // Only a closer look at what is reported anyway.
    return undefined
  }
}
