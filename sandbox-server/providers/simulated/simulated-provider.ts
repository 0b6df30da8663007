// Clusters simulated in this process: ready at once, kept as a snapshot, reached by a real kubectl over HTTPS.
import type { Timers } from '../../platform/host-timers.ts'
import { createCluster } from '../../simulator/cluster-assembly/create-cluster.ts'
import type { ApiGateway } from '../api-gateway/api-gateway.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../provider.ts'
import { createSteps } from '../steps.ts'
import { createBootCluster, seedOf } from './boot-cluster.ts'
import { type Checkpoint, decodeCheckpoint } from './checkpoint.ts'
import { openSimulatedCluster } from './simulated-cluster.ts'
import { notSimulated, simulatedSpec } from './simulated-spec.ts'

/** A cluster from a picture; see docs/ and `npm run bench`. */
const readyMs = 10

export interface SimulatedProviderOptions {
  readonly timers: Timers
  readonly gateway: ApiGateway
}

export function createSimulatedProvider({ timers, gateway }: SimulatedProviderOptions): ClusterProvider {
  const clusters = new Set<Cluster>()
  const { boot, dispose: disposeSpares } = createBootCluster(timers)
  return {
    name: 'simulated',
    availability: async () => ({ available: true, missing: [] }),
    unsupported: notSimulated,
    capacity: () => Number.POSITIVE_INFINITY,
    expectedMs: () => readyMs,
    // A picture of the start state is ready in milliseconds: nothing is gained by making clusters ahead.
    prepare: () => {},
    async create(setup, progress, signal) {
      signal.throwIfAborted()
      const checkpoint = setup.snapshot && (await decodeCheckpoint(setup.snapshot))
      const steps = createSteps(['Bring your cluster back'], progress, () => performance.now())
      const simulated = checkpoint
        ? await steps.run('Bring your cluster back', () => restore(setup, checkpoint, timers))
        : await boot(setup, progress)
      if (signal.aborted) {
        simulated.dispose()
        signal.throwIfAborted()
      }
      simulated.clock.follow(timers)
      const onDispose = (ended: Cluster) => clusters.delete(ended)
      const cluster = openSimulatedCluster({ simulated, setup, checkpoint, gateway, onDispose })
      clusters.add(cluster)
      return cluster
    },
    // A simulated cluster ends with its process; what is left of it is its checkpoint.
    adopt: async () => [],
    discard: async () => {},
    async dispose() {
      disposeSpares()
      await Promise.all([...clusters].map((cluster) => cluster.dispose()))
    },
  }
}

/** A cluster that was away comes back in the present: what was a minute old when the laptop was closed is a day old now. */
function restore(setup: ClusterSetup, checkpoint: Checkpoint, timers: Timers) {
  return createCluster({
    spec: simulatedSpec(setup.exercise.cluster),
    seed: seedOf(setup.id),
    startsAt: timers.now(),
    snapshot: checkpoint.cluster,
  })
}
