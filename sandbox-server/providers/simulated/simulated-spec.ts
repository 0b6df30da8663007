// What the simulator can make of a lesson's cluster specification, and what it cannot.
import type { ClusterSpec } from '../../contract/lesson.ts'
import type { SimulatedSpec } from '../../simulator/cluster-assembly/cluster-plan.ts'

/** Why not, in one sentence that ends an explanation. */
export function notSimulated(spec: ClusterSpec): string | undefined {
  if (spec.cni === 'calico' || spec.cni === 'cilium') return `${spec.cni} is not simulated.`
  if (spec.kubeProxy !== 'iptables') return `kube-proxy in ${spec.kubeProxy} mode is not simulated.`
  if (spec.ingress !== 'none') return `Clusters with a ready-made ${spec.ingress} are not simulated.`
  if (spec.loadBalancer !== 'none') return `${spec.loadBalancer} is not simulated.`
  if (spec.ipFamily !== 'ipv4') return 'IPv6 is not simulated.'
  if (spec.portMappings.length > 0) return 'Simulated nodes have no ports on this machine.'
  if (Object.keys(spec.featureGates).length > 0) return 'Feature gates are not simulated.'
  return undefined
}

/** Throws where `notSimulated` has something to say. */
export function simulatedSpec(spec: ClusterSpec): SimulatedSpec {
  const { nodes, cni } = spec
  if (cni === 'calico' || cni === 'cilium') throw new Error(`${cni} is not simulated`)
  return { nodes, cni }
}
