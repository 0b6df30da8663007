// ResourceQuota at creation: what would go over a quota is refused.
// Source: plugin/pkg/admission/resourcequota/controller.go (checkRequest), pkg/quota/v1/evaluator/core.
import type { KubernetesObject, Pod, Service } from '../../../contract/kubernetes.ts'
import { forbidden } from '../api-error.ts'
import { type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import type { Objects, ResourceType } from '../objects.ts'
import { resourceQuotas } from '../resources.ts'
import { formatQuantity, parseQuantity, type Quantity } from '../schema/quantity.ts'

type Usage = Record<string, Quantity>

const one: Quantity = { nano: 1_000_000_000n, format: 'decimal' }

/** What an object uses, by the names that quotas know. */
export function usageOf(type: ResourceType, object: KubernetesObject): Usage {
  const counted = type.group === '' ? type.plural : `${type.plural}.${type.group}`
  const usage: Usage = { [`count/${counted}`]: one }
  if (type.group !== '') return usage
  usage[type.plural] = one
  if (type.plural === 'services') {
    const { spec } = object as Service
    const nodePorts = (spec?.ports ?? []).length
    if (spec?.type === 'LoadBalancer') usage['services.loadbalancers'] = one
    if (spec?.type === 'NodePort' || spec?.type === 'LoadBalancer') {
      usage['services.nodeports'] = { nano: BigInt(nodePorts) * one.nano, format: 'decimal' }
    }
  }
  if (type.plural === 'pods') addPod(usage, object as Pod)
  return usage
}

function addPod(usage: Usage, pod: Pod): void {
  const spec = pod.spec as unknown as Item | undefined
  for (const container of itemsAt(spec, 'containers')) {
    for (const kind of ['requests', 'limits']) {
      for (const [name, value] of Object.entries(objectAt(objectAt(container, 'resources'), kind) ?? {})) {
        const quantity = parseQuantity(String(value))
        if (!quantity) continue
        const names = kind === 'limits' ? [`limits.${name}`] : [`requests.${name}`, name]
        for (const key of names) {
          const before = usage[key]
          usage[key] = { nano: (before?.nano ?? 0n) + quantity.nano, format: quantity.format }
        }
      }
    }
  }
}

/** Throws 403 where a quota of the namespace would be exceeded. */
export function admitQuota(objects: Objects, type: ResourceType, object: KubernetesObject): void {
  const { namespace, name, generateName } = object.metadata ?? {}
  if (!type.namespaced || !namespace || type === (resourceQuotas as ResourceType)) return
  const quotas = objects.list(resourceQuotas, { namespace })
  if (quotas.length === 0) return
  const delta = usageOf(type, object)
  const existing = objects.list(type, { namespace }).map((other) => usageOf(type, other))
  for (const quota of quotas) {
    const hard = quota.spec?.hard ?? {}
    const over = Object.entries(hard).filter(([resource, limit]) => {
      const asked = delta[resource]
      if (!asked || asked.nano === 0n) return false
      return sum(existing, resource) + asked.nano > (parseQuantity(limit)?.nano ?? 0n)
    })
    if (over.length === 0) continue
    const text = (value: (resource: string, limit: string) => string) =>
      over.map(([resource, limit]) => `${resource}=${value(resource, limit)}`).join(',')
    const used = (resource: string) =>
      formatQuantity({ nano: sum(existing, resource), format: delta[resource]?.format ?? 'decimal' })
    throw forbidden(
      type,
      name ?? generateName ?? '',
      `exceeded quota: ${quota.metadata.name}, requested: ${text((resource) => formatQuantity(delta[resource] ?? one))}, used: ${text(used)}, limited: ${text((_, limit) => limit)}`,
    )
  }
}

function sum(usages: readonly Usage[], resource: string): bigint {
  return usages.reduce((total, usage) => total + (usage[resource]?.nano ?? 0n), 0n)
}
