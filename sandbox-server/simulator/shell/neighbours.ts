// Which other machines a machine can enter by name, for `ssh` and `docker exec`. Kept beside the machines, since a program sees
// only its process.
import type { RunningMachine } from '../cluster.ts'
import type { Machine } from '../node/process.ts'

export interface Neighbours {
  readonly names: readonly string[]
  open(name: string): RunningMachine | undefined
}

const known = new WeakMap<Machine, Neighbours>()

export function setNeighbours(machine: Machine, neighbours: Neighbours): void {
  known.set(machine, neighbours)
}

export function neighboursOf(machine: Machine): Neighbours | undefined {
  return known.get(machine)
}
