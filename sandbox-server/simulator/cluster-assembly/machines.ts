// The machines of a cluster that are no containers: its nodes, the learner's terminal, and a host outside.
import type { Objects } from '../api/objects.ts'
import type { SimulatedClock } from '../clock.ts'
import { stockPlugins } from '../network/cni/index.ts'
import { mountKernelFiles as mountNetworkFiles } from '../network/cni/pod-network.ts'
import type { Namespace } from '../network/namespace.ts'
import { executableContent } from '../node/executable.ts'
import { debianParts, mountKernelFiles } from '../node/images/base-files.ts'
import { createTree } from '../node/images/file-tree.ts'
import { imageCatalogue } from '../node/images/shared-catalogue.ts'
import type { DirectoryNode } from '../node/inode.ts'
import { createMachine, type MachineRuntime } from '../node/machine.ts'
import { MemoryFileSystem } from '../node/memory-file-system.ts'
import type { Machine, PodStreams, Program } from '../node/process.ts'
import { startProcess } from '../node/run-process.ts'
import { Volume } from '../node/volume.ts'
import type { Random } from '../random.ts'
import { programsOf } from '../shell/commands/index.ts'
import type { ClusterPlan } from './cluster-plan.ts'

export interface MachineOptions {
  readonly kind: Machine['kind']
  readonly hostname: string
  readonly network: Namespace
  readonly clock: SimulatedClock
  readonly random: Random
  readonly plan: ClusterPlan
  readonly kubernetes?: ((request: Request) => Promise<Response>) | undefined
  readonly streams?: PodStreams | undefined
  readonly objects?: Objects | undefined
}

export interface AssembledMachine {
  readonly machine: MachineRuntime
  readonly files: MemoryFileSystem
  readonly disk: Volume
}

export function assembleMachine(options: MachineOptions): AssembledMachine {
  const { kind, hostname, network, clock, random, plan } = options
  const { tree, programs } = systemOf(kind)
  const disk = new Volume(tree)
  const now = () => clock.now()
  const files = new MemoryFileSystem(disk, now)
  files.write('/etc/hostname', `${hostname}\n`)
  files.write('/etc/hosts', hostsFile(plan))
  mountKernelFiles(files, { hostname, bootedAt: clock.now() }, now)
  mountNetworkFiles(files, network)
  const machine = createMachine({
    machine: { kind, hostname, network },
    files,
    clock,
    random,
    programs,
    env: {
      HOME: '/root',
      HOSTNAME: hostname,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    },
    workingDirectory: kind === 'outside' ? '/root' : '/',
    kubernetes: options.kubernetes,
    streams: options.streams,
    objects: options.objects,
  })
  return { machine, files, disk }
}

interface System {
  readonly tree: DirectoryNode
  readonly programs: ReadonlyMap<string, Program>
}

const systems = new Map<Machine['kind'], System>()

/** The disk that all machines of a kind start from, in every cluster of this process. */
function systemOf(kind: Machine['kind']): System {
  const known = systems.get(kind)
  if (known) return known
  const programs = new Map(Object.entries(programsOf(kind)))
  const executables = Object.fromEntries([...programs.keys()].map((name) => [`/usr/bin/${name}`, name]))
  const base = createTree(createTree(undefined, debianParts), { executables })
  const tree = kind === 'node' ? createTree(base, { files: nodeFiles() }) : base
  const system = { tree, programs }
  systems.set(kind, system)
  return system
}

function nodeFiles(): Record<string, string> {
  const plugins = stockPlugins.map((name) => [
    `/opt/cni/bin/${name}`,
    `\u007fELF CNI plugin ${name} (simulated)\n`,
  ])
  return {
    '/etc/cni/net.d/': '',
    '/etc/resolv.conf': 'nameserver 172.18.0.1\noptions ndots:0\n',
    '/var/lib/cni/': '',
    '/run/xtables.lock': '',
    '/lib/modules/': '',
    ...Object.fromEntries(plugins),
  }
}

/** Docker's own resolver knows the containers of a network by name; here a file does. */
function hostsFile({ nodes }: ClusterPlan): string {
  return ['127.0.0.1\tlocalhost', ...nodes.map(({ name, address }) => `${address}\t${name}`), ''].join('\n')
}

/** What answers beyond the nodes: agnhost's netexec on port 8080, as a lesson's $OUT serves /clientip. */
export function startOutside({ machine, files }: AssembledMachine): void {
  const looked = imageCatalogue().lookUp('registry.k8s.io/e2e-test-images/agnhost:2.66.1')
  if (!looked.found) return
  const { programs } = looked.available
  files.write('/usr/local/bin/agnhost', executableContent('agnhost'), { mode: 0o755 })
  const host = { ...machine.host, programs: new Map([...machine.host.programs, ...programs]) }
  startProcess(host, ['agnhost', 'netexec', '--http-port=8080', '--udp-port=8081'])
}
