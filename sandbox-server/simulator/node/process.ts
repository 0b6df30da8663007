// A process: a program with its arguments, files, network and streams. What runs in containers (agnhost, nginx, traefik), what
// a learner types (curl, kubectl, ls) and what a probe executes are all programs, and see nothing but this.
import type { Clock } from '../clock.ts'
import type { Sockets } from '../network/socket.ts'
import type { Random } from '../random.ts'
import type { FileSystem } from './file-system.ts'

/** Reading end. `read` gives undefined at the end of the stream. */
export interface ReadStream {
  /** True for a terminal's reading end, as isatty(3). */
  readonly isTerminal?: boolean
  read(signal?: AbortSignal): Promise<Uint8Array | undefined>
}

/** Writing end. Awaiting `write` is back-pressure; it rejects with BrokenPipe once the reader is gone. */
export interface WriteStream {
  /** True for a terminal's writing end, as isatty(3). */
  readonly isTerminal?: boolean
  write(data: Uint8Array | string): Promise<void>
  end(): void
}

export class BrokenPipe extends Error {}

/** A terminal that a process is attached to. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  onResize(listener: () => void): () => void
  /** Raw: every key goes to the program, Ctrl-C included. Otherwise the line discipline edits lines and makes signals. */
  setRaw(raw: boolean): void
  /** Takes the terminal's foreground: signals that keys make go to the handler until the function it gives is called. */
  foreground?(handler: (signal: Signal) => void): () => void
  /** The terminal itself as /dev/tty reads it, for programs whose standard input is something else (a pager in a pipe). */
  readonly keyboard?: ReadStream
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGHUP'

/** Whose machine a process runs on. Programs that show a node's insides (iptables-save, ip, conntrack, crictl, tcpdump) ask here. */
export interface Machine {
  readonly kind: 'container' | 'node' | 'outside'
  readonly hostname: string
  /** For `container`: which pod and container. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly container: string }
  /** The network namespace, for programs that print it: NetworkNamespace of network/network-namespace.ts. */
  readonly network: import('../network/network-namespace.ts').NetworkNamespace
}

export interface Process {
  readonly pid: number
  /** argv[0] is the program's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly stderr: WriteStream
  /** Set where stdin or stdout is a terminal. */
  readonly terminal?: Terminal
  readonly files: FileSystem
  readonly sockets: Sockets
  readonly machine: Machine
  readonly clock: Clock
  readonly random: Random
  /** Aborts when the process is to end; the reason is a `Signalled`. SIGTERM can be delayed by `onSignal`. */
  readonly signal: AbortSignal
  /** Takes over SIGTERM or SIGINT: the process ends by returning, or by SIGKILL. */
  onSignal(signal: Signal, handler: () => void): void
  /** Runs another program with this process's machine, files and network. Gives its exit code, 127 where there is none. */
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<number>
  /** Names of the programs that can be spawned here, for completion and `which`. */
  programs(): readonly string[]
  /**
   * The Kubernetes API as this process may use it (its kubeconfig, or its service account), over an in-process transport.
   * Undefined where it has no credentials.
   */
  readonly kubernetes?: (request: Request) => Promise<Response>
  /** Interactive and streaming subresources of the API: exec, attach, port-forward. */
  readonly streams?: PodStreams
  /**
   * The API's objects without HTTP between, for the cluster's own components (kube-proxy, CoreDNS, CNI daemons, Traefik): what an
   * informer's cache would give them. Set in pods whose service account may read the cluster, undefined elsewhere.
   */
  readonly objects?: import('../api/objects.ts').Objects
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: ReadStream
  readonly stdout?: WriteStream
  readonly stderr?: WriteStream
  readonly terminal?: Terminal | undefined
  readonly signal?: AbortSignal
}

export class Signalled extends Error {
  readonly signalName: Signal
  constructor(signalName: Signal) {
    super(signalName)
    this.signalName = signalName
  }
}

/** Runs until it returns its exit code. Throwing a Signalled ends it with 128 + the signal's number. */
export type Program = (process: Process) => Promise<number>

/** PodLogOptions of core/v1. */
export interface PodLogOptions {
  readonly namespace: string
  readonly pod: string
  readonly container?: string | undefined
  readonly follow?: boolean | undefined
  readonly previous?: boolean | undefined
  readonly timestamps?: boolean | undefined
  readonly sinceSeconds?: number | undefined
  /** RFC 3339 */
  readonly sinceTime?: string | undefined
  readonly tailLines?: number | undefined
  readonly limitBytes?: number | undefined
  readonly signal: AbortSignal
}

/** Exec and port-forward as the API server offers them to its HTTP layer and to the learner's kubectl. Throws ApiError. */
export interface PodStreams {
  exec(options: {
    namespace: string
    pod: string
    container?: string
    command: readonly string[]
    stdin?: ReadStream
    stdout: WriteStream
    stderr: WriteStream
    terminal?: Terminal | undefined
    signal: AbortSignal
  }): Promise<number>
  /** The main process of a container: what it writes from now on, and its standard input where `stdin: true`. Ends as it does. */
  attach?(options: {
    namespace: string
    pod: string
    container?: string
    stdin?: ReadStream
    stdout: WriteStream
    stderr: WriteStream
    terminal?: Terminal | undefined
    signal: AbortSignal
  }): Promise<number>
  /** What a container wrote, as `pods/log` streams it. Throws ApiError where there is no log, before the first chunk. */
  logs?(options: PodLogOptions): AsyncIterable<Uint8Array>
  /** Connects to 127.0.0.1:port in the pod's network namespace. */
  portForward(options: {
    namespace: string
    pod: string
    port: number
    signal: AbortSignal
  }): Promise<import('../network/socket.ts').TcpConnection>
}
