// Which of the nodes that fit is best: the scheduler's score plugins with their default weights
// (upstream pkg/scheduler/apis/config/v1/default_plugins.go).
import type { Pod } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { matchesTerm } from '../runtime/node-affinity.ts'
import { parseQuantity } from '../runtime/quantity.ts'
import { untolerated } from '../runtime/taints.ts'
import type { World } from './filters.ts'
import { affinityScores } from './inter-pod-affinity.ts'
import type { NodeState } from './node-state.ts'
import { spreadScores } from './topology-spread.ts'

/** What a container without requests counts as (pkg/scheduler/util/pod_resources.go). */
const assumed = { cpu: 0.1, memory: 200 * 2 ** 20 }

export function scores(pod: Stored<Pod>, feasible: readonly NodeState[], world: World): number[] {
  const usage = feasible.map((state) => usageAfter(pod, state))
  const weighted: readonly (readonly [weight: number, scores: readonly number[]])[] = [
    [
      3,
      normalised(
        feasible.map(({ node }) => preferNoSchedule(pod, node.spec?.taints)),
        true,
      ),
    ],
    [
      2,
      normalised(
        feasible.map((state) => preferredAffinity(pod, state)),
        false,
      ),
    ],
    [2, spreadScores(pod, feasible, world.nodes, world.services)],
    [2, affinityScores(pod, feasible, world)],
    [1, usage.map(({ cpu, memory }) => (free(cpu) + free(memory)) / 2)],
    [1, usage.map(({ cpu, memory }) => (1 - Math.abs(cpu - memory) / 2) * 100)],
  ]
  return feasible.map((_, index) =>
    weighted.reduce((sum, [weight, values]) => sum + weight * Math.floor(values[index] ?? 0), 0),
  )
}

const free = (fraction: number) => Math.max(0, 1 - fraction) * 100

function usageAfter(pod: Stored<Pod>, { pods, allocatable }: NodeState): { cpu: number; memory: number } {
  const used = (name: 'cpu' | 'memory') => {
    const total = [...pods, pod].reduce((sum, each) => sum + countedRequest(each, name), 0)
    return Math.min(1, total / (allocatable.get(name) || 1))
  }
  return { cpu: used('cpu'), memory: used('memory') }
}

function countedRequest(pod: Stored<Pod>, name: 'cpu' | 'memory'): number {
  return (pod.spec?.containers ?? []).reduce((sum, container) => {
    const stated = container.resources?.requests?.[name]
    return sum + (stated === undefined ? assumed[name] : parseQuantity(stated))
  }, 0)
}

function preferNoSchedule(pod: Pod, taints: Parameters<typeof untolerated>[0]): number {
  return untolerated(taints, pod.spec?.tolerations, ['PreferNoSchedule']).length
}

function preferredAffinity(pod: Pod, { node }: NodeState): number {
  const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return preferred.reduce(
    (sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0),
    0,
  )
}

/** Stretches to 0 to 100; `reversed` where less is better. */
function normalised(raw: readonly number[], reversed: boolean): number[] {
  const most = Math.max(0, ...raw)
  return raw.map((score) => {
    const share = most === 0 ? 0 : (score * 100) / most
    return reversed ? 100 - share : share
  })
}
