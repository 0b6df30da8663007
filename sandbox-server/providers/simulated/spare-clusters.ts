// A few clusters kept ready in their exercise's start state, so that a learner does not wait while one is made. Their time stands
// still until they are handed out: a spare costs memory and nothing else.
import type { Timers } from '../../platform/host-timers.ts'
import type { SimulatedCluster } from '../../simulator/cluster.ts'

/** Of one exercise, and of all. */
const keptOfOne = 2
const keptOfAll = 10
/** Whoever waits for an answer right now comes first. */
const refillAfterMs = 150

interface Spare {
  readonly cluster: SimulatedCluster
  readonly madeAt: number
}

export interface SpareClusters {
  /** Undefined where none is kept that is young enough. Asks for more of them either way. */
  take(key: string, make: () => Promise<SimulatedCluster>): SimulatedCluster | undefined
  dispose(): void
}

export function createSpareClusters(timers: Timers, oldestMs: number): SpareClusters {
  /** By exercise, the one asked for last at the end. */
  const spares = new Map<string, Spare[]>()
  const wanted = new Map<string, () => Promise<SimulatedCluster>>()
  let timer: unknown
  let disposed = false

  const count = () => [...spares.values()].reduce((sum, list) => sum + list.length, 0)
  const isYoung = ({ madeAt }: Spare) => timers.now() - madeAt < oldestMs
  const arm = () => {
    if (timer !== undefined || disposed || wanted.size === 0) return
    timer = timers.setTimeout(() => {
      void refill().finally(() => {
        timer = undefined
        arm()
      })
    }, refillAfterMs)
  }
  const refill = async () => {
    const [next] = wanted
    if (!next) return
    const [key, make] = next
    try {
      const cluster = await make()
      const list = spares.get(key) ?? []
      spares.set(key, list)
      if (disposed) cluster.dispose()
      else list.push({ cluster, madeAt: timers.now() })
      if (list.length >= keptOfOne) wanted.delete(key)
    } catch {
      // The next learner's own start tells what is wrong.
      wanted.delete(key)
    }
    for (const [oldest, list] of spares) {
      if (count() <= keptOfAll) break
      if (oldest === key) continue
      for (const { cluster } of list) cluster.dispose()
      spares.delete(oldest)
    }
  }
  return {
    take(key, make) {
      const list = spares.get(key) ?? []
      spares.delete(key)
      for (const { cluster } of list.filter((spare) => !isYoung(spare))) cluster.dispose()
      const young = list.filter(isYoung)
      spares.set(key, young)
      wanted.set(key, make)
      arm()
      return young.shift()?.cluster
    },
    dispose() {
      disposed = true
      if (timer !== undefined) timers.clearTimeout(timer as never)
      for (const list of spares.values()) for (const { cluster } of list) cluster.dispose()
      spares.clear()
    },
  }
}
