// A shell on the learner's simulated machine as a terminal stream.
import type { SimulatedCluster } from '../../simulator/cluster.ts'
import { createSession } from '../../simulator/shell/create-session.ts'
import type { ShellState } from '../../simulator/shell/session.ts'
import type { TerminalSize, TerminalStream } from '../provider.ts'

/** `onUse` tells of every input: the history grows by it. */
export function openTerminal(
  cluster: SimulatedCluster,
  size: TerminalSize,
  state: ShellState | undefined,
  onUse: () => void,
): TerminalStream & { state(): ShellState } {
  const session = createSession(cluster.host('terminal'), { ...size, state })
  return {
    write(data) {
      session.input(data)
      onUse()
    },
    resize: ({ columns, rows }) => session.resize(columns, rows),
    onOutput: (listener) => session.onOutput(listener),
    async run(command) {
      const exitCode = await session.run(command)
      onUse()
      return exitCode
    },
    state: () => session.state(),
    dispose: () => session.dispose(),
  }
}
