// The running programs of each machine, for ps(1) and kill(1): a container sees its own only, as with a PID namespace of its own.
import type { Machine, Signal } from './process.ts'

export interface RunningProgram {
  readonly pid: number
  readonly argv: readonly string[]
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly onTerminal: boolean
  kill(signal: Signal): void
}

const tables = new WeakMap<Machine, Map<number, RunningProgram>>()

/** Gives the function that takes it out again. */
export function registerProgram(machine: Machine, program: RunningProgram): () => void {
  const table = tables.get(machine) ?? new Map<number, RunningProgram>()
  tables.set(machine, table)
  table.set(program.pid, program)
  return () => table.delete(program.pid)
}

export function programsRunningOn(machine: Machine): readonly RunningProgram[] {
  return [...(tables.get(machine)?.values() ?? [])].sort((a, b) => a.pid - b.pid)
}
