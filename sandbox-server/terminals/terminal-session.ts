// A sandbox's terminal: one shell, any number of pages that see the same, output kept for the page that comes back.
import { AppError } from '../contract/errors.ts'
import { type Debounced, debounce } from '../platform/debounce.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { TerminalSize, TerminalStream } from '../providers/provider.ts'
import type { KeptTerminal, Store, WorkKey } from '../store/store.ts'
import { ReplayBuffer } from './replay-buffer.ts'
import { type TerminalSink, TerminalView, windowBytes } from './terminal-view.ts'

const bufferBytes = 1024 * 1024
const keptBytes = 64 * 1024
const keptTabs = 20
/** Offsets of a later server process start at the next multiple, so that no page takes them for ones it has seen. */
const generation = 2 ** 32
/** Leaves the alternate screen, shows the cursor, resets colours and modes that a killed program may have left. */
const recovery = '\x1b[?1047l\x1b[?1l\x1b[?2004l\x1b[?25h\x1b[0m\r\n'

export interface TerminalHandle {
  acknowledge(offset: number): void
  resize(size: TerminalSize): void
  close(): void
}

export interface TerminalSessionOptions {
  readonly key: WorkKey
  readonly store: Store['terminals']
  readonly timers: Timers
  readonly kept: KeptTerminal | undefined
  /** Told when keeping the terminal's end failed. */
  readonly onError: (error: unknown) => void
}

export class TerminalSession {
  readonly #options: TerminalSessionOptions
  readonly #buffer: ReplayBuffer
  readonly #views = new Set<TerminalView>()
  readonly #inputs: Map<string, number>
  readonly #runs = new Map<string, Promise<number>>()
  readonly #save: Debounced
  #stream: { readonly stream: TerminalStream; readonly detach: () => void } | undefined
  #size: TerminalSize = { columns: 80, rows: 24 }
  /** Offset that some page has rendered; the producer may run ahead of it by the window. */
  #rendered: number
  #waiting: (() => void)[] = []

  constructor(options: TerminalSessionOptions) {
    this.#options = options
    const { kept } = options
    const offset = kept ? (Math.floor(kept.end / generation) + 1) * generation : 0
    this.#buffer = new ReplayBuffer(bufferBytes, offset)
    this.#inputs = new Map(Object.entries(kept?.inputs ?? {}))
    if (kept && kept.tail.length > 0) {
      this.#buffer.append(kept.tail)
      this.#buffer.append(new TextEncoder().encode(recovery))
    }
    this.#rendered = this.#buffer.end
    this.#save = debounce(1000, options.timers, () => this.#saveNow())
  }

  get size(): TerminalSize {
    return this.#size
  }

