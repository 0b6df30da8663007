// Which Strategy each resource has. A resource that is not listed is stored as it was sent, with its metadata checked.
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import { namespaceStrategy } from './kinds/namespace.ts'
import type { ResourceType } from './objects.ts'
import { storageOf } from './resource-registry.ts'
import type { Strategy } from './strategy.ts'

const strategies: Readonly<Record<string, unknown>> = {
  '/namespaces': namespaceStrategy,
}

const custom: Strategy = { generation: true }
const none: Strategy = {}

export function strategyOf(type: ResourceType<KubernetesObject>): Strategy {
  const own = strategies[storageOf(type)]
  if (own) return own as Strategy
  return type.group.includes('.') && !type.group.endsWith('.k8s.io') ? custom : none
}
