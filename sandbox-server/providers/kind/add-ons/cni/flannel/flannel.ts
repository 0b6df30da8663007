// Flannel as the network plugin: a bridge on each node and VXLAN between them. It enforces no NetworkPolicy.
import type { AddOn } from '../../add-on.ts'

export const flannel: AddOn = {
  name: 'flannel',
  version: 'v0.28.10',
  manifest: { kind: 'shipped', files: [new URL('kube-flannel.yaml', import.meta.url)] },
  waitFor: ['kube-flannel/daemonset/kube-flannel-ds'],
}
