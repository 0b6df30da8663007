// Every resource that the API server serves, from the discovery of a real Kubernetes 1.37.2, and typed names for those that
// the simulator's own code works with.

import type { ControllerRevision } from 'kubernetes-types/apps/v1'
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { Lease } from 'kubernetes-types/coordination/v1'
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  ReplicationController,
  ResourceQuota,
} from 'kubernetes-types/core/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import type {
  ConfigMap,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  Ingress,
  IngressClass,
  KubernetesObject,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
} from '../../contract/kubernetes.ts'
import discovery from './data/discovery.generated.json' with { type: 'json' }
import type { ResourceType } from './objects.ts'

interface DiscoveredResource {
  resource: string
  responseKind?: { kind: string }
  scope?: string
  singularResource?: string
  shortNames?: string[]
  categories?: string[]
  verbs: string[]
  subresources?: { subresource: string }[]
}
interface DiscoveredGroup {
  metadata: { name?: string }
  versions: { version: string; resources: DiscoveredResource[] }[]
}

function derive(): readonly ResourceType[] {
  const groups = [...discovery['/api'].items, ...discovery['/apis'].items] as DiscoveredGroup[]
  return groups.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.map((resource) => ({
        group: group.metadata.name ?? '',
        version,
        kind: resource.responseKind?.kind ?? '',
        plural: resource.resource,
        singular: resource.singularResource ?? '',
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        namespaced: resource.scope === 'Namespaced',
        verbs: resource.verbs,
        subresources: resource.subresources?.map((part) => part.subresource) ?? [],
      })),
    ),
  )
}

/** All of them, in the order of discovery. */
export const resourceTypes: readonly ResourceType[] = derive()

function resource<T extends KubernetesObject>(plural: string, group = '', version = 'v1'): ResourceType<T> {
  const found = resourceTypes.find(
    (type) => type.plural === plural && type.group === group && type.version === version,
  )
  if (!found) throw new Error(`discovery has no ${plural}.${version}.${group}`)
  return found as ResourceType<T>
}

export interface ServiceCIDR extends KubernetesObject {
  spec?: { cidrs?: string[] }
  status?: { conditions?: { type: string; status: string }[] }
}
export interface IPAddress extends KubernetesObject {
  spec?: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } }
}
export interface CustomResourceDefinition extends KubernetesObject {
  spec?: {
    group: string
    scope: 'Namespaced' | 'Cluster'
    names: {
      plural: string
      singular?: string
      kind: string
      listKind?: string
      shortNames?: string[]
      categories?: string[]
    }
    conversion?: { strategy?: string }
    versions: {
      name: string
      served: boolean
      storage: boolean
      schema?: { openAPIV3Schema?: Record<string, unknown> }
      subresources?: { status?: Record<string, never>; scale?: Record<string, string> }
      additionalPrinterColumns?: {
        name: string
        type: string
        format?: string
        description?: string
        priority?: number
        jsonPath: string
      }[]
    }[]
  }
  status?: Record<string, unknown>
}

export const pods = resource<Pod>('pods')
export const services = resource<Service>('services')
export const endpoints = resource<Endpoints>('endpoints')
export const namespaces = resource<Namespace>('namespaces')
export const nodes = resource<Node>('nodes')
export const events = resource<Event>('events')
export const configMaps = resource<ConfigMap>('configmaps')
export const secrets = resource<Secret>('secrets')
export const serviceAccounts = resource<ServiceAccount>('serviceaccounts')
export const resourceQuotas = resource<ResourceQuota>('resourcequotas')
export const persistentVolumes = resource<PersistentVolume>('persistentvolumes')
export const persistentVolumeClaims = resource<PersistentVolumeClaim>('persistentvolumeclaims')
export const replicationControllers = resource<ReplicationController>('replicationcontrollers')
export const deployments = resource<Deployment>('deployments', 'apps')
export const replicaSets = resource<ReplicaSet>('replicasets', 'apps')
export const daemonSets = resource<DaemonSet>('daemonsets', 'apps')
export const statefulSets = resource<StatefulSet>('statefulsets', 'apps')
export const controllerRevisions = resource<ControllerRevision>('controllerrevisions', 'apps')
export const jobs = resource<Job>('jobs', 'batch')
export const cronJobs = resource<CronJob>('cronjobs', 'batch')
export const endpointSlices = resource<EndpointSlice>('endpointslices', 'discovery.k8s.io')
export const networkPolicies = resource<NetworkPolicy>('networkpolicies', 'networking.k8s.io')
export const ingresses = resource<Ingress>('ingresses', 'networking.k8s.io')
export const ingressClasses = resource<IngressClass>('ingressclasses', 'networking.k8s.io')
export const serviceCidrs = resource<ServiceCIDR>('servicecidrs', 'networking.k8s.io')
export const podDisruptionBudgets = resource<PodDisruptionBudget>('poddisruptionbudgets', 'policy')
export const horizontalPodAutoscalers = resource<HorizontalPodAutoscaler>(
  'horizontalpodautoscalers',
  'autoscaling',
  'v2',
)
export const leases = resource<Lease>('leases', 'coordination.k8s.io')
export const roles = resource<Role>('roles', 'rbac.authorization.k8s.io')
export const roleBindings = resource<RoleBinding>('rolebindings', 'rbac.authorization.k8s.io')
export const clusterRoles = resource<ClusterRole>('clusterroles', 'rbac.authorization.k8s.io')
export const clusterRoleBindings = resource<ClusterRoleBinding>(
  'clusterrolebindings',
  'rbac.authorization.k8s.io',
)
export const priorityClasses = resource<PriorityClass>('priorityclasses', 'scheduling.k8s.io')
export const storageClasses = resource<StorageClass>('storageclasses', 'storage.k8s.io')
export const customResourceDefinitions = resource<CustomResourceDefinition>(
  'customresourcedefinitions',
  'apiextensions.k8s.io',
)

/** `v1`, `apps/v1`. */
export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}
