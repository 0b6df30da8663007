// What the scheduler knows of a node: the node, the pods on it and the resources that they have asked for
// (upstream pkg/scheduler/framework/types.go, NodeInfo).
import type { Node, Pod } from '../../../contract/kubernetes.ts'
import type { Objects, Stored } from '../../api/objects.ts'
import { nodes, pods } from '../../api/resources.ts'
import { isPodTerminal } from '../runtime/pod-state.ts'
import { parseQuantity } from '../runtime/quantity.ts'

export type Resources = Map<string, number>

export interface NodeState {
  readonly node: Stored<Node>
  readonly pods: readonly Stored<Pod>[]
  readonly requested: Resources
  readonly allocatable: Resources
}

export function readNodes(objects: Objects): NodeState[] {
  const byNode = new Map<string, Stored<Pod>[]>()
  for (const pod of objects.list(pods)) {
    const name = pod.spec?.nodeName
    if (!name || isPodTerminal(pod)) continue
    const others = byNode.get(name)
    if (others) others.push(pod)
    else byNode.set(name, [pod])
  }
  return objects.list(nodes).map((node) => {
    const here = byNode.get(node.metadata.name) ?? []
    const requested: Resources = new Map()
    for (const pod of here) add(requested, requestsOf(pod))
    return { node, pods: here, requested, allocatable: quantities(node.status?.allocatable) }
  })
}

/** The sum of the containers, or the largest init container where that is more; sidecars count with the containers. */
export function requestsOf(pod: Pod): Resources {
  const total: Resources = new Map()
  for (const container of pod.spec?.containers ?? []) add(total, quantities(container.resources?.requests))
  const sidecars: Resources = new Map()
  const peaks: Resources = new Map()
  for (const container of pod.spec?.initContainers ?? []) {
    const wanted = quantities(container.resources?.requests)
    if (container.restartPolicy === 'Always') {
      add(sidecars, wanted)
      continue
    }
    add(wanted, sidecars)
    for (const [name, value] of wanted) peaks.set(name, Math.max(peaks.get(name) ?? 0, value))
  }
  add(total, sidecars)
  for (const [name, value] of peaks) total.set(name, Math.max(total.get(name) ?? 0, value))
  add(total, quantities(pod.spec?.overhead))
  return total
}

function quantities(list: Readonly<Record<string, string>> | undefined): Resources {
  return new Map(Object.entries(list ?? {}).map(([name, value]) => [name, parseQuantity(value)]))
}

function add(to: Resources, what: Resources): void {
  for (const [name, value] of what) to.set(name, (to.get(name) ?? 0) + value)
}
