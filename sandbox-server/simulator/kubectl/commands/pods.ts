// Which pod and container a command is about: by name, by TYPE/NAME, and the default container.
// Source: kubectl/pkg/polymorphichelpers (attachablepodforobject.go, helpers.go), podcmd.
import type { KubernetesObject, Pod, Status } from '../../../contract/kubernetes.ts'
import { CliError, StatusError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { at, isList, isRecord, listAt, textsAt, type Unstructured } from '../object.ts'
import { fetchObjects } from '../targets.ts'

export const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container'

export async function podsOfSelector(
  invocation: Invocation,
  namespace: string,
  labelSelector: string,
): Promise<Pod[]> {
  const list = await invocation.client.json(`/api/v1/namespaces/${namespace}/pods`, {
    query: { labelSelector },
  })
  return isList(list) ? list.items.map((item) => ({ ...item, kind: 'Pod', apiVersion: 'v1' }) as Pod) : []
}

/** The label selector by which a workload or Service finds its pods; undefined where it has none. */
export function selectorOf(object: Unstructured): string | undefined {
  const selector = at(object, 'spec', 'selector')
  if (!isRecord(selector)) return undefined
  const plain = object.kind === 'Service' || object.kind === 'ReplicationController'
  const labels = plain ? textsAt(object, 'spec', 'selector') : textsAt(selector, 'matchLabels')
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const values = Array.isArray(expression.values) ? expression.values.join(',') : ''
    switch (expression.operator) {
      case 'In':
        return `${expression.key} in (${values})`
      case 'NotIn':
        return `${expression.key} notin (${values})`
      case 'Exists':
        return String(expression.key)
      default:
        return `!${expression.key}`
    }
  })
  const parts = [...Object.entries(labels).map(([key, value]) => `${key}=${value}`), ...expressions]
  return parts.length > 0 ? parts.join(',') : undefined
}

/** Pods behind `NAME` or `TYPE/NAME`, best first: ready and older ones before others. */
export async function podsBehind(
  invocation: Invocation,
  argument: string,
): Promise<{ pods: Pod[]; object: KubernetesObject }> {
  const target = argument.includes('/') ? argument : `pods/${argument}`
  const [type = '', name = ''] = target.split('/')
  const mapping = await invocation.discovery.resource(type)
  const [found] = await fetchObjects(invocation, [
    { mapping, namespace: mapping.namespaced ? invocation.namespace : undefined, name },
  ])
  if (!found) throw new CliError(`no pods found for ${argument}`)
  if (mapping.kind === 'Pod') return { pods: [found.object as Pod], object: found.object }
  const selector = selectorOf(found.object)
  if (!selector)
    throw new CliError(
      mapping.kind === 'Service'
        ? `invalid service '${name}': Service is defined without a selector`
        : `cannot attach to *v1.${mapping.kind}: selector for ${mapping.kind} not implemented`,
    )
  const pods = await podsOfSelector(invocation, found.namespace ?? invocation.namespace, selector)
  return { pods: pods.sort(byActivity), object: found.object }
}

function byActivity(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => {
    const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
    return (pod.spec?.nodeName ? 0 : 4) + (pod.status?.phase === 'Running' ? 0 : 2) + (ready ? 0 : 1)
  }
  const since = (pod: Pod) => Date.parse(pod.metadata?.creationTimestamp ?? '') || 0
  return rank(a) - rank(b) || since(a) - since(b)
}

/** The container to use where -c is left out, and whether kubectl says which it took. */
export function defaultContainer(pod: Pod): { name: string; note?: string } {
  const containers = pod.spec?.containers ?? []
  const annotated = pod.metadata?.annotations?.[defaultContainerAnnotation]
  if (annotated && containers.some((container) => container.name === annotated)) return { name: annotated }
  const name = containers[0]?.name ?? ''
  const all = [...containers, ...(pod.spec?.ephemeralContainers ?? []), ...(pod.spec?.initContainers ?? [])]
  if (all.length <= 1) return { name }
  return { name, note: `Defaulted container ${JSON.stringify(name)} out of: ${containerNames(pod)}\n` }
}

/** `web, probe (ephem), setup (init)` */
function containerNames(pod: Pod): string {
  return [
    ...(pod.spec?.containers ?? []).map((container) => container.name),
    ...(pod.spec?.ephemeralContainers ?? []).map((container) => `${container.name} (ephem)`),
    ...(pod.spec?.initContainers ?? []).map((container) => `${container.name} (init)`),
  ].join(', ')
}

export function requireContainer(pod: Pod, name: string): void {
  const all = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []),
    ...(pod.spec?.ephemeralContainers ?? []),
  ]
  if (!all.some((container) => container.name === name))
    throw new CliError(
      `container ${name} is not valid for pod ${pod.metadata?.name} out of: ${containerNames(pod)}`,
    )
}

/** An ApiError thrown by process.streams, as the StatusError that the HTTP client would have made of it. */
export function asStatusError(error: unknown): unknown {
  const status = at(error, 'status')
  if (error instanceof Error && isRecord(status) && status.kind === 'Status')
    return new StatusError(status as unknown as Status)
  return error
}
