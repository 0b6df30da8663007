// Clusters simulated in this process: ready at once, kept as a snapshot, reached by a real kubectl over HTTPS.
import { createHash } from 'node:crypto'
import type { Timers } from '../../platform/host-timers.ts'
import type { SimulatedCluster } from '../../simulator/cluster.ts'
import { createCluster } from '../../simulator/cluster-assembly/create-cluster.ts'
import { applyManifest } from '../manifest/apply-manifest.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../provider.ts'
import type { ApiServer } from './api-server.ts'
import { type Checkpoint, decodeCheckpoint } from './checkpoint.ts'
import { openSimulatedCluster } from './simulated-cluster.ts'
import { createSteps } from './steps.ts'
import { isThere } from './wait-for.ts'

export interface SimulatedProviderOptions {
  readonly timers: Timers
  readonly api: ApiServer
}

/** Simulated time that a fresh cluster may take until all that its exercise waits for is there. */
const bootLimitMs = 180_000
/** A fresh cluster boots in simulated time and should be no older than its learner's clock says: it starts a while ago. */
const bootsAgoMs = 60_000

export function createSimulatedProvider(options: SimulatedProviderOptions): ClusterProvider {
  const { timers } = options
  const clusters = new Set<Cluster>()
  return {
    name: 'simulated',
    availability: async () => ({ available: true, missing: [] }),
    async create(setup, progress, signal) {
      signal.throwIfAborted()
      const now = () => performance.now()
      const checkpoint = setup.snapshot && (await decodeCheckpoint(setup.snapshot))
      const simulated = checkpoint
        ? await createSteps(['Bring the cluster back'], progress, now).run('Bring the cluster back', () =>
            restore(setup, checkpoint, timers),
          )
        : await boot(setup, progress, timers)
      signal.throwIfAborted()
      const cluster = openSimulatedCluster({
        simulated,
        setup,
        checkpoint,
        api: options.api,
        onDispose: (ended) => clusters.delete(ended),
      })
      clusters.add(cluster)
      return cluster
    },
    // A simulated cluster ends with its process; what is left of it is its checkpoint.
    adopt: async () => [],
    async dispose() {
      await Promise.all([...clusters].map((cluster) => cluster.dispose()))
      await options.api.close()
    },
  }
}

async function restore(
  setup: ClusterSetup,
  checkpoint: Checkpoint,
  timers: Timers,
): Promise<SimulatedCluster> {
  const simulated = await createCluster({
    spec: setup.exercise.cluster,
    seed: seedOf(setup.id),
    startsAt: timers.now(),
    snapshot: checkpoint.cluster,
  })
  simulated.clock.follow(timers)
  return simulated
}

/** Time stands still but for what is waited for, so that a minute of starting containers takes some milliseconds. */
async function boot(
  setup: ClusterSetup,
  progress: Parameters<ClusterProvider['create']>[1],
  timers: Timers,
): Promise<SimulatedCluster> {
  const steps = createSteps(['Start the nodes', 'Apply the exercise', 'Wait for its pods'], progress, () =>
    performance.now(),
  )
  const { cluster: spec, namespace, waitFor } = setup.exercise
  const simulated = await steps.run('Start the nodes', () =>
    createCluster({ spec, seed: seedOf(setup.id), startsAt: timers.now() - bootsAgoMs }),
  )
  try {
    await steps.run('Apply the exercise', async () => {
      const kubernetes = (request: Request) => simulated.handle(request)
      const space = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
      await applyManifest(space, { kubernetes, namespace })
      await simulated.clock.runUntil(
        () => isThere(simulated.objects, 'serviceaccount/default', namespace),
        10_000,
      )
      for (const { path, content } of setup.applied) {
        const applied = await applyManifest(content, { kubernetes, namespace })
        const failed = applied.find((document) => document.outcome === 'failed')
        if (failed) throw new Error(`${path}:${failed.line}: ${failed.object}: ${failed.message}`)
      }
    })
    await steps.run('Wait for its pods', async () => {
      const missing = () => waitFor.filter((wanted) => !isThere(simulated.objects, wanted, namespace))
      const isReady = await simulated.clock.runUntil(() => missing().length === 0, bootLimitMs)
      if (!isReady)
        throw new Error(`${missing().join(', ')} did not become ready within ${bootLimitMs / 1000} s`)
    })
  } catch (error) {
    simulated.dispose()
    throw error
  }
  simulated.clock.follow(timers)
  return simulated
}

/** Every sandbox has names and uids of its own, and the same ones each time it is reset. */
function seedOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0)
}
