// When a cluster can be handed over: nodes, network plugin and DNS are there, as far as the plugin lets them.

import type { Objects } from '../api/objects.ts'
import { daemonSets, deployments, endpointSlices, nodes, pods } from '../api/resources.ts'
import { isPodReady } from '../controllers/runtime/pod-state.ts'
import type { SimulatedSpec } from './cluster-plan.ts'

export function isReady(objects: Objects, spec: SimulatedSpec): boolean {
  const all = objects.list(nodes)
  if (all.length < spec.nodes) return false
  const daemons = objects.list(daemonSets)
  const running = daemons.every(
    ({ status }) =>
      (status?.numberReady ?? 0) === all.length && status?.desiredNumberScheduled === all.length,
  )
  if (!running) return false
  if (!objects.list(pods).every((pod) => !pod.spec?.hostNetwork || isPodReady(pod))) return false
  if (spec.cni === 'none')
    return all.every((node) => node.status?.conditions?.some(({ type }) => type === 'Ready'))
  const ready = all.every((node) =>
    node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  )
  if (!ready) return false
  const settled = objects
    .list(deployments)
    .every(({ spec: wanted, status }) => (status?.availableReplicas ?? 0) === (wanted?.replicas ?? 1))
  const dns = objects
    .list(endpointSlices, { namespace: 'kube-system', labelSelector: 'kubernetes.io/service-name=kube-dns' })
    .some((slice) => slice.endpoints.some(({ conditions }) => conditions?.ready))
  return settled && dns
}
