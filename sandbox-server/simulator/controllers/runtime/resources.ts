// The resources that controllers read and write, typed.
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from 'kubernetes-types/apps/v1'
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { Lease } from 'kubernetes-types/coordination/v1'
import type {
  ConfigMap,
  Endpoints,
  Event,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1'
import type { EndpointSlice } from 'kubernetes-types/discovery/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import type { ResourceType } from '../../api/objects.ts'

function resource<T extends KubernetesObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  namespaced = true,
): ResourceType<T> {
  const slash = apiVersion.indexOf('/')
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced,
    verbs: [],
    subresources: [],
  }
}

export const configMaps = resource<ConfigMap>('v1', 'ConfigMap', 'configmaps')
export const endpoints = resource<Endpoints>('v1', 'Endpoints', 'endpoints')
export const events = resource<Event>('v1', 'Event', 'events')
export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces', false)
export const nodes = resource<Node>('v1', 'Node', 'nodes', false)
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
)
export const pods = resource<Pod>('v1', 'Pod', 'pods')
export const replicationControllers = resource<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
)
export const resourceQuotas = resource<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas')
export const secrets = resource<Secret>('v1', 'Secret', 'secrets')
export const serviceAccounts = resource<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts')
export const services = resource<Service>('v1', 'Service', 'services')
export const controllerRevisions = resource<ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
)
export const daemonSets = resource<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets')
export const deployments = resource<Deployment>('apps/v1', 'Deployment', 'deployments')
export const replicaSets = resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets')
export const statefulSets = resource<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets')
export const horizontalPodAutoscalers = resource<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
)
export const cronJobs = resource<CronJob>('batch/v1', 'CronJob', 'cronjobs')
export const jobs = resource<Job>('batch/v1', 'Job', 'jobs')
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases')
export const endpointSlices = resource<EndpointSlice>(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'endpointslices',
)
export const podDisruptionBudgets = resource<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
)
