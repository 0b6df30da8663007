// Machines on a switch, in simulated time: what the tests of the data plane stand on.
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import type { Namespace } from '../../../../sandbox-server/simulator/network/namespace.ts'
import { Network } from '../../../../sandbox-server/simulator/network/network.ts'
import { NodesNetwork } from '../../../../sandbox-server/simulator/network/nodes-network.ts'
import { type Random, seededRandom } from '../../../../sandbox-server/simulator/random.ts'

export interface Machines {
  readonly clock: SimulatedClock
  readonly random: Random
  readonly network: Network
  readonly nodes: NodesNetwork
  readonly a: Namespace
  readonly b: Namespace
}

export function twoMachines(): Machines {
  const clock = new SimulatedClock(0)
  const random = seededRandom(1)
  const network = new Network({ clock, random })
  const nodes = new NodesNetwork(network)
  return {
    clock,
    random,
    network,
    nodes,
    a: nodes.machine('a', '172.18.0.2'),
    b: nodes.machine('b', '172.18.0.3'),
  }
}

export const text = (data: Uint8Array | undefined) => (data ? new TextDecoder().decode(data) : undefined)
export const bytes = (value: string) => new TextEncoder().encode(value)

/** Lets the promise settle in simulated time and gives how it went, with the time it took. */
export async function outcome<T>(clock: SimulatedClock, promise: Promise<T>, limitMs = 200_000) {
  const started = clock.now()
  let result: { value: T } | { error: string } | undefined
  promise.then(
    (value) => {
      result = { value }
    },
    (error: { code?: string; message: string }) => {
      result = { error: error.code ?? error.message }
    },
  )
  await clock.runUntil(() => result !== undefined, limitMs)
  return { ...result, afterMs: clock.now() - started }
}
