// Cilium as the network plugin beside kube-proxy. Its project publishes a Helm chart and no manifest, so helm makes one.
import type { AddOn } from '../../add-on.ts'

/** Names pods' addresses after the nodes' podCIDR, as the other plugins do; one operator will do for clusters of this size. */
const values = [
  'ipam.mode=kubernetes',
  'operator.replicas=1',
  'hubble.enabled=false',
  'envoy.enabled=false',
  // kind's nodes share the machine's kernel and its BPF file system, so nothing may be mounted or changed for them.
  'cgroup.autoMount.enabled=false',
  'cgroup.hostRoot=/sys/fs/cgroup',
]

export const cilium: AddOn = {
  name: 'cilium',
  version: 'v1.20.2',
  manifest: {
    kind: 'upstream',
    file: 'cilium-v1.20.2.yaml',
    source: {
      program: 'helm',
      args: [
        'template',
        'cilium',
        'cilium',
        '--repo=https://helm.cilium.io/',
        '--version=1.20.2',
        '--namespace=kube-system',
        `--set=${values.join(',')}`,
      ],
    },
  },
  waitFor: ['kube-system/daemonset/cilium', 'kube-system/deployment/cilium-operator'],
}
