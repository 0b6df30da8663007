// A provider for proofs, where making a cluster takes long: one that was used is set back for the next part instead of removed.
import type { Cluster, ClusterProvider, ClusterSetup } from '../providers/provider.ts'

/** Gives the provider's own clusters; disposing of one keeps it for the next setup of the same configuration. */
export function reuseClusters(provider: ClusterProvider): ClusterProvider {
  const idle = new Map<string, Cluster[]>()
  const lend = (cluster: Cluster, key: string): Cluster => ({
    ...cluster,
    dispose: async () => {
      idle.set(key, [...(idle.get(key) ?? []), cluster])
    },
  })
  return {
    name: provider.name,
    availability: () => provider.availability(),
    unsupported: (spec) => provider.unsupported(spec),
    capacity: () => provider.capacity(),
    expectedMs: (setup) => provider.expectedMs(setup),
    prepare: (setup, count) => provider.prepare(setup, count),
    adopt: () => provider.adopt(),
    discard: (id) => provider.discard(id),
    async create(setup, progress, signal) {
      const key = configurationOf(setup)
      const used = idle.get(key)?.pop()
      if (used) {
        if (await used.reset(setup, signal)) return lend(used, key)
        await used.dispose()
      }
      return lend(await provider.create(setup, progress, signal), key)
    },
    async dispose() {
      await Promise.all([...idle.values()].flat().map((cluster) => cluster.dispose()))
      idle.clear()
      await provider.dispose()
    },
  }
}

const configurationOf = ({ exercise: { cluster, access } }: ClusterSetup) =>
  JSON.stringify({ cluster, access })
