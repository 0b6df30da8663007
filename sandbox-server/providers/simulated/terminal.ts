// A shell on the learner's simulated machine as a terminal stream.
import type { RunningMachine, SimulatedCluster } from '../../simulator/cluster.ts'
import { createSession } from '../../simulator/shell/create-session.ts'
import type { ShellState } from '../../simulator/shell/session.ts'
import type { TerminalSize, TerminalStream } from '../provider.ts'

export interface SimulatedTerminalOptions {
  readonly cluster: SimulatedCluster
  readonly size: TerminalSize
  readonly state: ShellState | undefined
  /** After every command: history, variables and directory may have changed. */
  readonly onChange: () => void
}

export function openTerminal(options: SimulatedTerminalOptions): TerminalStream & { state(): ShellState } {
  const { cluster, size, state, onChange } = options
  const machine = cluster.host('terminal')
  const session = createSession({
    machine,
    ...size,
    workspace: machine.workingDirectory,
    neighbours: { names: cluster.nodes, open: (name): RunningMachine | undefined => cluster.node(name) },
    onChange,
    ...(state === undefined ? {} : { state }),
  })
  return {
    write: (data) => session.input(data),
    resize: ({ columns, rows }) => session.resize(columns, rows),
    onOutput: (listener) => session.onOutput(listener),
    run: (command) => session.run(command),
    state: () => session.state(),
    dispose: () => session.dispose(),
  }
}
