// The machine that a probe leaves from.
import type { Vantage } from '../../contract/cluster.ts'
import { AppError } from '../../contract/errors.ts'
import type { RunningMachine, SimulatedCluster } from '../../simulator/cluster.ts'

/** Throws AppError NOT_FOUND where the pod does not run or the node does not exist. */
export function machineAt(cluster: SimulatedCluster, vantage: Vantage): RunningMachine {
  if (vantage === 'outside') return cluster.host('outside')
  if ('node' in vantage) {
    const node = cluster.node(vantage.node)
    if (node) return node
    throw new AppError('NOT_FOUND', `There is no node ${vantage.node}.`, { hint: 'See kubectl get nodes.' })
  }
  const { pod: name, namespace, container } = vantage
  const machine = cluster.container({ namespace, name, container })
  if (machine) return machine
  throw new AppError('NOT_FOUND', `Pod ${name} in namespace ${namespace} is not running.`, {
    hint: `See kubectl describe pod ${name} -n ${namespace}.`,
  })
}
