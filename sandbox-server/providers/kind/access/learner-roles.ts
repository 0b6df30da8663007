// What RBAC lets a learner do who is no administrator. RBAC speaks of kinds and verbs in all namespaces at once; that changes
// stay in the learner's own namespaces is the admission policies' part.
import { type KubernetesObject, learnerGroup } from './learner.ts'

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly verbs: readonly string[]
}

const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete', 'deletecollection']

/**
 * Secrets cannot be left out of a wildcard, so the core group is written out. Not in it besides Secrets: nodes/proxy and its kin,
 * which is the kubelet's API with exec into every pod.
 */
const readable: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: [
      'bindings',
      'componentstatuses',
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'nodes',
      'nodes/status',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'persistentvolumes',
      'persistentvolumes/status',
      'pods',
      'pods/ephemeralcontainers',
      'pods/log',
      'pods/resize',
      'pods/status',
      'podtemplates',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
      'serviceaccounts',
      'services',
      'services/status',
    ],
    verbs: read,
  },
  {
    apiGroups: [
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'apiregistration.k8s.io',
      'apps',
      'autoscaling',
      'batch',
      'certificates.k8s.io',
      'coordination.k8s.io',
      'discovery.k8s.io',
      'events.k8s.io',
      // Gone from Kubernetes, but in its role `view`, which a learner may bind in namespaces of theirs.
      'extensions',
      'flowcontrol.apiserver.k8s.io',
      'gateway.networking.k8s.io',
      'metrics.k8s.io',
      'networking.k8s.io',
      'node.k8s.io',
      'policy',
      'policy.networking.k8s.io',
      'rbac.authorization.k8s.io',
      'resource.k8s.io',
      'scheduling.k8s.io',
      'storage.k8s.io',
      // Of what a lesson's cluster can have installed.
      'cilium.io',
      'crd.projectcalico.org',
      'metallb.io',
      'projectcalico.org',
      'traefik.io',
    ],
    resources: ['*'],
    verbs: read,
  },
  {
    nonResourceURLs: [
      '/metrics',
      '/livez',
      '/livez/*',
      '/readyz',
      '/readyz/*',
      '/healthz/*',
      '/version',
      '/openapi/*',
    ],
    verbs: ['get'],
  },
]

/** Kept from a learner: PersistentVolumes (a hostPath volume is a way onto the node), serviceaccounts/token, bindings, status. */
const writable: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'persistentvolumeclaims',
      'pods',
      'podtemplates',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'resourcequotas',
      'secrets',
      'serviceaccounts',
      'services',
      // Which ones, the admission policies say.
      'namespaces',
    ],
    verbs: write,
  },
  {
    apiGroups: [''],
    // A WebSocket is a GET, and create is asked for besides since Kubernetes 1.35.
    resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize'], verbs: ['update', 'patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  {
    apiGroups: ['apps'],
    resources: [
      'controllerrevisions',
      'daemonsets',
      'deployments',
      'deployments/rollback',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
    verbs: write,
  },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: write },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: write },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: write },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: write },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: write },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: write },
  {
    apiGroups: ['networking.k8s.io'],
    resources: ['ingresses', 'networkpolicies', 'ingressclasses'],
    verbs: write,
  },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: [
      'gateways',
      'gatewayclasses',
      'httproutes',
      'grpcroutes',
      'tlsroutes',
      'tcproutes',
      'udproutes',
      'referencegrants',
      'backendtlspolicies',
    ],
    verbs: write,
  },
  { apiGroups: ['cilium.io'], resources: ['ciliumnetworkpolicies'], verbs: write },
  { apiGroups: ['crd.projectcalico.org', 'projectcalico.org'], resources: ['networkpolicies'], verbs: write },
  // The API server itself refuses a role that holds more than whoever makes it.
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: write },
]

const rbac = 'rbac.authorization.k8s.io'
const group = { apiGroup: rbac, kind: 'Group', name: learnerGroup }
export const secretsRole = 'fairlead-learner-secrets'

export function learnerClusterRoles(): KubernetesObject[] {
  const role = (name: string, rules: readonly Rule[]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  })
  // With this a learner reads Secrets of a namespace that they made, once they bind it there to themselves.
  const bind: Rule = {
    apiGroups: [rbac],
    resources: ['clusterroles'],
    resourceNames: [secretsRole],
    verbs: ['bind'],
  }
  return [
    role('fairlead-learner', [...readable, ...writable, bind]),
    role(secretsRole, [{ apiGroups: [''], resources: ['secrets'], verbs: read }]),
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'fairlead-learner' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'fairlead-learner' },
      subjects: [group],
    },
  ]
}

/** Lets the learner read the Secrets of one namespace. */
export function secretsBinding(namespace: string): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: secretsRole, namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: secretsRole },
    subjects: [group],
  }
}

export function administratorBinding(): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'fairlead-learner-administrator' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [group],
  }
}
