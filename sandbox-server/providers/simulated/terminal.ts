// A shell on the learner's simulated machine as a terminal stream.
import type { RunningMachine, SimulatedCluster } from '../../simulator/cluster.ts'
import {
  apiServerPort,
  planCluster,
  type SimulatedSpec,
} from '../../simulator/cluster-assembly/cluster-plan.ts'
import { createSession } from '../../simulator/shell/create-session.ts'
import type { ShellState } from '../../simulator/shell/session.ts'
import type { TerminalSize, TerminalStream } from '../provider.ts'

export interface SimulatedTerminalOptions {
  readonly cluster: SimulatedCluster
  readonly spec: SimulatedSpec
  readonly size: TerminalSize
  readonly state: ShellState | undefined
  /** After every command: history, variables and directory may have changed. */
  readonly onChange: () => void
}

export function openTerminal(options: SimulatedTerminalOptions): TerminalStream & { state(): ShellState } {
  const { cluster, spec, size, state, onChange } = options
  const session = createSession(cluster.host('terminal'), {
    ...size,
    variables: addresses(spec),
    neighbours: { names: cluster.nodes, open: (name): RunningMachine | undefined => cluster.node(name) },
    onChange,
    state,
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

/** What lessons call machines by: $CP, $W, $W2, $OUT. */
function addresses(spec: SimulatedSpec): Record<string, string> {
  const { nodes, outside } = planCluster(spec)
  const names = nodes.map((_, index) => (index === 0 ? 'CP' : index === 1 ? 'W' : `W${index}`))
  return {
    ...Object.fromEntries(names.map((name, index) => [name, nodes[index]?.address ?? ''])),
    OUT: outside,
  }
}

/** Lets kubectl in the terminal find the cluster, with the exercise's namespace as its own. */
export function writeKubeconfig(cluster: SimulatedCluster, spec: SimulatedSpec, namespace: string): void {
  const { files } = cluster.host('terminal')
  const server = `https://${planCluster(spec).nodes[0]?.address}:${apiServerPort}`
  files.makeDirectory('/root/.kube', { recursive: true })
  files.write('/root/.kube/config', kubeconfig(server, namespace), { mode: 0o600 })
}

/** Named as kind names things. */
const kubeconfig = (server: string, namespace: string) => `apiVersion: v1
clusters:
- cluster:
    server: ${server}
  name: kind-fairlead
contexts:
- context:
    cluster: kind-fairlead
    namespace: ${namespace}
    user: kind-fairlead
  name: kind-fairlead
current-context: kind-fairlead
kind: Config
users:
- name: kind-fairlead
  user: {}
`
