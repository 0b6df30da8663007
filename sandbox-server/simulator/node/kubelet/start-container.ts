// Makes and starts one container as the container runtime does: image layers with a writable one on top, mounts, environment,
// a machine in the pod's network namespace, and the main process as its process 1.
import type { Pod } from '../../../contract/kubernetes.ts'
import type { NetworkNamespace } from '../../network/network-namespace.ts'
import { createTerminalDevice } from '../../shell/terminal-device.ts'
import { mountKernelFiles } from '../images/base-files.ts'
import type { AvailableImage } from '../images/catalogue.ts'
import { createMachine } from '../machine.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'
import type { ReadStream, Terminal, WriteStream } from '../process.ts'
import { createPipe, emptyInput, toBytes } from '../streams.ts'
import { Volume } from '../volume.ts'
import { ContainerConfigError, containerEnvironment, expand } from './environment.ts'
import type { KubeletContext } from './kubelet-parts.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'
import { podHostname } from './pod-files.ts'
import type { PodVolumeMounts } from './volumes.ts'

export interface Sandbox {
  readonly network: NetworkNamespace
  readonly addresses: readonly string[]
  readonly volumes: PodVolumeMounts
  /** hosts, resolv.conf and hostname. */
  readonly files: Volume
}

/** The runtime could not start the process: state Terminated with reason StartError. */
export class StartError extends Error {}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Throws ContainerConfigError or StartError. */
export function startContainer(
  parts: KubeletContext,
  pod: Pod,
  container: PodContainer,
  sandbox: Sandbox,
  available: AvailableImage,
): ContainerInstance {
  const { spec } = container
  const { image } = available
  const hostname = podHostname(pod, parts.nodeName)
  const env: Record<string, string> = {
    PATH: defaultPath,
    HOSTNAME: hostname,
    ...image.env,
    ...(spec.tty ? { TERM: 'xterm' } : {}),
    ...containerEnvironment(parts, pod, spec, sandbox.addresses),
    HOME: '/root',
  }
  const { volume, files } = containerFiles(parts, container, sandbox, available, hostname, env)
  const namespace = pod.metadata?.namespace ?? 'default'
  const credentials = parts.credentials?.(namespace, pod.spec?.serviceAccountName ?? 'default')
  const machine = createMachine({
    machine: {
      kind: 'container',
      hostname,
      pod: { namespace, name: pod.metadata?.name ?? '', container: spec.name },
      network: sandbox.network,
    },
    files,
    clock: parts.clock,
    random: parts.random,
    env,
    workingDirectory: spec.workingDir ?? image.workingDirectory,
    programs: available.programs,
    kubernetes: credentials?.kubernetes,
    objects: credentials?.objects,
  })
  const expanded = (words: readonly string[]) => words.map((word) => expand(word, env))
  const argv = spec.command?.length
    ? expanded([...spec.command, ...(spec.args ?? [])])
    : [...image.entrypoint, ...(spec.args?.length ? expanded(spec.args) : image.command)]
  const listeners: ContainerInstance['listeners'] = new Set()
  const stdin = spec.stdin ? createPipe() : undefined
  const streams = mainStreams(container, listeners, stdin?.reader)
  const process = machine.start(argv, streams, { isInit: true })
  if (!process) throw new StartError(notFound(argv[0] ?? ''))
  const resumed = container.resumes
  return {
    id: resumed?.id ?? hex(parts, 64),
    machine,
    volume,
    process,
    startedAt: resumed?.startedAt ?? parts.clock.now(),
    stdin,
    listeners,
    ended: new AbortController(),
  }
}

function notFound(name: string): string {
  const why = name.includes('/')
    ? `stat ${name}: no such file or directory`
    : 'executable file not found in $PATH'
  return (
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to ' +
    `start container process: exec: ${JSON.stringify(name)}: ${why}: unknown`
  )
}

function containerFiles(
  parts: KubeletContext,
  container: PodContainer,
  sandbox: Sandbox,
  available: AvailableImage,
  hostname: string,
  env: Readonly<Record<string, string>>,
) {
  const volume = new Volume(available.tree)
  const files = new MemoryFileSystem(volume, () => parts.clock.now())
  if (container.resumes) volume.restore(container.resumes.changes)
  mountKernelFiles(files, { hostname, bootedAt: 0 }, () => parts.clock.now())
  parts.podNetwork.mountFiles?.(files, sandbox.network)
  for (const [path, name] of [
    ['/etc/hosts', 'hosts'],
    ['/etc/resolv.conf', 'resolv.conf'],
    ['/etc/hostname', 'hostname'],
  ] as const) {
    files.mount({ path, volume: sandbox.files, subPath: `/${name}` })
  }
  const messages = container.spec.terminationMessagePath ?? '/dev/termination-log'
  if (!files.stat(messages)) files.write(messages, '')
  // Outer mount points first, whatever the order in the spec.
  const mounts = [...(container.spec.volumeMounts ?? [])].sort(
    (a, b) => a.mountPath.length - b.mountPath.length,
  )
  for (const mount of mounts) {
    const found = sandbox.volumes.mount(mount.name)
    if (!found) continue
    const below = mount.subPathExpr === undefined ? mount.subPath : expand(mount.subPathExpr, env)
    const subPath = [found.subPath ?? '', below ?? ''].join('/')
    const parts = subPath.split('/').filter((part) => part !== '')
    if (below && !found.volume.lookup(parts)) {
      if (found.readOnly)
        throw new ContainerConfigError(
          `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.spec.name}"`,
        )
      new MemoryFileSystem(found.volume, () => 0).makeDirectory(`/${parts.join('/')}`, { recursive: true })
    }
    files.mount({
      path: mount.mountPath,
      volume: found.volume,
      subPath: `/${parts.join('/')}`,
      readOnly: (mount.readOnly ?? false) || (found.readOnly ?? false),
    })
  }
  return { volume, files }
}

/** What process 1 reads and writes: the log hears everything, and so does who is attached. */
function mainStreams(
  container: PodContainer,
  listeners: ContainerInstance['listeners'],
  stdin: ReadStream | undefined,
): { stdin: ReadStream; stdout: WriteStream; stderr: WriteStream; terminal?: Terminal } {
  const { log } = container
  const tee = (name: 'stdout' | 'stderr'): WriteStream => {
    const writer = log.writer()
    return {
      async write(data) {
        for (const listener of listeners) listener(toBytes(data), name)
        await writer.write(data)
      },
      end: () => writer.end(),
    }
  }
  const stdout = tee('stdout')
  if (!container.spec.tty) return { stdin: stdin ?? emptyInput, stdout, stderr: tee('stderr') }
  const device = createTerminalDevice({ columns: 80, rows: 24 })
  device.onOutput((data) => stdout.write(data))
  if (stdin) void pump(stdin, (text) => device.input(text))
  return { stdin: device.stdin, stdout: device.stdout, stderr: device.stdout, terminal: device.terminal }
}

async function pump(from: ReadStream, to: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for (let data = await from.read(); data; data = await from.read())
    to(decoder.decode(data, { stream: true }))
}

export function hex(parts: KubeletContext, length: number): string {
  return Array.from({ length }, () => parts.random.integer(16).toString(16)).join('')
}
