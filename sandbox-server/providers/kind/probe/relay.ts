// Connections from other network namespaces: the relay of one container, started when it is needed and ended when it is not.
import type { Duplex } from 'node:stream'
import { AppError } from '../../../contract/errors.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { abortable } from './abortable.ts'
import { RelayConnection } from './relay-connection.ts'
import { type Datagrams, RelayDatagrams } from './relay-datagrams.ts'
import { RelayError, relayError, relayStarved } from './relay-error.ts'
import type { Frame } from './relay-frames.ts'
import { RelayProcess, relayCommand, relayScript } from './relay-process.ts'
import type { RelayWire } from './relay-wire.ts'

/** Whose network namespace and files: a container's of Kubernetes by its id, the relay's own where it is left out. */
export interface RelayPlace {
  readonly containerId?: string | undefined
}

export interface RelayEndpoint extends RelayPlace {
  readonly address: string
  readonly port: number
}

/** All reject with RelayError, with AppError PROVIDER_FAILED where the relay cannot run, or with the signal's reason. */
export interface Relay {
  readonly container: string
  /** Starts it where it does not run. */
  ready(signal: AbortSignal): Promise<void>
  connect(to: RelayEndpoint, signal: AbortSignal): Promise<Duplex>
  openDatagrams(to: RelayEndpoint, signal: AbortSignal): Promise<Datagrams>
  /** As the container sees it; undefined where there is no such file or it is none that can be read. */
  readFile(
    path: '/etc/hosts' | '/etc/resolv.conf',
    place: RelayPlace,
    signal: AbortSignal,
  ): Promise<string | undefined>
  /**
   * Resolves once all that had reached the relay's sockets before this call was told here. Gives the milliseconds that the relay
   * has waited for a processor since it began; 0 where the kernel does not count them.
   */
  settle(): Promise<number>
  dispose(): void
}

export interface RelayOptions {
  /**
   * For a container that a learner uses: the relay runs as root there, so that they cannot end it, before their processes, so that
   * they cannot starve it, and gives up root's rights. It serves the container's own network namespace alone.
   */
  readonly amongLearners?: boolean
  /** Milliseconds without use after which it is ended. */
  readonly idleMs?: number
}

/** What a socket here gets of its frames. */
interface RelaySocket {
  receive(frame: Frame): void
  failed(error: Error): void
}

/** Milliseconds for which a failed start is remembered, so that many probes do not start as many relays. */
const retryMs = 500
/** Milliseconds after which a relay that does not answer is too busy to be believed. */
const settleMs = 3_000

export function openRelay(engine: ContainerEngine, container: string, options: RelayOptions = {}): Relay {
  return new ContainerRelay(engine, container, options)
}

class ContainerRelay implements Relay {
  readonly #engine: ContainerEngine
  readonly container: string
  readonly #amongLearners: boolean
  readonly #idleMs: number
  #process: Promise<RelayProcess> | undefined
  #idle: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(engine: ContainerEngine, container: string, options: RelayOptions) {
    this.#engine = engine
    this.container = container
    this.#amongLearners = options.amongLearners ?? false
    this.#idleMs = options.idleMs ?? 300_000
  }

  async ready(signal: AbortSignal): Promise<void> {
    await this.#running(signal)
  }

  async connect(to: RelayEndpoint, signal: AbortSignal): Promise<Duplex> {
    return this.#open('tcp', to, (wire) => new RelayConnection(wire), signal)
  }

  async openDatagrams(to: RelayEndpoint, signal: AbortSignal): Promise<Datagrams> {
    return this.#open('udp', to, (wire) => new RelayDatagrams(wire), signal)
  }

  async readFile(path: string, place: RelayPlace, signal: AbortSignal): Promise<string | undefined> {
    const relay = await this.#running(signal)
    try {
      return await this.#reply(relay, 'R', `${place.containerId ?? '-'} ${path}`, path, signal)
    } catch (error) {
      // A resolver goes on without a file that it cannot read.
      if (error instanceof RelayError && error.code !== 'NO_CONTAINER') return undefined
      throw error
    }
  }

  async settle(): Promise<number> {
    const signal = AbortSignal.timeout(settleMs)
    try {
      const relay = await this.#running(signal)
      return Number(await this.#reply(relay, 'P', '', 'ping', signal))
    } catch (cause) {
      throw signal.aborted ? relayStarved(this.container, cause) : cause
    }
  }

  dispose(): void {
    this.#isDisposed = true
    this.#stop()
  }

  #stop(): void {
    clearTimeout(this.#idle)
    const stopped = this.#process
    this.#process = undefined
    // A start that failed was told to whoever asked for it.
    stopped?.then((relay) => relay.stop()).catch(() => {})
  }

  #running(signal: AbortSignal): Promise<RelayProcess> {
    if (this.#isDisposed) throw new AppError('PROVIDER_FAILED', 'The cluster was closed.')
    this.#process ??= this.#start()
    this.#idle ??= setTimeout(() => this.#endIfIdle(), this.#idleMs).unref()
    this.#idle.refresh()
    return abortable(this.#process, signal)
  }

  #start(): Promise<RelayProcess> {
    const { container } = this
    const script = relayScript()
    const as = this.#amongLearners ? ['--user', '0', '--privileged'] : []
    const perl = relayCommand(script, this.#amongLearners ? 'unprivileged' : 'privileged')
    const command = this.#engine.start(['exec', '-i', ...as, container, ...perl])
    const forget = () => {
      if (this.#process === started) this.#process = undefined
    }
    const started = RelayProcess.start(command, { container, script, onEnd: forget })
    started.catch(() => setTimeout(forget, retryMs).unref())
    return started
  }

  async #endIfIdle(): Promise<void> {
    const relay = await this.#process?.catch(() => undefined)
    if (relay?.isInUse) this.#idle?.refresh()
    else if (relay) this.#stop()
  }

  async #open<Socket extends RelaySocket>(
    protocol: 'tcp' | 'udp',
    to: RelayEndpoint,
    make: (wire: RelayWire) => Socket,
    signal: AbortSignal,
  ): Promise<Socket> {
    const relay = await this.#running(signal)
    const doing = `connect ${to.address.includes(':') ? `[${to.address}]` : to.address}:${to.port}`
    return new Promise((resolve, reject) => {
      let socket: Socket | undefined
      const stop = () => {
        wire.send('C')
        wire.release()
        reject(signal.reason)
      }
      const fail = (error: Error) => {
        signal.removeEventListener('abort', stop)
        if (socket) return socket.failed(error)
        wire.release()
        reject(error)
      }
      const wire = relay.open({
        frame(frame) {
          if (frame.type === 'X') return fail(relayError(frame.payload.toString(), socket ? 'read' : doing))
          if (frame.type !== 'O') return socket?.receive(frame)
          signal.removeEventListener('abort', stop)
          socket = make(wire)
          resolve(socket)
        },
        end: fail,
      })
      signal.addEventListener('abort', stop, { once: true })
      wire.send('O', Buffer.from(`${protocol} ${to.containerId ?? '-'} ${to.address} ${to.port}`))
    })
  }

  #reply(
    relay: RelayProcess,
    type: 'R' | 'P',
    text: string,
    doing: string,
    signal: AbortSignal,
  ): Promise<string> {
    const reply = new Promise<string>((resolve, reject) => {
      const wire = relay.open({
        frame(frame) {
          wire.release()
          if (frame.type === 'X') reject(relayError(frame.payload.toString(), doing))
          else resolve(frame.payload.toString())
        },
        end: reject,
      })
      wire.send(type, Buffer.from(text))
    })
    return abortable(reply, signal)
  }
}
