// One simulated cluster behind the provider's interface.
import type { ClusterSnapshot, SimulatedCluster } from '../../simulator/cluster.ts'
import { resolve } from '../../simulator/network/dns/resolver.ts'
import type { ShellState } from '../../simulator/shell/session.ts'
import type { ApiGateway } from '../api-gateway/api-gateway.ts'
import { applyManifest } from '../manifest/apply-manifest.ts'
import type { Cluster, ClusterSetup, TerminalStream } from '../provider.ts'
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts'
import { openWorkspace } from './file-system-workspace.ts'
import { probeFrom } from './probe.ts'
import { serveCluster } from './serve-cluster.ts'
import { simulatedSpec } from './simulated-spec.ts'
import { openTerminal, writeKubeconfig } from './terminal.ts'
import { machineAt } from './vantage.ts'

export interface SimulatedClusterOptions {
  readonly simulated: SimulatedCluster
  readonly setup: ClusterSetup
  readonly checkpoint: Checkpoint | undefined
  readonly gateway: ApiGateway
  readonly onDispose: (cluster: Cluster) => void
}

export function openSimulatedCluster(options: SimulatedClusterOptions): Cluster {
  const { simulated, setup, checkpoint, gateway } = options
  const { namespace } = setup.exercise
  const home = simulated.host('terminal')
  const workspace = openWorkspace(home.files, home.workingDirectory)
  const files = checkpoint
    ? Object.entries(checkpoint.files)
    : setup.files.map((file) => [file.path, file.content])
  for (const [path, content] of files)
    if (path !== undefined) workspace.write(path, content ?? '', 'exercise')
  if (checkpoint) workspace.resume(checkpoint.revisions)
  else writeKubeconfig(simulated, simulatedSpec(setup.exercise.cluster), namespace)

  const dirty = new Set<() => void>()
  const offDirty = [simulated.onDirty(() => tell()), workspace.onChange(() => tell())]
  const tell = () => {
    for (const listener of dirty) listener()
  }
  let shell: ShellState | undefined = checkpoint?.shell
  const terminals = new Set<TerminalStream & { state(): ShellState }>()
  const served = gateway.register(setup.id, serveCluster(simulated), namespace)
  const kubernetes = (request: Request) => simulated.handle(request)

  const cluster: Cluster = {
    id: setup.id,
    nodes: simulated.nodes,
    workspace,
    kubernetes,
    probe: async (from, to, signal) =>
      await probeFrom(machineAt(simulated, from), to, simulated.clock, signal),
    resolve: async (from, question, signal) =>
      await resolve(machineAt(simulated, from).process({ signal }), question, { signal }),
    apply: (manifest) => applyManifest(manifest, { kubernetes, namespace }),
    async openTerminal(size) {
      const terminal = openTerminal({
        cluster: simulated,
        spec: simulatedSpec(setup.exercise.cluster),
        size,
        state: shell,
        onChange: tell,
      })
      terminals.add(terminal)
      return {
        ...terminal,
        dispose() {
          shell = terminal.state()
          terminals.delete(terminal)
          terminal.dispose()
        },
      }
    },
    kubeconfig: () => served.kubeconfig(),
    async checkpoint() {
      // The snapshot is taken at one instant; only its compression takes time.
      const newest = [...terminals].at(-1)
      const snapshot: ClusterSnapshot = simulated.snapshot()
      return await encodeCheckpoint({
        cluster: snapshot,
        shell: newest?.state() ?? shell,
        files: Object.fromEntries(workspace.list().map((file) => [file.path, file.content])),
        revisions: workspace.revisions(),
      })
    },
    onDirty(listener) {
      dirty.add(listener)
      return () => dirty.delete(listener)
    },
    // A new one in the start state takes milliseconds.
    reset: async () => false,
    suspend: () => cluster.dispose(),
    async dispose() {
      for (const terminal of terminals) terminal.dispose()
      terminals.clear()
      for (const off of offDirty) off()
      served.close()
      workspace.dispose()
      simulated.dispose()
      options.onDispose(cluster)
    },
  }
  return cluster
}
