// Calico as the network plugin, from the one manifest that its project publishes for clusters of up to 50 nodes.
import type { AddOn } from '../../add-on.ts'

/** Its pods take their addresses from the nodes' podCIDR, as it finds out by itself on a cluster made by kubeadm. */
export const calico: AddOn = {
  name: 'calico',
  version: 'v3.32.1',
  manifest: {
    kind: 'upstream',
    file: 'calico-v3.32.1.yaml',
    source: {
      url: 'https://raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/calico.yaml',
      sha256: 'a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744',
    },
  },
  waitFor: ['kube-system/daemonset/calico-node', 'kube-system/deployment/calico-kube-controllers'],
}
