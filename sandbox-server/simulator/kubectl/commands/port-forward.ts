// kubectl port-forward: listens on the machine's loopback and carries every connection into a pod.
// Source: kubectl/pkg/cmd/portforward/portforward.go, client-go/tools/portforward.
import type { Pod, Service } from '../../../contract/kubernetes.ts'
import { SocketError, type TcpConnection, type TcpListener } from '../../network/socket.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, usageError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { podsBehind } from './pods.ts'

export const portForwardCommand: KubectlCommand = {
  name: 'port-forward',
  summary: 'Forward one or more local ports to a pod',
  group: 'Troubleshooting and Debugging Commands',
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  examples: [
    ['Port 8080 here to port 80 of a Service', 'kubectl port-forward service/web 8080:80'],
    ['A port of our own choice', 'kubectl port-forward pod/web :80'],
  ],
  flags: {
    address: { type: 'list', default: '[localhost]', summary: 'Addresses to listen on' },
    'pod-running-timeout': {
      type: 'duration',
      default: '1m0s',
      summary: 'How long to wait for a running pod',
    },
  },
  arguments: 'pods-and-types',
  run: portForward,
}

interface Forward {
  readonly local: number
  readonly remote: number
}

async function portForward(invocation: Invocation): Promise<void> {
  const { args, process, flags } = invocation
  const [argument, ...ports] = args
  if (argument === undefined || ports.length === 0)
    throw usageError('port-forward', 'TYPE/NAME and list of ports are required for port-forward')
  const { streams } = process
  if (!streams) throw new CliError('this machine has no connection for port-forward to the API server')
  const { pods, object } = await podsBehind(invocation, argument)
  const pod = pods.find((candidate) => candidate.status?.phase === 'Running') ?? pods[0]
  if (!pod) throw new CliError('timed out waiting for the condition')
  if (pod.status?.phase !== 'Running')
    throw new CliError(
      `unable to forward port because pod is not running. Current status=${pod.status?.phase}`,
    )
  const forwards = ports.map((text) =>
    parsePort(text, pod, object.kind === 'Service' ? (object as Service) : undefined),
  )
  const addresses = flags.has('address') ? flags.list('address') : ['localhost']
  const listeners: TcpListener[] = []
  const abort = new AbortController()
  const failed = new Promise<never>((_, reject) => {
    process.signal.addEventListener('abort', () => reject(process.signal.reason), { once: true })
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true })
  })
  failed.catch(() => undefined)
  try {
    for (const address of addresses)
      for (const { local, remote } of forwards)
        listeners.push(await listen(invocation, pod, address, local, remote))
    await failed
  } finally {
    for (const listener of listeners) listener.close()
  }
}

/** `LOCAL:REMOTE`, `REMOTE` or `:REMOTE`; a Service's port is translated to its target port. */
function parsePort(text: string, pod: Pod, service: Service | undefined): Forward {
  const [first = '', second] = text.split(':')
  const remoteText = second ?? first
  const number = (word: string): number => {
    if (!/^\d+$/.test(word) || Number(word) > 65_535)
      throw new CliError(`Error parsing local port '${word}': invalid port`)
    return Number(word)
  }
  const containers = pod.spec?.containers ?? []
  const named = (name: string) =>
    containers.flatMap((container) => container.ports ?? []).find((port) => port.name === name)?.containerPort
  let remote: number | undefined
  let servicePort: number | undefined
  if (service) {
    const port = service.spec?.ports?.find(
      (candidate) => candidate.name === remoteText || String(candidate.port) === remoteText,
    )
    if (!port)
      throw new CliError(`Service ${service.metadata?.name} does not have a service port ${remoteText}`)
    servicePort = port.port
    const target = port.targetPort ?? port.port
    remote =
      service.spec?.clusterIP === 'None' ? port.port : typeof target === 'number' ? target : named(target)
    if (remote === undefined)
      throw new CliError(`Pod '${pod.metadata?.name}' does not have a named port '${target}'`)
  } else remote = /^\d+$/.test(remoteText) ? number(remoteText) : named(remoteText)
  if (remote === undefined)
    throw new CliError(`Pod '${pod.metadata?.name}' does not have a named port '${remoteText}'`)
  const local = second === undefined ? (servicePort ?? remote) : first === '' ? 0 : number(first)
  return { local, remote }
}

async function listen(
  invocation: Invocation,
  pod: Pod,
  address: string,
  local: number,
  remote: number,
): Promise<TcpListener> {
  const { process } = invocation
  const ip = address === 'localhost' ? '127.0.0.1' : address
  const port = local === 0 ? 30_000 + process.random.integer(30_000) : local
  try {
    const listener = process.sockets.listen({ port, address: ip }, (connection) => {
      void carry(invocation, pod, connection, port, remote)
    })
    await invocation.line(`Forwarding from ${ip}:${port} -> ${remote}`)
    return listener
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    const why = error.code === 'EADDRINUSE' ? 'bind: address already in use' : error.message
    await invocation.err(
      `Unable to listen on port ${port}: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 ${ip}:${port}: ${why}]\n`,
    )
    throw new CliError(`unable to listen on any of the requested ports: [{${port} ${remote}}]`)
  }
}

async function carry(
  invocation: Invocation,
  pod: Pod,
  outer: TcpConnection,
  port: number,
  remote: number,
): Promise<void> {
  const { process } = invocation
  await invocation.line(`Handling connection for ${port}`)
  try {
    const inner = await process.streams?.portForward({
      namespace: pod.metadata?.namespace ?? '',
      pod: pod.metadata?.name ?? '',
      port: remote,
      signal: process.signal,
    })
    if (!inner) return
    await Promise.all([pump(outer, inner), pump(inner, outer)])
  } catch (error) {
    outer.reset()
    if (process.signal.aborted) return
    const message = error instanceof Error ? error.message : String(error)
    await invocation.err(
      `error: an error occurred forwarding ${port} -> ${remote}: error forwarding port ${remote} to pod ${pod.metadata?.uid}, uid : ${message}\n`,
    )
  }
}

async function pump(from: TcpConnection, to: TcpConnection): Promise<void> {
  try {
    for (let data = await from.read(); data; data = await from.read()) await to.write(data)
    to.end()
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    to.reset()
  }
}
