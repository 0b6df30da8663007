// A provider for proofs, where making a cluster takes long: one that was used is set back for the next part instead of removed.
import type { Cluster, ClusterProvider, ClusterSetup } from '../providers/provider.ts'

/** Gives the provider's own clusters; disposing of one keeps it for the next setup of the same configuration. */
export function reuseClusters(provider: ClusterProvider): ClusterProvider {
  const idle = new Map<string, Cluster[]>()
  const lend = (cluster: Cluster, key: string): Cluster =>
    new Proxy(cluster, {
      get(target, name) {
        if (name === 'dispose') return async () => void idle.set(key, [...(idle.get(key) ?? []), cluster])
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
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
        // What could not be set back tells nothing of the lesson: a new one does.
        const isReset = await used.reset(setup, signal).catch(() => false)
        if (isReset) return lend(used, key)
        await used.dispose()
        signal.throwIfAborted()
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
