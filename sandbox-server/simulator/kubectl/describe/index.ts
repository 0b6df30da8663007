// Every description, by kind. Adding one is a new file and a line here.
import type { Describer } from './describer.ts'
import { describeGeneric } from './generic.ts'
import {
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeNetworkPolicy,
} from './network.ts'
import { describeNode } from './node.ts'
import {
  describeConfigMap,
  describeNamespace,
  describeQuota,
  describeSecret,
  describeServiceAccount,
} from './plain.ts'
import { describePod } from './pod.ts'
import { describeRole } from './roles.ts'
import { describeService } from './service.ts'
import {
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts'

/** By `Kind` or `Kind.group`. */
const describers: Readonly<Record<string, Describer>> = {
  ConfigMap: describeConfigMap,
  'DaemonSet.apps': describeDaemonSet,
  'Deployment.apps': describeDeployment,
  Endpoints: describeEndpoints,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'Ingress.networking.k8s.io': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'Job.batch': describeJob,
  Namespace: describeNamespace,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  Node: describeNode,
  Pod: describePod,
  'ReplicaSet.apps': describeReplicaSet,
  ResourceQuota: describeQuota,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'Role.rbac.authorization.k8s.io': describeRole,
  Secret: describeSecret,
  Service: describeService,
  ServiceAccount: describeServiceAccount,
  'StatefulSet.apps': describeStatefulSet,
}

export function describerOf(group: string, kind: string): Describer {
  return describers[group === '' ? kind : `${kind}.${group}`] ?? describeGeneric
}
