// Makes a cluster: boots it in simulated time, or brings one back from its snapshot.
import type { ClusterOptions, SimulatedCluster } from '../cluster.ts'
import { type Assembly, assemble } from './assemble.ts'
import { isReady } from './readiness.ts'
import { stateOf } from './snapshot.ts'

/** Simulated time that a boot may take. */
const bootLimitMs = 300_000

export async function createCluster(options: ClusterOptions): Promise<SimulatedCluster> {
  const { spec, seed, startsAt, timers, snapshot } = options
  const state = snapshot && stateOf(snapshot)
  const cluster = assemble({ spec, seed, startsAt: Math.max(startsAt, state?.takenAt ?? 0), state })
  await settle(cluster)
  if (timers) cluster.clock.follow(timers)
  return cluster
}

async function settle(cluster: Assembly): Promise<void> {
  const done = await cluster.clock.runUntil(() => isReady(cluster.store, cluster.spec), bootLimitMs)
  if (done) return
  cluster.dispose()
  throw new Error(`the cluster did not become ready within ${bootLimitMs / 1000} s of its own time`)
}
