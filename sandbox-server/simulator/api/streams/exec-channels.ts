// exec and attach over a WebSocket: a channel byte before every message. 0 stdin, 1 stdout, 2 stderr, 3 the final status,
// 4 terminal sizes, 255 the end of a channel (v5).
// Source: apimachinery/pkg/util/remotecommand/constants.go, kubelet's cri-streaming/remotecommand/websocket.go, KEP-4006.
import type { Status } from '../../../contract/kubernetes.ts'
import type { PodStreams, Terminal, WriteStream } from '../../node/process.ts'
import { ApiError } from '../api-error.ts'
import { isTrue } from '../http/request-info.ts'
import { ByteQueue } from './byte-queue.ts'
import type { StreamSocket } from './stream-socket.ts'

export interface ChannelOptions {
  readonly socket: StreamSocket
  readonly protocol: string
  readonly streams: PodStreams
  readonly namespace: string
  readonly pod: string
  readonly query: URLSearchParams
  readonly isAttach: boolean
}

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 }
const encoder = new TextEncoder()

export function serveChannels(options: ChannelOptions): void {
  const { socket, query, streams, namespace, pod } = options
  const isTerminal = isTrue(query.get('tty'))
  const abort = new AbortController()
  const stdin = isTrue(query.get('stdin')) ? new ByteQueue(isTerminal) : undefined
  const terminal = isTerminal ? new RemoteTerminal() : undefined
  socket.onMessage((message) => {
    const data = message.subarray(1)
    if (message[0] === channel.stdin) stdin?.push(data)
    else if (message[0] === channel.resize) terminal?.resize(data)
    else if (message[0] === channel.close && data[0] === channel.stdin) stdin?.end()
  })
  socket.onClose(() => {
    stdin?.end()
    abort.abort(new Error('the client has gone'))
  })
  const container = query.get('container') ?? ''
  const shared = {
    namespace,
    pod,
    ...(container === '' ? {} : { container }),
    ...(stdin ? { stdin } : {}),
    stdout: channelStream(socket, channel.stdout, isTerminal),
    stderr: channelStream(socket, isTerminal ? channel.stdout : channel.stderr, isTerminal),
    terminal,
    signal: abort.signal,
  }
  const run = async () => {
    if (!options.isAttach) return streams.exec({ ...shared, command: query.getAll('command') })
    if (!streams.attach)
      throw new ApiError(501, 'NotImplemented', 'this simulated cluster does not attach to containers')
    return streams.attach(shared)
  }
  void run()
    .then(statusOfExit, statusOfError)
    .then(async (status) => {
      await send(socket, channel.status, encoder.encode(JSON.stringify(status)))
      socket.close()
    })
    .catch(() => socket.close())
}

function send(socket: StreamSocket, number: number, data: Uint8Array): Promise<void> {
  const message = new Uint8Array(data.length + 1)
  message[0] = number
  message.set(data, 1)
  return socket.send(message)
}

function channelStream(socket: StreamSocket, number: number, isTerminal: boolean): WriteStream {
  return {
    isTerminal,
    write: (data) => send(socket, number, typeof data === 'string' ? encoder.encode(data) : data),
    end: () => undefined,
  }
}

const base = { kind: 'Status', apiVersion: 'v1', metadata: {} } as const

function statusOfExit(code: number): Status {
  if (code === 0) return { ...base, status: 'Success' }
  return {
    ...base,
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

function statusOfError(error: unknown): Status {
  if (error instanceof ApiError) return error.status
  const message = error instanceof Error ? error.message : String(error)
  return { ...base, status: 'Failure', reason: 'InternalError', message, code: 500 }
}

/** The client's terminal: its size comes over the resize channel. */
class RemoteTerminal implements Terminal {
  columns = 80
  rows = 24
  readonly #listeners = new Set<() => void>()

  onResize(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The client's terminal is raw already; the container's own discipline is the simulator's affair. */
  setRaw(): void {}

  resize(data: Uint8Array): void {
    try {
      const size = JSON.parse(new TextDecoder().decode(data)) as { Width?: number; Height?: number }
      this.columns = size.Width ?? this.columns
      this.rows = size.Height ?? this.rows
    } catch {
      return // A size that cannot be read leaves the terminal as it is.
    }
    for (const listener of this.#listeners) listener()
  }
}
