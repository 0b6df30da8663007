// What the Cluster tab shows of each kind of object: a few cells, in kubectl's words where kubectl has them.
import type {
  Deployment,
  Endpoint,
  EndpointSlice,
  Event,
  Ingress,
  KubernetesObject,
  NetworkPolicy,
  Node,
  Pod,
  Service,
} from '../contract/kubernetes.ts'
import type { ClusterObject } from '../contract/socket.ts'

export interface WatchedKind {
  readonly kind: ClusterObject['kind']
  /** The collection's path, across namespaces. */
  readonly path: string
  fields(object: KubernetesObject): Record<string, string>
}

export const watchedKinds: readonly WatchedKind[] = [
  { kind: 'Node', path: '/api/v1/nodes', fields: (object) => nodeFields(object as Node) },
  { kind: 'Pod', path: '/api/v1/pods', fields: (object) => podFields(object as Pod) },
  { kind: 'Service', path: '/api/v1/services', fields: (object) => serviceFields(object as Service) },
  {
    kind: 'EndpointSlice',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    fields: (object) => endpointSliceFields(object as EndpointSlice),
  },
  {
    kind: 'Ingress',
    path: '/apis/networking.k8s.io/v1/ingresses',
    fields: (object) => ingressFields(object as Ingress),
  },
  {
    kind: 'NetworkPolicy',
    path: '/apis/networking.k8s.io/v1/networkpolicies',
    fields: (object) => networkPolicyFields(object as NetworkPolicy),
  },
  {
    kind: 'Deployment',
    path: '/apis/apps/v1/deployments',
    fields: (object) => deploymentFields(object as Deployment),
  },
  { kind: 'Event', path: '/api/v1/events', fields: (object) => eventFields(object as Event) },
]

const labels = (map: Readonly<Record<string, string>> | undefined) =>
  Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

function nodeFields(node: Node): Record<string, string> {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')
  const address = node.status?.addresses?.find((candidate) => candidate.type === 'InternalIP')
  const role = Object.keys(node.metadata?.labels ?? {}).find((key) =>
    key.startsWith('node-role.kubernetes.io/'),
  )
  return {
    status: `${ready?.status === 'True' ? 'Ready' : 'NotReady'}${node.spec?.unschedulable ? ',SchedulingDisabled' : ''}`,
    role: role?.split('/')[1] ?? '',
    ip: address?.address ?? '',
    podCidr: node.spec?.podCIDR ?? '',
    reason: ready?.status === 'True' ? '' : (ready?.message ?? ''),
  }
}

/** The STATUS column of `kubectl get pods` (printPod in kubernetes/pkg/printers/internalversion/printers.go). */
function podStatus(pod: Pod): string {
  const statuses = pod.status?.containerStatuses ?? []
  if (pod.metadata?.deletionTimestamp) return 'Terminating'
  for (const status of statuses) {
    const reason = status.state?.waiting?.reason ?? status.state?.terminated?.reason
    if (reason && reason !== 'Completed') return reason
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown'
}

function podFields(pod: Pod): Record<string, string> {
  const statuses = pod.status?.containerStatuses ?? []
  return {
    status: podStatus(pod),
    ready: `${statuses.filter((status) => status.ready).length}/${pod.spec?.containers.length ?? 0}`,
    restarts: String(statuses.reduce((sum, status) => sum + status.restartCount, 0)),
    node: pod.spec?.nodeName ?? '',
    ip: pod.status?.podIP ?? '',
    labels: labels(pod.metadata?.labels),
  }
}

function serviceFields(service: Service): Record<string, string> {
  const ports = (service.spec?.ports ?? []).map((port) => {
    const nodePort = port.nodePort ? `:${port.nodePort}` : ''
    return `${port.port}${nodePort}/${port.protocol ?? 'TCP'}`
  })
  const external = (service.status?.loadBalancer?.ingress ?? []).map(
    (entry) => entry.ip ?? entry.hostname ?? '',
  )
  return {
    type: service.spec?.type ?? 'ClusterIP',
    ip: service.spec?.clusterIP ?? '',
    external: external.join(','),
    ports: ports.join(','),
    targetPorts: (service.spec?.ports ?? []).map((port) => String(port.targetPort ?? port.port)).join(','),
    selector: labels(service.spec?.selector),
  }
}

function endpointSliceFields(slice: EndpointSlice): Record<string, string> {
  const isReady = (endpoint: Endpoint) => endpoint.conditions?.ready !== false
  const endpoints = slice.endpoints ?? []
  return {
    service: slice.metadata?.labels?.['kubernetes.io/service-name'] ?? '',
    addresses: endpoints
      .filter(isReady)
      .flatMap((endpoint) => endpoint.addresses)
      .join(','),
    notReady: endpoints
      .filter((endpoint) => !isReady(endpoint))
      .flatMap((endpoint) => endpoint.addresses)
      .join(','),
    pods: endpoints.map((endpoint) => endpoint.targetRef?.name ?? '').join(','),
    ports: (slice.ports ?? []).map((port) => String(port.port ?? '')).join(','),
  }
}

function ingressFields(ingress: Ingress): Record<string, string> {
  const rules = ingress.spec?.rules ?? []
  const backends = rules.flatMap((rule) =>
    (rule.http?.paths ?? []).map((path) => {
      const service = path.backend.service
      return `${path.path ?? '/'} ${service?.name ?? ''}:${service?.port?.number ?? service?.port?.name ?? ''}`
    }),
  )
  return {
    class: ingress.spec?.ingressClassName ?? '',
    hosts: rules.map((rule) => rule.host ?? '*').join(','),
    backends: backends.join(','),
    ip: (ingress.status?.loadBalancer?.ingress ?? [])
      .map((entry) => entry.ip ?? entry.hostname ?? '')
      .join(','),
  }
}

function networkPolicyFields(policy: NetworkPolicy): Record<string, string> {
  const selector = policy.spec?.podSelector
  const expressions = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values }) => `${key} ${operator} (${(values ?? []).join(',')})`,
  )
  return {
    selector:
      [labels(selector?.matchLabels), ...expressions].filter((part) => part !== '').join(',') || '<all pods>',
    types: (policy.spec?.policyTypes ?? []).join(','),
    ingressRules: String(policy.spec?.ingress?.length ?? 0),
    egressRules: String(policy.spec?.egress?.length ?? 0),
  }
}

function deploymentFields(deployment: Deployment): Record<string, string> {
  return {
    ready: `${deployment.status?.readyReplicas ?? 0}/${deployment.spec?.replicas ?? 1}`,
    updated: String(deployment.status?.updatedReplicas ?? 0),
    available: String(deployment.status?.availableReplicas ?? 0),
    selector: labels(deployment.spec?.selector.matchLabels),
  }
}

function eventFields(event: Event): Record<string, string> {
  const about = event.involvedObject
  return {
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    object: `${(about.kind ?? '').toLowerCase()}/${about.name ?? ''}`,
    message: event.message ?? '',
    count: String(event.count ?? 1),
    seenAt: String(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? ''),
  }
}
