// One running relay: starts relay.pl in a container, hands its frames to the connections that they are for, and tells when it ended.
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../contract/errors.ts'
import type { RunningCommand } from '../../../platform/commands.ts'
import { readText } from '../../../platform/files.ts'
import { encodeFrame, type Frame, FrameReader } from './relay-frames.ts'
import type { RelayWire } from './relay-wire.ts'

/** Who gets the frames of one number. `end` is called where the relay ended before the connection did. */
export interface Channel {
  frame(frame: Frame): void
  end(error: Error): void
}

/** Milliseconds that a container on a busy machine may take to start it. */
const startMs = 15_000
const framesPerTurn = 16
/** Milliseconds after which it is killed instead. */
const stopMs = 2_000
/** Characters of stderr that are kept. */
const logLength = 2_000

/** Reads the script from stdin, so that the engine's log and ps do not show it. */
const bootstrap =
  'my $s = ""; while (length $s < $ARGV[0]) { sysread(STDIN, $s, $ARGV[0] - length $s, length $s) or exit 1 } eval "$s; 1" or die $@'

/** `unprivileged` gives up all rights once it has begun, and with them foreign network namespaces. */
export function relayCommand(script: string, rights: 'privileged' | 'unprivileged'): string[] {
  return ['perl', '-e', bootstrap, String(Buffer.byteLength(script)), rights]
}

export function relayScript(): string {
  const path = fileURLToPath(new URL('./relay.pl', import.meta.url))
  const script = readText(path)
  if (script === undefined)
    throw new AppError('INTERNAL', `${path} is missing.`, { hint: 'Install Fairlead again.' })
  return script
}

export interface RelayProcessOptions {
  readonly container: string
  readonly script: string
  /** Called when it ended after it had started, before the connections are told. */
  readonly onEnd: () => void
}

export class RelayProcess {
  readonly #command: RunningCommand
  readonly #channels = new Map<number, Channel>()
  readonly #reader = new FrameReader()
  readonly #frames: Frame[] = []
  readonly #options: RelayProcessOptions
  #nextId = 1
  #log = ''
  #ended: AppError | undefined
  #corked = false
  #isStarted = false

  private constructor(command: RunningCommand, options: RelayProcessOptions) {
    this.#command = command
    this.#options = options
    // Its end is told by `exited`.
    command.stdin.on('error', () => {})
    command.stderr.on('data', (data: Buffer) => {
      this.#log = (this.#log + data.toString()).slice(-logLength)
    })
    command.stdout.on('data', (data: Buffer) => this.#receive(data))
    command.exited.then((code) => this.#end(code))
  }

  /** Resolves once it answers. Throws AppError PROVIDER_FAILED. */
  static async start(command: RunningCommand, options: RelayProcessOptions): Promise<RelayProcess> {
    const relay = new RelayProcess(command, options)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(relay.#failure('did not start in time'))
        command.kill()
      }, startMs)
      relay.#channels.set(0, {
        frame: () => {
          clearTimeout(timer)
          resolve()
        },
        end: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      command.stdin.write(options.script)
    })
    relay.#channels.delete(0)
    relay.#isStarted = true
    return relay
  }

  get isInUse(): boolean {
    return this.#channels.size > 0
  }

  /** A number of its own for a channel, and how to send under it. */
  open(channel: Channel): RelayWire {
    const id = this.#nextId++
    if (this.#ended) {
      const error = this.#ended
      queueMicrotask(() => channel.end(error))
    } else this.#channels.set(id, channel)
    return {
      send: (type, payload) => this.#send(encodeFrame(type, id, payload)),
      write: (payload, taken) => this.#send(encodeFrame('D', id, payload), taken),
      release: () => this.#channels.delete(id),
    }
  }

  /** It ends when its stdin does. */
  stop(): void {
    this.#command.stdin.end()
    const timer = setTimeout(() => this.#command.kill(), stopMs).unref()
    this.#command.exited.then(() => clearTimeout(timer))
  }

  /** Frames of one turn of the event loop leave in one write. */
  #send(frame: Buffer, taken?: (error?: Error | null) => void): void {
    const { stdin } = this.#command
    if (this.#ended) {
      taken?.(this.#ended)
      return
    }
    if (!this.#corked) {
      this.#corked = true
      stdin.cork()
      process.nextTick(() => {
        this.#corked = false
        stdin.uncork()
      })
    }
    stdin.write(frame, taken)
  }

  #receive(data: Buffer): void {
    const isIdle = this.#frames.length === 0
    try {
      this.#frames.push(...this.#reader.push(data))
    } catch (error) {
      this.#log += `\n${error instanceof Error ? error.message : String(error)}`
      this.#command.kill()
    }
    if (isIdle) this.#handOut()
  }

  /** A few in one turn of the event loop, so that a matrix of hundreds of probes does not hold up what else the server does. */
  #handOut(): void {
    for (const frame of this.#frames.splice(0, framesPerTurn)) this.#channels.get(frame.id)?.frame(frame)
    if (this.#frames.length > 0) setImmediate(() => this.#handOut())
  }

  #end(code: number): void {
    this.#ended = this.#failure(`ended with exit code ${code}`)
    const channels = [...this.#channels.values()]
    this.#channels.clear()
    if (this.#isStarted) this.#options.onEnd()
    for (const channel of channels) channel.end(this.#ended)
  }

  #failure(what: string): AppError {
    return new AppError(
      'PROVIDER_FAILED',
      `The program in ${this.#options.container} that sends probes ${what}.`,
      {
        hint: `See whether the container runs: docker ps -a --filter name=${this.#options.container}.`,
        log: this.#log.trim() || undefined,
      },
    )
  }
}
