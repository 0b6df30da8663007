// MetalLB in layer 2 mode: a node answers ARP for the address that a LoadBalancer Service gets.
import type { AddOn, AddOnSite } from '../../add-on.ts'

export const metallb: AddOn = {
  name: 'metallb',
  version: 'v0.16.2',
  manifest: {
    kind: 'shipped',
    files: ['metallb-crds.yaml', 'metallb.yaml'].map((file) => new URL(file, import.meta.url)),
  },
  waitFor: ['metallb-system/deployment/controller', 'metallb-system/daemonset/speaker'],
  configure: pool,
}

/** The end of the cluster's own network, where neither nodes nor toolbox are. */
function pool({ network: { subnet } }: AddOnSite): string {
  const address = (host: number) => subnet.replace(/\.\d+\/\d+$/, `.${host}`)
  return `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: fairlead, namespace: metallb-system }
spec:
  addresses: [${address(200)}-${address(250)}]
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { name: fairlead, namespace: metallb-system }
spec:
  ipAddressPools: [fairlead]
`
}
