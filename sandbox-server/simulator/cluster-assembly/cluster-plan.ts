// Who is in a cluster and at which address, as kind lays it out.

/** What clusters can be simulated. */
export interface SimulatedSpec {
  readonly nodes: number
  readonly cni: 'kindnet' | 'flannel' | 'none'
}

export interface NodePlan {
  readonly name: string
  readonly address: string
  readonly isControlPlane: boolean
}

export interface ClusterPlan {
  readonly nodes: readonly NodePlan[]
  /** The learner's machine, and one further away; both on the nodes' network. */
  readonly terminal: string
  readonly outside: string
}

export const clusterDns = '10.96.0.10'
export const clusterDomain = 'cluster.local'
export const apiServerPort = 6443

export function planCluster(spec: SimulatedSpec): ClusterPlan {
  const nodes = Array.from({ length: spec.nodes }, (_, index) => ({
    name: nodeName(index),
    address: `172.18.0.${index + 2}`,
    isControlPlane: index === 0,
  }))
  return { nodes, terminal: '172.18.0.100', outside: '172.18.0.200' }
}

function nodeName(index: number): string {
  if (index === 0) return 'fairlead-control-plane'
  return index === 1 ? 'fairlead-worker' : `fairlead-worker${index}`
}
