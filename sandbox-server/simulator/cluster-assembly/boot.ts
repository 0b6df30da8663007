// Brings an assembled cluster up in simulated time.
import type { Assembly } from './assemble.ts'
import { isReady } from './readiness.ts'

/** Simulated time that a boot may take. */
const bootLimitMs = 300_000
/** Simulated time after which the programs of a restored cluster have started and written their rules. */
const resumeMs = 150

export async function boot(cluster: Assembly): Promise<void> {
  const done = await cluster.clock.runUntil(() => isReady(cluster.store, cluster.spec), bootLimitMs)
  if (done) return
  cluster.dispose()
  throw new Error(`the cluster did not become ready within ${bootLimitMs / 1000} s of its own time`)
}

export async function resume(cluster: Assembly): Promise<void> {
  await cluster.clock.advance(resumeMs)
}
