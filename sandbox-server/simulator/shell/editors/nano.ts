// nano, small: typing, moving, ^O ^X ^K ^U ^W ^G, with the help lines that make it easy.
import type { Process } from '../../node/process.ts'
import { type FullScreen, withFullScreen } from '../full-screen.ts'
import type { Key } from '../line-editor/keys.ts'
import { wordEnd, wordStart } from '../line-editor/words.ts'
import { readEditedFile, writeEditedFile } from './edited-file.ts'
import { TextBuffer } from './text-buffer.ts'
import { Viewport } from './viewport.ts'

const help = [
  ['^G', 'Help'],
  ['^O', 'Write Out'],
  ['^W', 'Where Is'],
  ['^K', 'Cut'],
  ['M-U', 'Undo'],
  ['^X', 'Exit'],
  ['^A', 'Line start'],
  ['^E', 'Line end'],
  ['^Y', 'Page up'],
  ['^U', 'Paste'],
  ['M-E', 'Redo'],
  ['^C', 'Location'],
] as const

export async function runNano(process: Process): Promise<number> {
  const operand = process.argv.slice(1).find((arg) => !/^[-+]/.test(arg))
  const { terminal } = process
  if (!terminal) {
    await process.stderr.write('nano: standard input is not a terminal\n')
    return 1
  }
  const opened = readEditedFile(process, operand ?? '')
  if (opened.error) {
    await process.stderr.write(`nano: ${operand}: ${opened.error}\n`)
    return 1
  }
  return withFullScreen(process, terminal, (screen) => new Nano(process, screen, operand ?? '', opened).run())
}

class Nano {
  readonly #process: Process
  readonly #screen: FullScreen
  #name: string
  readonly #buffer: TextBuffer
  readonly #viewport = new Viewport()
  #message: string
  #cut: string[] = []
  #cutting = false
  #lastSearch = ''

  constructor(process: Process, screen: FullScreen, name: string, opened: { text: string; isNew: boolean }) {
    this.#process = process
    this.#screen = screen
    this.#name = name
    this.#buffer = new TextBuffer(opened.text)
    this.#message = opened.isNew ? '[ New File ]' : `[ Read ${this.#buffer.lines.length} lines ]`
  }

