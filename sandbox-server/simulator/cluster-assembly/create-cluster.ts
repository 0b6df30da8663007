// Makes a cluster: from the template of its spec, or from a snapshot of its own.
import type { ClusterOptions, SimulatedCluster } from '../cluster.ts'
import { seededRandom } from '../random.ts'
import { assemble } from './assemble.ts'
import { resume } from './boot.ts'
import { stateOf } from './snapshot.ts'
import { templateOf } from './template.ts'

export async function createCluster(options: ClusterOptions): Promise<SimulatedCluster> {
  const { spec, seed, timers } = options
  const restored = options.snapshot && stateOf(options.snapshot)
  // Several clusters can come from one snapshot; their seeds keep their chances apart.
  const random = seededRandom(restored ? restored.random ^ seed : seed)
  const state = restored ?? (await templateOf(spec)).instance(options.startsAt, random)
  const startsAt = Math.max(options.startsAt, state.takenAt)
  const cluster = assemble({ spec, seed: random.state(), startsAt, state })
  await resume(cluster)
  if (timers) cluster.clock.follow(timers)
  return cluster
}
