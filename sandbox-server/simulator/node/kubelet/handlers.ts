// What probes and lifecycle hooks do: run a command in the container, ask over HTTP, open a TCP connection. Traffic leaves from the
// node's own network namespace. Texts are those of pkg/probe and of Go's net/http.
import type { Container, Pod } from '../../../contract/kubernetes.ts'
import type { Clock } from '../../clock.ts'
import { httpGet } from '../../network/http/get.ts'
import { SocketError, type SocketErrorCode } from '../../network/socket.ts'
import { collector } from '../streams.ts'
import type { KubeletParts } from './kubelet-parts.ts'
import type { ContainerInstance } from './pod-container.ts'

type Probe = NonNullable<Container['livenessProbe']>
type HttpGet = NonNullable<Probe['httpGet']>

export type HandlerResult =
  | { readonly result: 'success' | 'warning' | 'failure'; readonly output: string }
  | { readonly result: 'error'; readonly output: string }

const socketTexts: Partial<Record<SocketErrorCode, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  EACCES: 'connect: permission denied',
}
const maxOutputBytes = 10 * 1024

/** Aborts when the time is up or the signal aborts; `dispose` forgets the timer. */
export function deadline(clock: Clock, ms: number, signal: AbortSignal) {
  const controller = new AbortController()
  const timer = clock.after(ms, () => controller.abort(new Error('deadline exceeded')))
  const aborted = () => controller.abort(signal.reason)
  if (signal.aborted) aborted()
  else signal.addEventListener('abort', aborted, { once: true })
  return {
    signal: controller.signal,
    isOver: () => controller.signal.aborted && !signal.aborted,
    dispose() {
      timer.cancel()
      signal.removeEventListener('abort', aborted)
    },
  }
}

export async function execHandler(
  { clock }: KubeletParts,
  instance: ContainerInstance,
  command: readonly string[],
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<HandlerResult> {
  const output = collector(maxOutputBytes)
  const limit = deadline(clock, timeoutMs ?? 2 ** 31, signal)
  try {
    const running = instance.machine.start(command, { stdout: output, stderr: output, signal: limit.signal })
    if (!running) {
      const name = JSON.stringify(command[0] ?? '')
      return {
        result: 'error',
        output:
          'rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec ' +
          `failed: unable to start container process: exec: ${name}: executable file not found in $PATH: unknown`,
      }
    }
    const code = await running.exit
    if (limit.isOver()) {
      const shown = JSON.stringify(command.join(' '))
      return {
        result: 'failure',
        output: `command timed out: ${shown} timed out after ${(timeoutMs ?? 0) / 1000}s`,
      }
    }
    return { result: code === 0 ? 'success' : 'failure', output: output.text() }
  } finally {
    limit.dispose()
  }
}

export async function httpHandler(
  { clock, node }: KubeletParts,
  get: HttpGet,
  where: { container: Container; podIp: string; userAgent: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<HandlerResult> {
  const port = resolvePort(get.port, where.container)
  if (port === undefined) return { result: 'error', output: `couldn't find port: ${get.port}` }
  const host = get.host || where.podIp
  const scheme = (get.scheme ?? 'HTTP').toLowerCase()
  if (scheme === 'https') {
    return {
      result: 'failure',
      output: 'HTTPS probes are not simulated: TLS is not spoken in the simulated cluster',
    }
  }
  const headers: Record<string, string> = { 'User-Agent': where.userAgent, Accept: '*/*' }
  for (const { name, value } of get.httpHeaders ?? []) headers[name] = value
  const limit = deadline(clock, where.timeoutMs, signal)
  let path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`
  try {
    for (let redirects = 0; ; redirects++) {
      const url = `http://${host}:${port}${path}`
      try {
        const answer = await httpGet(node.host.sockets, {
          address: host,
          port,
          path,
          headers,
          signal: limit.signal,
          maxBodyBytes: maxOutputBytes,
        })
        const location = answer.headers.location
        const isRedirect = [301, 302, 303, 307, 308].includes(answer.status)
        if (isRedirect && location?.startsWith('/') && redirects < 10) {
          path = location
          continue
        }
        if (answer.status >= 200 && answer.status < 300) return { result: 'success', output: answer.body }
        if (answer.status >= 300 && answer.status < 400) {
          return { result: 'warning', output: `Probe terminated redirects, Response body: ${answer.body}` }
        }
        return { result: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` }
      } catch (error) {
        const why = limit.isOver()
          ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
          : error instanceof SocketError && error.code !== 'ECONNRESET'
            ? `dial tcp ${host}:${port}: ${socketTexts[error.code] ?? error.message}`
            : error instanceof SocketError
              ? `read tcp ${host}:${port}: ${socketTexts[error.code] ?? error.message}`
              : 'EOF'
        return { result: 'failure', output: `Get ${JSON.stringify(url)}: ${why}` }
      }
    }
  } finally {
    limit.dispose()
  }
}

export async function tcpHandler(
  { clock, node }: KubeletParts,
  socket: NonNullable<Probe['tcpSocket']>,
  where: { container: Container; podIp: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<HandlerResult> {
  const port = resolvePort(socket.port, where.container)
  if (port === undefined) return { result: 'error', output: `couldn't find port: ${socket.port}` }
  const address = socket.host || where.podIp
  const limit = deadline(clock, where.timeoutMs, signal)
  try {
    const connection = await node.host.sockets.connect({ to: { address, port }, signal: limit.signal })
    connection.end()
    return { result: 'success', output: '' }
  } catch (error) {
    const text = error instanceof SocketError ? (socketTexts[error.code] ?? error.message) : 'i/o timeout'
    return {
      result: 'failure',
      output: `dial tcp ${address}:${port}: ${limit.isOver() ? 'i/o timeout' : text}`,
    }
  } finally {
    limit.dispose()
  }
}

/** A number, or the name of one of the container's ports. */
export function resolvePort(port: number | string, container: Container): number | undefined {
  if (typeof port === 'number') return port
  const named = container.ports?.find((candidate) => candidate.name === port)
  return named?.containerPort ?? (/^\d+$/.test(port) ? Number(port) : undefined)
}

/** A pod's name as the kubelet's messages have it: name_namespace(uid). */
export function formatPod(pod: Pod): string {
  return `${pod.metadata?.name}_${pod.metadata?.namespace}(${pod.metadata?.uid})`
}
