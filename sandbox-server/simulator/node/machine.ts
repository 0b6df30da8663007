// A machine on which programs run: what exec(2) needs and nothing else. Containers, nodes and the learner's host are made of it.
import type { RunningMachine } from '../cluster.ts'
import type { SpawnOptions } from './process.ts'
import type { ProcessHost, ProcessRole, RunningProcess } from './run-process.ts'
import { createProcess, executableNames, startProcess } from './run-process.ts'

export interface MachineRuntime extends RunningMachine {
  readonly host: ProcessHost
  /** As `spawn`, with a handle to signal it; undefined where there is no such executable. */
  start(argv: readonly string[], options?: SpawnOptions, role?: ProcessRole): RunningProcess | undefined
}

export type MachineParts = Omit<ProcessHost, 'sockets' | 'nextPid'>

export function createMachine(parts: MachineParts): MachineRuntime {
  let lastPid = 0
  const host: ProcessHost = {
    ...parts,
    sockets: parts.machine.network.sockets,
    nextPid: () => {
      lastPid += 1
      return lastPid
    },
  }
  return {
    machine: host.machine,
    files: host.files,
    env: host.env,
    workingDirectory: host.workingDirectory,
    host,
    start: (argv, options, role) => startProcess(host, argv, options, role),
    spawn: async (argv, options) => (await startProcess(host, argv, options)?.exit) ?? 127,
    programs: () => executableNames(host),
    process: (options) => createProcess(host, ['process'], options).process,
  }
}
