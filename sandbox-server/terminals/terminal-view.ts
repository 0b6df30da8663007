// One page's view of a shared terminal: what it was sent, what it has rendered, and how large it is.
import type { TerminalSize } from '../providers/provider.ts'
import type { ReplayBuffer } from './replay-buffer.ts'

/** Bytes that may be on their way to a page that has not rendered them yet. */
export const windowBytes = 512 * 1024
const frameBytes = 32 * 1024

export interface TerminalSink {
  /** Bytes starting at `offset`. */
  output(offset: number, data: Uint8Array): void
  /** Clear the screen: what follows starts at `offset`. */
  reset(offset: number, size: TerminalSize): void
  /** The terminal that all pages share has this size now. */
  size(size: TerminalSize): void
}

export class TerminalView {
  readonly sink: TerminalSink
  size: TerminalSize
  #buffer: ReplayBuffer
  #sent: number
  #rendered: number

  constructor(options: { buffer: ReplayBuffer; sink: TerminalSink; size: TerminalSize; offset: number }) {
    this.sink = options.sink
    this.size = options.size
    this.#buffer = options.buffer
    this.#sent = options.offset
    this.#rendered = options.offset
  }

  /** Offset up to which the page has rendered. */
  get rendered(): number {
    return this.#rendered
  }

  /** Starts over: the page clears its screen and gets all that is kept. */
  restart(sharedSize: TerminalSize): void {
    this.#sent = this.#buffer.start
    this.#rendered = this.#sent
    this.sink.reset(this.#sent, sharedSize)
  }

  /** Whether the page has seen bytes up to here and can go on from there. */
  canContinue(): boolean {
    return this.#sent > 0 && this.#sent >= this.#buffer.start && this.#sent <= this.#buffer.end
  }

  acknowledge(offset: number): void {
    this.#rendered = Math.max(this.#rendered, Math.min(offset, this.#sent))
  }

  /** Sends what the window allows. */
  pump(sharedSize: TerminalSize): void {
    for (;;) {
      // A page that fell behind what is kept has lost bytes: it starts over with what there is.
      if (this.#sent < this.#buffer.start) this.restart(sharedSize)
      const room = Math.min(frameBytes, windowBytes - (this.#sent - this.#rendered))
      if (room <= 0 || this.#sent >= this.#buffer.end) return
      const data = this.#buffer.read(this.#sent, room)
      const offset = this.#sent
      this.#sent += data.length
      this.sink.output(offset, data)
    }
  }
}
