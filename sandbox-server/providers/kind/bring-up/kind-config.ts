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
      kubeadmPatch('ClusterConfiguration', [
        addTo('controllerManager/extraArgs/-', { name: 'kube-api-qps', value: '500' }),
        addTo('controllerManager/extraArgs/-', { name: 'kube-api-burst', value: '500' }),
        addTo('controllerManager/extraArgs/-', { name: 'leader-elect', value: 'false' }),
      ]),
      kubeadmPatch('InitConfiguration', [addTo('skipPhases/-', 'kubelet-finalize')]),
    ],
    nodes: Array.from({ length: spec.nodes }, (_, index) =>
      index > 0 ? { role: 'worker', image } : { role: 'control-plane', image, ...portMappings(spec) },
    ),
  })
}

/**
 * Takes away what a control plane waits for without working; nothing of it is seen by whoever uses the cluster.
 * - The controller manager asks for some 120 tokens before its first controller runs, and by default may ask 20 times a
 *   second: 5.5 s. Electing a leader costs 2.6 s more, since its first try comes before the API server has its roles; there
 *   is nobody else to elect.
 * - `kubelet-finalize` restarts the kubelet, to use a certificate that it renews by itself before the year is over. A kubelet
 *   asks a new pod for its readiness only after a random part of ten seconds while it is itself younger than that
 *   (pkg/kubelet/prober/worker.go), which CoreDNS meets after that restart.
 * Kubernetes before 1.36 is configured in an older version of kubeadm's format, and left as it is.
 */
function kubeadmPatch(kind: string, changes: readonly object[]) {
  return { group: 'kubeadm.k8s.io', version: 'v1beta4', kind, patch: JSON.stringify(changes) }
}

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
