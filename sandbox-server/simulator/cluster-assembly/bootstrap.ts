// The objects that a cluster has before anybody applies one: what kubeadm and kind leave behind, recorded from a kind cluster
// of Kubernetes 1.37.2. Departs from it in what is not simulated: the control plane's static pods carry no probes, since
// their programs only stand for it, and kindnet has kindnetd's one container.
import type { KubernetesObject, Pod } from '../../contract/kubernetes.ts'
import type { Objects, ResourceType } from '../api/objects.ts'
import { endpointSlices, endpoints, resourceTypes } from '../api/resources.ts'
import bootstrap from './bootstrap.generated.json' with { type: 'json' }
import { apiServerPort, type ClusterPlan, type SimulatedSpec } from './cluster-plan.ts'
import flannel from './flannel.generated.json' with { type: 'json' }

/** What kind's own installer names itself in managedFields. */
const manager = 'kubeadm'

/** Pods of /etc/kubernetes/manifests on the control plane. */
export const staticPods = bootstrap.staticPods as unknown as readonly Pod[]

/** Everything but the workloads, which start once there are nodes. */
export function createSystemObjects(objects: Objects, plan: ClusterPlan): void {
  for (const object of bootstrap.objects as unknown as readonly KubernetesObject[]) create(objects, object)
  publishApiServer(objects, plan)
}

/** CoreDNS, kube-proxy and the network plugin. */
export function createSystemWorkloads(objects: Objects, spec: SimulatedSpec): void {
  for (const object of bootstrap.workloads as unknown as readonly KubernetesObject[]) {
    if (object.metadata?.name === 'kindnet' && spec.cni !== 'kindnet') continue
    create(objects, object)
  }
  if (spec.cni !== 'flannel') return
  for (const object of flannel.objects as unknown as readonly KubernetesObject[]) create(objects, object)
}

function create(objects: Objects, object: KubernetesObject): void {
  const type = typeOf(object)
  const name = object.metadata?.name ?? ''
  if (!type || objects.get(type, { namespace: object.metadata?.namespace, name })) return
  objects.create(type, object, { fieldManager: manager })
}

function typeOf({ apiVersion = 'v1', kind }: KubernetesObject): ResourceType | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const version = apiVersion.slice(slash + 1)
  return resourceTypes.find(
    (type) =>
      type.group === group && type.version === version && type.kind === kind && !type.plural.includes('/'),
  )
}

/** What the API server itself keeps up to date behind Service `kubernetes` (pkg/controlplane/reconcilers). */
function publishApiServer(objects: Objects, { nodes }: ClusterPlan): void {
  const addresses = nodes.filter(({ isControlPlane }) => isControlPlane).map(({ address }) => address)
  const port = { name: 'https', port: apiServerPort, protocol: 'TCP' }
  const metadata = { name: 'kubernetes', namespace: 'default' }
  objects.create(endpoints, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [port] }],
  })
  objects.create(endpointSlices, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [port],
  })
}
