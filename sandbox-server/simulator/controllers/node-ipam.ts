// Gives every node its part of the pod network, 10.244.N.0/24, and the annotation of the TTL controller
// (upstream pkg/controller/nodeipam/ipam/range_allocator.go and pkg/controller/ttl).
import { nodes } from '../api/resources.ts'
import { createController, every } from './runtime/controller.ts'

/** --cluster-cidr and --node-cidr-mask-size, as kind sets them. */
const partOf = (index: number) => `10.244.${index}.0/24`
const parts = 256

export const nodeIpamController = createController('node-ipam-controller', ({ objects }) => ({
  sources: [every(nodes)],
  reconcile(name) {
    const node = objects.get(nodes, { name })
    if (!node) return undefined
    const taken = new Set(objects.list(nodes).map(({ spec }) => spec?.podCIDR))
    const free = Array.from({ length: parts }, (_, index) => partOf(index)).find((part) => !taken.has(part))
    const podCIDR = node.spec?.podCIDR ?? free
    const ttl = 'node.alpha.kubernetes.io/ttl'
    const complete = node.spec?.podCIDR !== undefined && node.metadata.annotations?.[ttl] !== undefined
    if (complete || podCIDR === undefined) return undefined
    objects.mutate(nodes, { name }, (draft) => {
      draft.spec = { ...draft.spec, podCIDR, podCIDRs: [podCIDR] }
      if (draft.metadata) draft.metadata.annotations = { ...draft.metadata.annotations, [ttl]: '0' }
    })
    return undefined
  },
}))
