// Types commands into a shell one after the other, each at a fresh prompt, and tells their exit codes by the shell's marks.
import { AppError } from '../../../contract/errors.ts'
import type { ShellMark } from './shell-marks.ts'

export interface TypedCommandsOptions {
  readonly type: (keys: string) => void
  /** Awaited before a command is typed. */
  readonly before: () => Promise<void>
  /** After every command, whoever typed it; awaited before an exit code is given. */
  readonly after: () => Promise<void>
}

interface Command {
  readonly text: string
  resolve(exitCode: number): void
  reject(error: Error): void
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals mark a paste so
const paste = /\x1b\[200~[\s\S]*?(\x1b\[201~|$)/g

const lost = () =>
  new AppError('CONFLICT', 'The terminal was restarted before the command ended.', {
    hint: 'Look whether it had an effect, and run it again.',
  })

export class TypedCommands {
  readonly #options: TypedCommandsOptions
  readonly #queue: Command[] = []
  /** Typed, and not ended yet. */
  #active: Command | undefined
  /** Ran in a shell that ended with this code; whether the shell ended by itself is seen when the next one starts. */
  #orphan: { readonly command: Command; readonly exitCode: number } | undefined
  #isAtPrompt = false
  #isPreparing = false
  #isRunning = false
  /** Whether somebody typed at this prompt. */
  #isTyped = false
  #isClosed = false

  constructor(options: TypedCommandsOptions) {
    this.#options = options
  }

  run(text: string): Promise<number> {
    if (this.#isClosed) return Promise.reject(lost())
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, resolve, reject })
      this.#next()
    })
  }

  /** Keys that went to the shell from elsewhere. */
  typed(keys: string): void {
    this.#isTyped = true
    // Enter, outside of a paste: something runs from now on, if only until the next prompt.
    if (/[\r\n]/.test(keys.replace(paste, ''))) this.#isAtPrompt = false
  }

  mark(mark: ShellMark): void {
    switch (mark.type) {
      case 'done': {
        // Keys that came while a command ran are in the next line, or were for the command: nobody can tell.
        if (!this.#isRunning) this.#isTyped = false
        this.#isRunning = false
        const command = this.#active
        this.#active = undefined
        void this.#finish(command, mark.exitCode)
        return
      }
      case 'prompt':
        this.#isAtPrompt = this.#active === undefined
        this.#next()
        return
      case 'running':
        this.#isAtPrompt = false
        this.#isRunning = true
        this.#isTyped = false
        return
      case 'started':
        return
      default:
        mark satisfies never
    }
  }

  /** The shell ended. */
  shellEnded(exitCode: number): void {
    this.#isAtPrompt = this.#isRunning = this.#isTyped = false
    if (this.#active) this.#orphan = { command: this.#active, exitCode }
    this.#active = undefined
  }

  /** The next shell is there: in the same container, where the one before it was ended by what it ran. */
  shellStarted(isSameContainer: boolean): void {
    const orphan = this.#orphan
    this.#orphan = undefined
    if (!orphan) return
    if (isSameContainer) void this.#finish(orphan.command, orphan.exitCode)
    else orphan.command.reject(lost())
  }

  close(): void {
    this.#isClosed = true
    for (const command of [...this.#queue.splice(0), this.#active, this.#orphan?.command])
      command?.reject(lost())
  }

  async #finish(command: Command | undefined, exitCode: number): Promise<void> {
    await this.#options.after().catch(() => {
      // The command has run all the same; what it wrote is told later.
    })
    command?.resolve(exitCode)
  }

  #next(): void {
    if (!this.#isAtPrompt || this.#isPreparing || this.#queue.length === 0) return
    this.#isPreparing = true
    const prepared = this.#options.before().catch(() => {
      // A full disk must not keep the learner from removing something.
    })
    void prepared.then(() => {
      this.#isPreparing = false
      this.#type()
    })
  }

  #type(): void {
    if (this.#isClosed || !this.#isAtPrompt) return
    this.#isAtPrompt = false
    if (this.#isTyped) {
      // Half a line is there: given up, as Ctrl-C does, for a fresh prompt.
      this.#options.type('\x03')
      return
    }
    this.#active = this.#queue.shift()
    // As a paste, so that line ends and tabs in it are text.
    const text = this.#active?.text.replaceAll('\x1b', '') ?? ''
    this.#options.type(`\x1b[200~${text}\x1b[201~\r`)
  }
}
