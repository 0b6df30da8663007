// Starts the container of a learner's terminal: on the cluster's network, without rights, with limits on all it can use.
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { clusterLabel, roleLabel, serverLabel } from '../labels.ts'

export interface ToolboxLimits {
  /** Includes what lies in the workspace and in /tmp. */
  readonly memoryMb: number
  readonly cpus: number
  readonly pids: number
}

export interface ToolboxOptions {
  readonly record: Pick<ClusterRecord, 'name' | 'network' | 'nodes' | 'toolbox'>
  /** Goes into the label that says whose it is. */
  readonly server: string
  readonly image: string
  readonly limits: ToolboxLimits
  /** Folder of the socket that `docker exec NODE` in the terminal asks; only for lessons that declare node shells. */
  readonly nodeShellFolder?: string | undefined
}

export const workspaceFolder = '/home/learner'
/** The workspace itself is limited to 8 MiB by the contract; the rest is for what the terminal alone sees. */
const diskMb = 64
const inodes = 8192

/** kubectl in it knows no cluster until `putKubeconfig`. */
export async function startToolbox(
  engine: ContainerEngine,
  options: ToolboxOptions,
  signal: AbortSignal,
): Promise<void> {
  await engine.run(toolboxArguments(engine, options), { signal })
}

export function toolboxArguments(engine: Pick<ContainerEngine, 'name'>, options: ToolboxOptions): string[] {
  const { record, server, image, limits, nodeShellFolder } = options
  // Podman knows no nr_inodes.
  const inodeLimit = engine.name === 'podman' ? '' : `,nr_inodes=${inodes}`
  const disk = (more: string) => `rw,nosuid,nodev,size=${diskMb}m${inodeLimit},${more}`
  return [
    ...['run', '--detach', '--name', record.toolbox.container, '--hostname', 'terminal'],
    ...['--network', record.network.name, '--ip', record.toolbox.address],
    ...record.nodes.flatMap(({ name, address }) => ['--add-host', `${name}:${address}`]),
    ...['--label', `${serverLabel}=${server}`, '--label', `${clusterLabel}=${record.name}`],
    ...['--label', `${roleLabel}=toolbox`],
    // ping and tcpdump open raw sockets; nothing else of root's rights is left to anybody in there.
    ...['--user', '1000:1000', '--cap-drop', 'ALL', '--cap-add', 'NET_RAW', '--read-only'],
    ...['--tmpfs', `${workspaceFolder}:${disk('exec,uid=1000,gid=1000,mode=0755')}`],
    ...['--tmpfs', `/tmp:${disk('noexec,mode=1777')}`, '--shm-size', '1m'],
    ...['--memory', `${limits.memoryMb}m`, '--memory-swap', `${limits.memoryMb}m`],
    ...['--cpus', String(limits.cpus), '--pids-limit', String(limits.pids)],
    ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'core=0:0'],
    ...['--log-driver', 'none', '--restart', 'unless-stopped', '--stop-timeout', '1'],
    ...(nodeShellFolder === undefined
      ? []
      : ['--mount', `type=bind,source=${nodeShellFolder},target=/run/fairlead/node-shell,readonly`]),
    ...Object.entries(addresses(record)).flatMap(([name, address]) => ['--env', `${name}=${address}`]),
    image,
  ]
}

/** What lessons call machines by: $CP, $W, $W2, $OUT. */
function addresses({ nodes, toolbox }: Pick<ClusterRecord, 'nodes' | 'toolbox'>): Record<string, string> {
  const nameOf = (index: number) => (index === 0 ? 'CP' : index === 1 ? 'W' : `W${index}`)
  return {
    ...Object.fromEntries(nodes.map(({ address }, index) => [nameOf(index), address])),
    OUT: toolbox.address,
  }
}
