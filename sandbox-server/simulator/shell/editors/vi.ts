// vi, small: the window, its command line, and keys to the modes that work on the text (vi-modes.ts).
import type { Process } from '../../node/process.ts'
import { type FullScreen, withFullScreen } from '../full-screen.ts'
import type { Key } from '../line-editor/keys.ts'
import { readEditedFile, writeEditedFile } from './edited-file.ts'
import { TextBuffer } from './text-buffer.ts'
import { runExCommand } from './vi-ex.ts'
import { ViModes } from './vi-modes.ts'
import type { ViState } from './vi-state.ts'
import { Viewport } from './viewport.ts'

export async function runVi(process: Process): Promise<number> {
  const operand = process.argv.slice(1).find((arg) => !/^[-+]/.test(arg))
  const { terminal } = process
  if (!terminal) {
    await process.stderr.write('vi: standard input is not a terminal\n')
    return 1
  }
  const opened = readEditedFile(process, operand ?? '')
  if (opened.error) {
    await process.stderr.write(`vi: ${operand}: ${opened.error}\n`)
    return 1
  }
  return withFullScreen(process, terminal, (screen) => new Vi(process, screen, operand ?? '', opened).run())
}

class Vi {
  readonly #screen: FullScreen
  readonly #state: ViState
  readonly #modes: ViModes
  readonly #viewport = new Viewport()
  /** The command line at the bottom while something is typed there. */
  #typed: { readonly prompt: string; text: string } | undefined

  constructor(process: Process, screen: FullScreen, name: string, opened: { text: string; isNew: boolean }) {
    this.#screen = screen
    const buffer = new TextBuffer(opened.text)
    const size = new TextEncoder().encode(opened.text).length
    this.#state = {
      buffer,
      name,
      message: opened.isNew
        ? name === ''
          ? ''
          : `"${name}" [New]`
        : `"${name}" ${buffer.lines.length}L, ${size}B`,
      exit: undefined,
      pattern: undefined,
      save: (target, text) => writeEditedFile(process, target, text),
    }
    this.#modes = new ViModes(this.#state, () => screen.rows)
  }

  async run(): Promise<number> {
    while (this.#state.exit === undefined) {
      await this.#draw()
      const key = await this.#screen.key()
      if (key === undefined) return 1
      if (key === 'resize') continue
      this.#take(key)
    }
    return this.#state.exit
  }

  #take(key: Key): void {
    if (key.kind === 'key') {
      // Alt-letter is Escape and the letter, typed fast.
      if (/^M-./.test(key.name) && key.name !== 'M-backspace') {
        this.#key('escape')
        this.#key(key.name.slice(2))
      } else this.#key(key.name)
      return
    }
    if (this.#modes.mode === 'insert' && !this.#typed) {
      this.#modes.insertText(key.text)
      return
    }
    for (const character of key.text) this.#key(character)
  }

  #key(name: string): void {
    if (this.#typed) this.#typeCommand(name)
    else if (this.#modes.mode === 'normal' && this.#modes.pending === '' && /^[:/?]$/.test(name)) {
      this.#state.message = ''
      this.#typed = { prompt: name, text: '' }
    } else this.#modes.key(name)
  }

  #typeCommand(name: string): void {
    const typed = this.#typed
    if (!typed) return
    if (name === 'enter') {
      this.#typed = undefined
      if (typed.prompt === ':') runExCommand(typed.text, this.#state)
      else this.#search(typed.prompt === '?', typed.text)
    } else if (name === 'escape' || name === 'C-c' || (name === 'backspace' && typed.text === ''))
      this.#typed = undefined
    else if (name === 'backspace') typed.text = typed.text.slice(0, -1)
    else if (name === 'C-u') typed.text = ''
    else if ([...name].length === 1) typed.text += name
  }

  #search(backwards: boolean, text: string): void {
    if (text !== '') {
      try {
        this.#state.pattern = new RegExp(text, /[A-Z]/.test(text) ? '' : 'i')
      } catch {
        this.#state.pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
      }
    }
    this.#modes.search(backwards)
  }

  /** Errors, which begin with E and a number as vim's do, are red. */
  #message(columns: number): string {
    const text = this.#state.message.slice(0, columns)
    return /^E\d+:/.test(text) ? `\x1b[41m${text}\x1b[0m` : text
  }

  async #draw(): Promise<void> {
    const { rows, columns } = this.#screen
    const { buffer } = this.#state
    const view = this.#viewport.draw(buffer, this.#screen, 1, rows - 1, '\x1b[34m~\x1b[0m')
    const mode =
      this.#modes.mode === 'insert'
        ? '\x1b[1m-- INSERT --\x1b[0m'
        : this.#modes.mode === 'replace'
          ? '\x1b[1m-- REPLACE --\x1b[0m'
          : ''
    const typed = this.#typed ? this.#typed.prompt + this.#typed.text : undefined
    const status = typed ?? (this.#state.message !== '' ? this.#message(columns - 1) : mode)
    const place = `${this.#modes.pending.padEnd(8)}${buffer.cursor.row + 1},${buffer.cursor.column + 1}`
    let output = `\x1b[?25l${view.output}\x1b[${rows};1H${status}\x1b[K`
    if (typed === undefined && columns > status.length + 20) output += `\x1b[${rows};${columns - 19}H${place}`
    output +=
      typed === undefined
        ? `\x1b[${view.row};${view.column}H`
        : `\x1b[${rows};${Math.min(columns, typed.length + 1)}H`
    await this.#screen.write(`${output}\x1b[?25h`)
  }
}
