// Machines that are no containers: nodes, and the hosts beside them. A Debian disk with the shell's programs, in a network
// namespace that is given.
import type { Objects } from '../api/objects.ts'
import type { Clock } from '../clock.ts'
import { stockPlugins } from '../network/cni/index.ts'
import type { NetworkNamespace } from '../network/network-namespace.ts'
import type { Random } from '../random.ts'
import { debianParts, mountKernelFiles } from './images/base-files.ts'
import { createTree, type TreeParts } from './images/file-tree.ts'
import type { DirectoryNode } from './inode.ts'
import { createMachine, type MachineRuntime } from './machine.ts'
import { MemoryFileSystem } from './memory-file-system.ts'
import type { PodStreams, Program } from './process.ts'
import { Volume } from './volume.ts'

export interface HostMachineOptions {
  readonly kind: 'node' | 'outside'
  readonly hostname: string
  readonly network: NetworkNamespace
  readonly clock: Clock
  readonly random: Random
  /** By name, in /usr/bin. */
  readonly programs: Readonly<Record<string, Program>>
  /** Lines of /etc/hosts beside localhost: address and names. */
  readonly hosts?: readonly string[]
  /** `nameserver` lines of /etc/resolv.conf. */
  readonly nameservers?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workingDirectory?: string
  readonly kubernetes?: ((request: Request) => Promise<Response>) | undefined
  readonly streams?: PodStreams | undefined
  readonly objects?: Objects | undefined
  /** Adds /proc/net and the like. */
  readonly mountFiles?: (files: MemoryFileSystem, network: NetworkNamespace) => void
}

export interface HostMachine {
  readonly runtime: MachineRuntime
  readonly files: MemoryFileSystem
}

const nodeParts: TreeParts = {
  files: {
    '/etc/cni/net.d/': '',
    '/etc/kubernetes/manifests/': '',
    '/kind/version': 'v1.37.2',
    '/var/lib/kubelet/': '',
    '/var/lib/cni/': '',
    ...Object.fromEntries(
      stockPlugins.map((name) => [`/opt/cni/bin/${name}`, `\u007fELF CNI plugin ${name} (simulated)\n`]),
    ),
  },
}

// Disks without what is the machine's own, once for all machines with the same programs.
const trees = new WeakMap<Readonly<Record<string, Program>>, Map<string, DirectoryNode>>()

export function createHostMachine(options: HostMachineOptions): HostMachine {
  const { clock, hostname, kind, network } = options
  const files = new MemoryFileSystem(new Volume(treeOf(options)), () => clock.now())
  mountKernelFiles(files, { hostname, bootedAt: clock.now() }, () => clock.now())
  options.mountFiles?.(files, network)
  files.write('/etc/hostname', `${hostname}\n`)
  files.write(
    '/etc/hosts',
    ['127.0.0.1\tlocalhost', '::1\tlocalhost', ...(options.hosts ?? []), ''].join('\n'),
  )
  const servers = (options.nameservers ?? []).map((server) => `nameserver ${server}\n`)
  files.write('/etc/resolv.conf', `${servers.join('')}options ndots:0\n`)
  const runtime = createMachine({
    machine: { kind, hostname, network },
    files,
    clock,
    random: options.random,
    env: {
      HOME: '/root',
      HOSTNAME: hostname,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...options.env,
    },
    workingDirectory: options.workingDirectory ?? '/root',
    programs: new Map(Object.entries(options.programs)),
    kubernetes: options.kubernetes,
    streams: options.streams,
    objects: options.objects,
  })
  return { runtime, files }
}

function treeOf({ kind, programs }: HostMachineOptions): DirectoryNode {
  let known = trees.get(programs)
  if (!known) {
    known = new Map()
    trees.set(programs, known)
  }
  let tree = known.get(kind)
  if (!tree) {
    const executables = Object.fromEntries(Object.keys(programs).map((name) => [`/usr/bin/${name}`, name]))
    tree = createTree(createTree(undefined, debianParts), {
      ...(kind === 'node' ? nodeParts : {}),
      executables,
    })
    known.set(kind, tree)
  }
  return tree
}