  async run(): Promise<number> {
    for (;;) {
      await this.#draw()
      const key = await this.#screen.key()
      if (key === undefined) return 1
      if (key === 'resize') continue
      this.#message = ''
      if (key.kind === 'text') {
        this.#buffer.keep()
        this.#buffer.insert(key.text)
        this.#cutting = false
      } else if (await this.#command(key.name)) return 0
    }
  }

  async #command(key: string): Promise<boolean> {
    const name = /^M-[A-Z]$/.test(key) ? key.replace(/.$/, (letter) => letter.toLowerCase()) : key
    const buffer = this.#buffer
    const { cursor } = buffer
    const page = Math.max(1, this.#screen.rows - 5)
    const cutting = this.#cutting
    this.#cutting = name === 'C-k'
    switch (name) {
      case 'C-x':
        return this.#exit()
      case 'C-o':
      case 'C-s':
        await this.#save(name === 'C-o')
        break
      case 'C-k': {
        buffer.keep()
        const removed = buffer.deleteLines(cursor.row, cursor.row)
        this.#cut = cutting ? [...this.#cut, ...removed] : removed
        break
      }
      case 'C-u':
        buffer.keep()
        cursor.column = 0
        if (this.#cut.length > 0) buffer.insert(`${this.#cut.join('\n')}\n`)
        break
      case 'C-w':
        await this.#search()
        break
      case 'C-c':
        this.#message = `[ line ${cursor.row + 1}/${buffer.lines.length}, col ${cursor.column + 1}/${buffer.line.length + 1} ]`
        break
      case 'C-g':
        this.#message = '[ ^O saves, ^X leaves, ^K cuts a line, ^U puts it back, ^W searches, M-U undoes ]'
        break
      case 'M-u':
        this.#message = buffer.undo() ? '[ Undid ]' : '[ Nothing to undo ]'
        break
      case 'M-e':
        this.#message = buffer.redo() ? '[ Redid ]' : '[ Nothing to redo ]'
        break
      case 'enter':
        buffer.keep()
        buffer.insertNewline(true)
        break
      case 'tab':
        buffer.keep()
        buffer.insert('  ')
        break
      case 'backspace':
        buffer.keep()
        buffer.backspace()
        break
      case 'delete':
      case 'C-d':
        buffer.keep()
        buffer.deleteForward()
        break
      default:
        this.#move(name, page)
    }
    buffer.clamp(true)
    return false
  }

  #move(name: string, page: number): void {
    const buffer = this.#buffer
    const { cursor } = buffer
    const moves: Readonly<Record<string, () => void>> = {
      up: () => {
        cursor.row--
      },
      down: () => {
        cursor.row++
      },
      left: () => {
        if (cursor.column > 0) cursor.column--
        else if (cursor.row > 0) {
          cursor.row--
          cursor.column = buffer.line.length
        }
      },
      right: () => {
        if (cursor.column < buffer.line.length) cursor.column++
        else if (cursor.row + 1 < buffer.lines.length) {
          cursor.row++
          cursor.column = 0
        }
      },
      home: () => {
        cursor.column = 0
      },
      end: () => {
        cursor.column = buffer.line.length
      },
      'page-up': () => {
        cursor.row -= page
      },
      'page-down': () => {
        cursor.row += page
      },
      'M-f': () => {
        cursor.column = wordEnd(buffer.line, cursor.column)
      },
      'M-b': () => {
        cursor.column = wordStart(buffer.line, cursor.column)
      },
    }
    const same: Readonly<Record<string, string>> = {
      'C-p': 'up',
      'C-n': 'down',
      'C-b': 'left',
      'C-f': 'right',
      'C-a': 'home',
      'C-e': 'end',
      'C-y': 'page-up',
      'C-v': 'page-down',
    }
    moves[same[name] ?? name]?.()
  }

  async #exit(): Promise<boolean> {
    if (!this.#buffer.modified) return true
    const answer = await this.#ask('Save modified buffer? (Y yes, N no, ^C cancel) ', true)
    if (answer === undefined) return false
    if (/^n/i.test(answer)) return true
    return /^y/i.test(answer) ? this.#save(true) : false
  }

  async #save(ask: boolean): Promise<boolean> {
    const name =
      ask || this.#name === '' ? await this.#ask('File Name to Write: ', false, this.#name) : this.#name
    if (name === undefined || name === '') {
      this.#message = '[ Cancelled ]'
      return false
    }
    const error = writeEditedFile(this.#process, name, this.#buffer.text)
    if (error) {
      this.#message = `[ Error writing ${name}: ${error} ]`
      return false
    }
    this.#name = name
    this.#buffer.modified = false
    this.#message = `[ Wrote ${this.#buffer.lines.length} lines ]`
    return true
  }

  async #search(): Promise<void> {
    const hint = this.#lastSearch === '' ? '' : ` [${this.#lastSearch}]`
    const typed = await this.#ask(`Search${hint}: `, false)
    if (typed === undefined) return
    this.#lastSearch = typed === '' ? this.#lastSearch : typed
    const pattern = new RegExp(this.#lastSearch.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
    const place = this.#lastSearch === '' ? undefined : this.#buffer.find(pattern, false)
    if (place) this.#buffer.cursor = place
    else this.#message = `[ "${this.#lastSearch}" not found ]`
  }

  /** A question on the status line; undefined where it was cancelled. */
  async #ask(prompt: string, single: boolean, initial = ''): Promise<string | undefined> {
    let text = initial
    for (;;) {
      this.#message = prompt + text
      await this.#draw(true)
      const key: Key | 'resize' | undefined = await this.#screen.key()
      if (key === undefined) return undefined
      if (key === 'resize') continue
      if (key.kind === 'text') {
        text += key.text
        if (single) break
      } else if (key.name === 'enter') break
      else if (key.name === 'backspace') text = text.slice(0, -1)
      else if (key.name === 'C-c' || key.name === 'C-g' || key.name === 'escape') {
        this.#message = '[ Cancelled ]'
        return undefined
      }
    }
    this.#message = ''
    return text
  }

  async #draw(asking = false): Promise<void> {
    const { rows, columns } = this.#screen
    const body = Math.max(1, rows - 4)
    const view = this.#viewport.draw(this.#buffer, this.#screen, 2, body, '')
    const title = `  GNU nano   ${this.#name || 'New Buffer'}${this.#buffer.modified ? ' *' : ''}`
    const status = asking ? this.#message.padEnd(columns) : this.#message
    const left = asking ? 1 : Math.max(1, Math.floor((columns - status.length) / 2) + 1)
    let output = `\x1b[?25l\x1b[1;1H\x1b[7m${title.slice(0, columns).padEnd(columns)}\x1b[27m${view.output}`
    output += `\x1b[${rows - 2};1H\x1b[K${status === '' ? '' : `\x1b[${rows - 2};${left}H\x1b[7m${status.slice(0, columns)}\x1b[27m`}`
    const width = Math.max(12, Math.floor(columns / 6))
    for (const row of [0, 1]) {
      const items = help.slice(row * 6, row * 6 + Math.max(1, Math.floor(columns / width)))
      const line = items.map(
        ([key, name]) =>
          `\x1b[7m${key}\x1b[27m ${name.padEnd(Math.max(0, width - key.length - 1)).slice(0, width - key.length - 1)}`,
      )
      output += `\x1b[${rows - 1 + row};1H${line.join('')}\x1b[K`
    }
    const place = asking
      ? `\x1b[${rows - 2};${Math.min(columns, this.#message.length + 1)}H`
      : `\x1b[${view.row};${view.column}H`
    await this.#screen.write(`${output}${place}\x1b[?25h`)
  }
}
