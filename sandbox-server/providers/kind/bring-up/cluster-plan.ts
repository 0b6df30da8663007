// Names and addresses of everything that one cluster will consist of, known before any of it is made.
import type { Access, ClusterSpec } from '../../../contract/lesson.ts'
import type { ClusterRecord } from '../cluster-record.ts'

export interface ClusterPlanOptions {
  /** kind's name of the cluster; at most 40 characters, so that container names stay under 63. */
  readonly name: string
  readonly spec: ClusterSpec
  readonly access: Access
  readonly owner?: string | undefined
  /** An IPv4 /24 of its own: `10.201.7.0/24`. */
  readonly subnet: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** The last number of the addresses, in every cluster: .1 is the engine's gateway. */
const controlPlaneAddress = 2
const toolboxAddress = 100

/** The record of a cluster that is about to be made. */
export function planCluster({ name, spec, access, owner, subnet, now }: ClusterPlanOptions): ClusterRecord {
  const suffixes = ['control-plane', ...workerNames(spec.nodes - 1)]
  return {
    name,
    ...(owner !== undefined && { owner }),
    phase: 'starting',
    spec,
    access,
    nodesEntered: false,
    createdAt: now,
    usedAt: now,
    network: { name, subnet },
    nodes: suffixes.map((suffix, index) => ({
      name: `fairlead-${suffix}`,
      container: `${name}-${suffix}`,
      address: hostOf(subnet, controlPlaneAddress + index),
    })),
    toolbox: { container: `${name}-toolbox`, address: hostOf(subnet, toolboxAddress) },
    ports: {},
  }
}

/** As kind counts them: worker, worker2, worker3. */
function workerNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `worker${index === 0 ? '' : index + 1}`)
}

/** Holds the node's /var: images, containers, etcd. */
export function nodeVolume(container: string): string {
  return `${container}-var`
}

function hostOf(subnet: string, host: number): string {
  return subnet.replace(/\.\d+\/\d+$/, `.${host}`)
}
