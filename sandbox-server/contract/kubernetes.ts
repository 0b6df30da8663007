// Kubernetes' own types, as far as rooms share them. Field meanings: https://kubernetes.io/docs/reference/kubernetes-api/

export type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1'
export type {
  ConfigMap,
  Container,
  ContainerStatus,
  Endpoints,
  Event,
  Namespace,
  Node,
  Pod,
  PodCondition,
  PodSpec,
  PodTemplateSpec,
  Probe,
  Secret,
  Service,
  ServiceAccount,
  ServicePort,
} from 'kubernetes-types/core/v1'
export type { Endpoint, EndpointPort, EndpointSlice } from 'kubernetes-types/discovery/v1'
export type { LabelSelector, ObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1'
export type {
  Ingress,
  IngressClass,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1'

import type { ObjectMeta } from 'kubernetes-types/meta/v1'

/** Any object of the Kubernetes API. */
export interface KubernetesObject {
  apiVersion?: string
  kind?: string
  metadata?: ObjectMeta
}

/** metav1.Status, what the API server answers when it refuses. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: {
    name?: string
    group?: string
    kind?: string
    uid?: string
    causes?: { reason?: string; message?: string; field?: string }[]
    retryAfterSeconds?: number
  }
  code?: number
}