  /** Puts the shell behind the terminal; an earlier one is let go. */
  connect(stream: TerminalStream): void {
    this.disconnect()
    const detach = stream.onOutput((data) => this.#receive(data))
    this.#stream = { stream, detach }
  }

  disconnect(): void {
    const current = this.#stream
    this.#stream = undefined
    for (const resume of this.#waiting.splice(0)) resume()
    current?.detach()
    current?.stream.dispose()
  }

  /** Prints a line of the server's own, as for a cluster that was made anew. */
  announce(line: string): void {
    this.#append(new TextEncoder().encode(`${recovery}\x1b[2m${line}\x1b[0m\r\n`))
    this.#stream?.stream.redraw?.()
  }

  /** `offset`: what the page has shown already; 0 for a fresh page. */
  open(view: { sink: TerminalSink; size: TerminalSize; offset: number }): TerminalHandle {
    const made = new TerminalView({ ...view, buffer: this.#buffer })
    this.#views.add(made)
    this.#fit()
    if (!made.canContinue()) made.restart(this.#size)
    else made.sink.size(this.#size)
    made.pump(this.#size)
    return {
      acknowledge: (offset) => {
        made.acknowledge(offset)
        made.pump(this.#size)
        this.#release()
      },
      resize: (size) => {
        made.size = size
        this.#fit()
      },
      close: () => {
        this.#views.delete(made)
        if (this.#views.size > 0) this.#fit()
        this.#release()
      },
    }
  }

  /** Keys and pastes of a tab, each sequence number once. */
  input(tab: string, sequence: number, data: string): void {
    if (sequence <= (this.#inputs.get(tab) ?? Number.NEGATIVE_INFINITY)) return
    this.#inputs.delete(tab)
    this.#inputs.set(tab, sequence)
    for (const oldest of this.#inputs.keys()) {
      if (this.#inputs.size <= keptTabs) break
      this.#inputs.delete(oldest)
    }
    this.#connected().write(data)
    this.#save.request()
  }

  /**
   * Runs a command as if typed, once per request whoever repeats it. Rejects with CONFLICT where an earlier server took the
   * request and did not live to see its end.
   */
  run(request: string, command: string): Promise<number> {
    const running = this.#runs.get(request)
    if (running) return running
    const run = this.#runOnce(request, command)
    this.#runs.set(request, run)
    run.finally(() => this.#runs.delete(request)).catch(() => {}) // The caller is told of the error.
    return run
  }

  /** Waits until what is on the screen is kept. */
  flush(): Promise<void> {
    return this.#save.flush()
  }

  async dispose(): Promise<void> {
    this.disconnect()
    await this.#save.flush()
    this.#save.cancel()
  }

  async #runOnce(request: string, command: string): Promise<number> {
    const { store, key, timers } = this.#options
    const stream = this.#connected()
    if (!(await store.noteRun(key, request, timers.now()).catch(cannotNote))) {
      const known = await store.readRun(key, request)
      if (typeof known === 'number') return known
      throw new AppError('CONFLICT', 'The server was stopped while this command ran.', {
        hint: 'Look at the terminal to see how far it got, then run it again.',
      })
    }
    const exitCode = await stream.run(command)
    // A repeat after a restart of the server is told CONFLICT then, and the screen shows how it ended.
    await store.finishRun(key, request, exitCode).catch(this.#options.onError)
    return exitCode
  }

  #connected(): TerminalStream {
    if (this.#stream) return this.#stream.stream
    throw new AppError('SANDBOX_NOT_READY', 'The terminal has no cluster behind it yet.', {
      hint: 'Wait until the sandbox is ready.',
    })
  }

  #receive(data: Uint8Array): Promise<void> | undefined {
    this.#append(data)
    // The fastest page sets the pace; one that falls out of the buffer starts over. Without any, the last page's place counts.
    if (this.#buffer.end - this.#pace() <= windowBytes) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #append(data: Uint8Array): void {
    this.#buffer.append(data)
    for (const view of this.#views) view.pump(this.#size)
    this.#save.request()
  }

  #pace(): number {
    for (const view of this.#views) this.#rendered = Math.max(this.#rendered, view.rendered)
    return this.#rendered
  }

  #release(): void {
    if (this.#waiting.length === 0 || this.#buffer.end - this.#pace() > windowBytes) return
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #fit(): void {
    const sizes = [...this.#views].map((view) => view.size)
    const columns = Math.min(...sizes.map((size) => size.columns))
    const rows = Math.min(...sizes.map((size) => size.rows))
    if (columns === this.#size.columns && rows === this.#size.rows) return
    this.#size = { columns, rows }
    this.#stream?.stream.resize(this.#size)
    for (const view of this.#views) view.sink.size(this.#size)
  }

  async #saveNow(): Promise<void> {
    const { store, key, onError } = this.#options
    try {
      await store.save(key, {
        end: this.#buffer.end,
        tail: this.#buffer.tail(keptBytes),
        inputs: Object.fromEntries(this.#inputs),
      })
    } catch (error) {
      onError(error)
    }
  }
}

/** Without the note a repeat of the request would run it again. */
function cannotNote(cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause)
  throw new AppError('NOT_SAVED', `The command was NOT run, since the server could not note it: ${why}.`, {
    hint: "The server's disk may be full; whoever runs it can make room. Type the command into the terminal meanwhile.",
    cause,
  })
}
