// exec, attach, logs and port-forward for the API server, on whichever node the pod is (pkg/kubelet/server). Errors are in the words
// that reach kubectl.
import { ApiError, badRequest, internalError, notFound } from '../../api/api-error.ts'
import type { Objects } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import type { Clock } from '../../clock.ts'
import { createTerminalDevice } from '../../shell/terminal-device.ts'
import type {
  PodLogOptions,
  PodStreams,
  ReadStream,
  SpawnOptions,
  Terminal,
  WriteStream,
} from '../process.ts'
import type { Kubelet } from './kubelet.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'
import type { PodWorker } from './pod-worker.ts'

export interface PodStreamsParts {
  readonly objects: Objects
  readonly clock: Clock
  kubelet(nodeName: string): Kubelet | undefined
}

export function createPodStreams({
  objects,
  clock,
  kubelet,
}: PodStreamsParts): PodStreams & Required<Pick<PodStreams, 'logs' | 'attach'>> {
  const workerOf = (namespace: string, name: string): { worker: PodWorker | undefined; node: string } => {
    const pod = objects.get(pods, { namespace, name })
    if (!pod) throw notFound(pods, name)
    const node = pod.spec?.nodeName ?? ''
    return { worker: kubelet(node)?.pod(namespace, name), node }
  }
  /** The container to use: named, or the first. Throws as the API server's pod strategy does. */
  const chosen = (namespace: string, name: string, container: string | undefined) => {
    const pod = objects.get(pods, { namespace, name })
    if (!pod) throw notFound(pods, name)
    const all = [
      ...(pod.spec?.containers ?? []),
      ...(pod.spec?.initContainers ?? []),
      ...(pod.spec?.ephemeralContainers ?? []),
    ].map((one) => one.name)
    if (container === undefined) {
      const main = (pod.spec?.containers ?? []).map((one) => one.name)
      const [first = ''] = main
      if (main.length === 1) return first
      throw badRequest(
        `a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]`,
      )
    }
    if (!all.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`)
    return container
  }
  const running = (namespace: string, name: string, container: string | undefined): ContainerInstance => {
    const wanted = chosen(namespace, name, container)
    const { worker, node } = workerOf(namespace, name)
    if (node === '') throw badRequest(`pod ${name} does not have a host assigned`)
    const instance = worker?.container(wanted)?.instance
    // The kubelet answers the upgrade with a plain 404, which kubectl wraps.
    if (!instance) throw new ApiError(404, 'NotFound', `container not found ("${wanted}")`)
    return instance
  }

  return {
    async exec({ namespace, pod, container, command, stdin, stdout, stderr, terminal, signal }) {
      const instance = running(namespace, pod, container)
      return await execute(instance, command, { stdin, stdout, stderr, terminal, signal })
    },
    async attach({ namespace, pod, container, stdin, stdout, stderr, terminal, signal }) {
      const instance = running(namespace, pod, container)
      return await attachTo(instance, { stdin, stdout, stderr, terminal, signal })
    },
    async *logs(options) {
      const wanted = chosen(options.namespace, options.pod, options.container)
      const { worker } = workerOf(options.namespace, options.pod)
      yield* readLog(clock, worker?.container(wanted), wanted, options)
    },
    async portForward({ namespace, pod, port, signal }) {
      const { worker } = workerOf(namespace, pod)
      const sandbox = worker?.sandbox
      if (!sandbox) throw internalError(`unable to do port forwarding: pod ${pod} is not running`)
      return await sandbox.network.sockets.connect({ to: { address: '127.0.0.1', port }, signal })
    },
  }
}

interface Ends {
  readonly stdin: ReadStream | undefined
  readonly stdout: WriteStream
  readonly stderr: WriteStream
  readonly terminal: Terminal | undefined
  readonly signal: AbortSignal
}

async function execute(instance: ContainerInstance, command: readonly string[], ends: Ends): Promise<number> {
  const { stdin, stdout, stderr, signal } = ends
  const abort = AbortSignal.any([signal, instance.ended.signal])
  const start = (streams: SpawnOptions) => {
    const process = instance.machine.start(command, { ...streams, signal: abort })
    if (process) return process
    const [name = ''] = command
    const why = name.includes('/')
      ? `stat ${name}: no such file or directory`
      : 'executable file not found in $PATH'
    throw internalError(
      `error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: ` +
        `exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${why}: unknown`,
    )
  }
  if (!ends.terminal) {
    return await start({ ...(stdin && { stdin }), stdout, stderr }).exit
  }
  return await withTerminal(ends, ends.terminal, (device) => {
    const env = { ...instance.machine.env, TERM: 'xterm' }
    const { terminal } = device
    const process = start({
      stdin: device.stdin,
      stdout: device.stdout,
      stderr: device.stdout,
      terminal,
      env,
    })
    // Ctrl-C in the terminal's cooked mode ends the command; a shell takes the foreground over from it.
    terminal.foreground((signal) => process.kill(signal))
    return process.exit
  })
}

/** A pseudo-terminal in the container, with the client's raw terminal on the other side. */
async function withTerminal(
  { stdin, stdout }: Ends,
  client: Terminal,
  run: (device: ReturnType<typeof createTerminalDevice>) => Promise<number>,
): Promise<number> {
  const device = createTerminalDevice({ columns: client.columns, rows: client.rows })
  const over = new AbortController()
  const pending = new Set<Promise<void>>()
  const stops = [
    client.onResize(() => device.resize(client.columns, client.rows)),
    device.onOutput((data) => {
      const written = stdout.write(data)
      pending.add(written)
      void written.finally(() => pending.delete(written)).catch(() => undefined)
      return written
    }),
  ]
  client.setRaw(true)
  if (stdin) void feed(stdin, device, over.signal)
  try {
    const code = await run(device)
    // The last output is still on its way to the client.
    await Promise.allSettled([device.stdout.write(''), ...pending])
    return code
  } finally {
    over.abort()
    client.setRaw(false)
    for (const stop of stops) stop()
    device.hangUp()
  }
}

async function feed(
  stdin: ReadStream,
  device: ReturnType<typeof createTerminalDevice>,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder()
  try {
    for (let data = await stdin.read(signal); data; data = await stdin.read(signal)) {
      device.input(decoder.decode(data, { stream: true }))
    }
  } catch {
    // The command has ended or the client is gone; either way nothing is to be fed any more.
  }
}

async function attachTo(instance: ContainerInstance, ends: Ends): Promise<number> {
  const listener = (data: Uint8Array, stream: 'stdout' | 'stderr') => {
    // A client that is gone hears no more; the process does not care.
    void ends[stream].write(data).catch(() => instance.listeners.delete(listener))
  }
  instance.listeners.add(listener)
  const over = new AbortController()
  const raw = ends.terminal
  raw?.setRaw(true)
  if (ends.stdin && instance.stdin) void pour(ends.stdin, instance.stdin.writer, over.signal)
  try {
    return await Promise.race([
      instance.process.exit,
      new Promise<number>((resolve) => {
        ends.signal.addEventListener('abort', () => resolve(0), { once: true })
      }),
    ])
  } finally {
    over.abort()
    raw?.setRaw(false)
    instance.listeners.delete(listener)
  }
}

async function pour(from: ReadStream, to: WriteStream, signal: AbortSignal): Promise<void> {
  try {
    for (let data = await from.read(signal); data; data = await from.read(signal)) await to.write(data)
  } catch {
    // Detached, or the process has ended.
  }
}

async function* readLog(
  clock: Clock,
  container: PodContainer | undefined,
  name: string,
  options: PodLogOptions,
): AsyncGenerator<Uint8Array> {
  const { pod } = options
  const refuse = (why: string) => badRequest(`container "${name}" in pod "${pod}" ${why}`)
  if (!container) throw refuse('is waiting to start: ContainerCreating')
  const { state, lastState } = container
  let { log } = container
  if (options.previous) {
    if (!lastState.terminated)
      throw badRequest(`previous terminated container "${name}" in pod "${pod}" not found`)
    log = state.waiting || !container.previousLog ? log : container.previousLog
  } else if (state.waiting && !lastState.terminated) {
    const { reason } = state.waiting
    if (reason === 'ErrImagePull') throw refuse("is waiting to start: image can't be pulled")
    if (reason === 'ImagePullBackOff') throw refuse('is waiting to start: trying and failing to pull image')
    throw refuse(`is waiting to start: ${reason}`)
  }
  const since = options.sinceTime
    ? Date.parse(options.sinceTime)
    : options.sinceSeconds === undefined
      ? undefined
      : clock.now() - options.sinceSeconds * 1000
  yield* log.read({ ...options, since })
}
