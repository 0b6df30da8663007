// Counts what a namespace uses of its quotas (upstream pkg/controller/resourcequota). Scopes are not simulated: a quota with scopes
// counts everything.
import type { KubernetesObject, Pod, Service } from '../../contract/kubernetes.ts'
import type { Objects, ResourceType } from '../api/objects.ts'
import {
  configMaps,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  persistentVolumeClaims,
  pods,
  replicaSets,
  replicationControllers,
  resourceQuotas,
  secrets,
  services,
  statefulSets,
} from '../api/resources.ts'
import { changesOf, createController, every, keyOf, type Source, splitKey } from './runtime/controller.ts'
import { isPodTerminal } from './runtime/pod-state.ts'
import { parseQuantity } from './runtime/quantity.ts'
import { writeStatus } from './runtime/status.ts'

const counted: readonly ResourceType[] = [
  configMaps,
  persistentVolumeClaims,
  pods,
  replicationControllers,
  resourceQuotas,
  secrets,
  services,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
]

export const resourceQuotaController = createController('resourcequota-controller', ({ objects }) => ({
  sources: [every(resourceQuotas), ...counted.map((type) => quotasOfNamespace(objects, type))],
  reconcile(key) {
    const quota = objects.get(resourceQuotas, splitKey(key))
    if (!quota) return undefined
    const hard = quota.spec?.hard ?? {}
    const used = Object.fromEntries(
      Object.keys(hard).map((name) => [name, usageOf(objects, quota.metadata.namespace ?? '', name)]),
    )
    writeStatus(objects, resourceQuotas, quota, { hard, used })
    return undefined
  },
}))

function quotasOfNamespace(objects: Objects, type: ResourceType): Source {
  return changesOf(type, (object, event) =>
    event.type === 'MODIFIED' && type !== pods && type !== services
      ? []
      : objects.list(resourceQuotas, { namespace: object.metadata.namespace }).map(keyOf),
  )
}

function usageOf(objects: Objects, namespace: string, name: string): string {
  const type = counted.find((each) => name === countName(each) || (each.group === '' && name === each.plural))
  if (type) return String(listCounted(objects, namespace, type).length)
  const nodePorts = (service: Service) =>
    service.spec?.type === 'NodePort' || service.spec?.type === 'LoadBalancer'
      ? (service.spec.ports ?? []).length
      : 0
  if (name === 'services.nodeports') {
    return String(objects.list(services, { namespace }).reduce((sum, each) => sum + nodePorts(each), 0))
  }
  if (name === 'services.loadbalancers') {
    const all = objects.list(services, { namespace })
    return String(all.filter(({ spec }) => spec?.type === 'LoadBalancer').length)
  }
  const [kind, resource] = name.includes('.') ? name.split('.', 2) : ['requests', name]
  if ((kind !== 'requests' && kind !== 'limits') || resource === undefined) return '0'
  const running = objects.list(pods, { namespace }).filter((pod) => !isPodTerminal(pod))
  return formatAmount(
    resource,
    running.reduce((sum, pod) => sum + computeOf(pod, kind, resource), 0),
  )
}

/** `count/deployments.apps`, `count/pods`. */
function countName({ group, plural }: ResourceType): string {
  return group === '' ? `count/${plural}` : `count/${plural}.${group}`
}

function listCounted(objects: Objects, namespace: string, type: ResourceType): readonly KubernetesObject[] {
  if (type !== pods) return objects.list(type, { namespace })
  return objects.list(pods, { namespace }).filter((pod) => !isPodTerminal(pod))
}

function computeOf(pod: Pod, kind: 'requests' | 'limits', resource: string): number {
  return (pod.spec?.containers ?? []).reduce(
    (sum, container) => sum + parseQuantity(container.resources?.[kind]?.[resource]),
    0,
  )
}

function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return Number.isInteger(amount) ? String(amount) : `${Math.ceil(amount * 1000)}m`
  for (const [unit, size] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const) {
    if (amount > 0 && amount % size === 0) return `${amount / size}${unit}`
  }
  return String(amount)
}
