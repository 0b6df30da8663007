// Which Strategy each resource has. A resource that is not listed is stored as it was sent, with its metadata checked.
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import {
  clusterRoleBindingStrategy,
  clusterRoleStrategy,
  horizontalPodAutoscalerStrategy,
  ipAddressStrategy,
  leaseStrategy,
  limitRangeStrategy,
  podDisruptionBudgetStrategy,
  priorityClassStrategy,
  resourceQuotaStrategy,
  roleBindingStrategy,
  roleStrategy,
  serviceCidrStrategy,
  storageClassStrategy,
} from './kinds/cluster.ts'
import {
  configMapStrategy,
  endpointsStrategy,
  eventStrategy,
  nodeStrategy,
  persistentVolumeClaimStrategy,
  persistentVolumeStrategy,
  replicationControllerStrategy,
  secretStrategy,
  serviceAccountStrategy,
} from './kinds/core.ts'
import { customResourceDefinitionStrategy } from './kinds/custom-resource-definition.ts'
import { namespaceStrategy } from './kinds/namespace.ts'
import {
  endpointSliceStrategy,
  ingressClassStrategy,
  ingressStrategy,
  networkPolicyStrategy,
} from './kinds/networking.ts'
import { podStrategy } from './kinds/pod.ts'
import { serviceStrategy } from './kinds/service.ts'
import {
  cronJobStrategy,
  daemonSetStrategy,
  deploymentStrategy,
  jobStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
} from './kinds/workloads.ts'
import type { ResourceType } from './objects.ts'
import { storageOf } from './resource-registry.ts'
import type { Strategy } from './strategy.ts'

const strategies: Readonly<Record<string, unknown>> = {
  '/namespaces': namespaceStrategy,
  '/pods': podStrategy,
  '/services': serviceStrategy,
  '/configmaps': configMapStrategy,
  '/endpoints': endpointsStrategy,
  '/events': eventStrategy,
  '/nodes': nodeStrategy,
  '/persistentvolumeclaims': persistentVolumeClaimStrategy,
  '/persistentvolumes': persistentVolumeStrategy,
  '/replicationcontrollers': replicationControllerStrategy,
  '/secrets': secretStrategy,
  '/limitranges': limitRangeStrategy,
  '/resourcequotas': resourceQuotaStrategy,
  'autoscaling/horizontalpodautoscalers': horizontalPodAutoscalerStrategy,
  'coordination.k8s.io/leases': leaseStrategy,
  'networking.k8s.io/ipaddresses': ipAddressStrategy,
  'networking.k8s.io/servicecidrs': serviceCidrStrategy,
  'policy/poddisruptionbudgets': podDisruptionBudgetStrategy,
  'rbac.authorization.k8s.io/clusterrolebindings': clusterRoleBindingStrategy,
  'rbac.authorization.k8s.io/clusterroles': clusterRoleStrategy,
  'rbac.authorization.k8s.io/rolebindings': roleBindingStrategy,
  'rbac.authorization.k8s.io/roles': roleStrategy,
  'scheduling.k8s.io/priorityclasses': priorityClassStrategy,
  'storage.k8s.io/storageclasses': storageClassStrategy,
  '/serviceaccounts': serviceAccountStrategy,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinitionStrategy,
  'discovery.k8s.io/endpointslices': endpointSliceStrategy,
  'apps/deployments': deploymentStrategy,
  'apps/replicasets': replicaSetStrategy,
  'apps/statefulsets': statefulSetStrategy,
  'apps/daemonsets': daemonSetStrategy,
  'batch/jobs': jobStrategy,
  'batch/cronjobs': cronJobStrategy,
  'networking.k8s.io/networkpolicies': networkPolicyStrategy,
  'networking.k8s.io/ingresses': ingressStrategy,
  'networking.k8s.io/ingressclasses': ingressClassStrategy,
}

const custom: Strategy = { generation: true }
const none: Strategy = {}

export function strategyOf(type: ResourceType<KubernetesObject>): Strategy {
  const own = strategies[storageOf(type)]
  if (own) return own as Strategy
  return type.group.includes('.') && !type.group.endsWith('.k8s.io') ? custom : none
}
