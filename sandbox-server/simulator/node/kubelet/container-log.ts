// What a container wrote to stdout and stderr, line by line with the time, as the container runtime's log file keeps it. A ring:
// the oldest lines go first (upstream rotates at 10 MiB; here much less is kept).
import type { Clock } from '../../clock.ts'
import type { WriteStream } from '../process.ts'
import { toBytes } from '../streams.ts'

export interface LogLine {
  /** Epoch milliseconds. */
  readonly at: number
  /** With its newline, where it has one. */
  readonly text: string
}

export interface LogReadOptions {
  readonly follow?: boolean | undefined
  readonly timestamps?: boolean | undefined
  /** Epoch milliseconds. */
  readonly since?: number | undefined
  readonly tailLines?: number | undefined
  readonly limitBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const maxCharacters = 256 * 1024
const encoder = new TextEncoder()

export class ContainerLog {
  readonly #clock: Clock
  #lines: LogLine[] = []
  /** Number of lines that fell out of the ring. */
  #dropped = 0
  #characters = 0
  #ended = false
  #mutedAt: number | undefined
  #waiting: (() => void)[] = []

  /** `resumed`: the log of a container that runs again after a restart of the simulator. What it says at once it said before. */
  constructor(clock: Clock, lines: readonly LogLine[] = [], resumed = false) {
    this.#clock = clock
    for (const line of lines) this.#add(line)
    if (resumed && lines.length > 0) this.#mutedAt = clock.now()
  }

  /** A stream whose lines go into the log; each of stdout and stderr gets one of its own, so that lines stay whole. */
  writer(): WriteStream {
    const decoder = new TextDecoder()
    let rest = ''
    return {
      write: async (data) => {
        rest += decoder.decode(toBytes(data), { stream: true })
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          this.#add({ at: this.#clock.now(), text: rest.slice(0, end + 1) })
          rest = rest.slice(end + 1)
        }
        // The runtime splits lines of more than 16 KiB.
        if (rest.length >= 16_384) this.#flush(rest)
        if (rest.length >= 16_384) rest = ''
      },
      end: () => {
        this.#flush(rest)
        rest = ''
      },
    }
  }

  /** Nothing more will come: followers end. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  tail(lines: number): readonly LogLine[] {
    return this.#lines.slice(-lines)
  }

  async *read(options: LogReadOptions): AsyncGenerator<Uint8Array> {
    let left = options.limitBytes ?? Number.POSITIVE_INFINITY
    let next = this.#dropped + this.#startOf(options)
    while (left > 0) {
      options.signal?.throwIfAborted()
      const line = this.#lines[Math.max(0, next - this.#dropped)]
      if (line) {
        next = Math.max(next, this.#dropped) + 1
        const text = options.timestamps ? `${nanoseconds(line.at)} ${line.text}` : line.text
        const bytes = encoder.encode(text).slice(0, left)
        left -= bytes.length
        yield bytes
      } else if (!options.follow || this.#ended) {
        return
      } else {
        await this.#more(options.signal)
      }
    }
  }

  #startOf(options: LogReadOptions): number {
    const { since, tailLines } = options
    const first = since === undefined ? 0 : this.#lines.findIndex((line) => line.at >= since)
    const from = first < 0 ? this.#lines.length : first
    return tailLines === undefined ? from : Math.max(from, this.#lines.length - tailLines)
  }

  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal?.reason)
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.push(() => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
    })
  }

  #flush(text: string): void {
    if (text !== '') this.#add({ at: this.#clock.now(), text })
  }

  #add(line: LogLine): void {
    if (line.at === this.#mutedAt) return
    this.#lines.push(line)
    this.#characters += line.text.length
    if (this.#characters > maxCharacters) {
      // A quarter at once, so that a talkative container does not move the array with every line.
      let gone = 0
      while (this.#characters > maxCharacters * 0.75 && gone < this.#lines.length - 1) {
        this.#characters -= this.#lines[gone]?.text.length ?? 0
        gone += 1
      }
      this.#lines = this.#lines.slice(gone)
      this.#dropped += gone
    }
    this.#wake()
  }

  #wake(): void {
    const woken = this.#waiting
    this.#waiting = []
    for (const wake of woken) wake()
  }
}

function nanoseconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, -1)}000000Z`
}
