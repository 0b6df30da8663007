// kind's configuration file for a cluster that a lesson asks for. Where a lesson says nothing, kind's own defaults hold.
import { stringify } from 'yaml'
import type { ClusterSpec } from '../../../contract/lesson.ts'

export interface KindConfigOptions {
  readonly name: string
  readonly spec: ClusterSpec
  readonly nodeImage: string
}

/** YAML of kind.x-k8s.io/v1alpha4. */
export function kindConfig({ name, spec, nodeImage: image }: KindConfigOptions): string {
  const gates = Object.keys(spec.featureGates).length > 0
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name,
    networking: {
      ipFamily: spec.ipFamily,
      kubeProxyMode: spec.kubeProxy,
      disableDefaultCNI: spec.cni !== 'kindnet',
      apiServerAddress: '127.0.0.1',
    },
    ...(gates && { featureGates: spec.featureGates }),
    kubeadmConfigPatchesJSON6902: [
      {
        group: 'kubeadm.k8s.io',
        version: 'v1beta4',
        kind: 'ClusterConfiguration',
        patch: JSON.stringify(quickStart),
      },
    ],
    nodes: Array.from({ length: spec.nodes }, (_, index) =>
      index > 0 ? { role: 'worker', image } : { role: 'control-plane', image, ...portMappings(spec) },
    ),
  })
}

/**
 * Time that a control plane spends waiting, not working. The controller manager asks for some 120 tokens before its first
 * controller runs, and by default may ask 20 times a second: 5.5 s. Electing a leader costs another 2.6 s, since its first try
 * comes before the API server has its roles; there is nobody else to elect. Older kubeadm (v1beta3) is left as it is.
 */
const quickStart = [
  addTo('controllerManager/extraArgs/-', { name: 'kube-api-qps', value: '500' }),
  addTo('controllerManager/extraArgs/-', { name: 'kube-api-burst', value: '500' }),
  addTo('controllerManager/extraArgs/-', { name: 'leader-elect', value: 'false' }),
]

function addTo(path: string, value: unknown) {
  return { op: 'add', path: `/${path}`, value }
}

/** Port 0 of the machine is any free one. On the loopback address: who may come in is decided by the server. */
function portMappings({ portMappings: ports }: ClusterSpec) {
  if (ports.length === 0) return {}
  return {
    extraPortMappings: ports.map(({ containerPort, protocol }) => ({
      containerPort,
      hostPort: 0,
      listenAddress: '127.0.0.1',
      protocol,
    })),
  }
}
