// A pager on the whole screen: scrolling, search, following. less(1)'s keys.
import type { FullScreen } from './full-screen.ts'
import type { Key } from './line-editor/keys.ts'
import type { LineSource } from './line-source.ts'
import { characterWidth } from './text-width.ts'

export class Pager {
  readonly #source: LineSource
  readonly #settings: { numbers: boolean; cut: boolean; name: string }
  #top = 0
  #pattern: RegExp | undefined
  #backwards = false
  #message = ''
  #typed: { prompt: string; text: string } | undefined
  #follow = false
  #left = 0

  constructor(source: LineSource, settings: { numbers: boolean; cut: boolean; name: string }) {
    this.#source = source
    this.#settings = settings
  }

  async run(screen: FullScreen, follow: boolean): Promise<number> {
    this.#follow = follow
    for (;;) {
      await this.#ready(this.#top + screen.rows, screen)
      await this.#draw(screen)
      const event = await this.#next(screen)
      if (event === 'data') continue
      if (event === undefined) return 0
      if (event === 'resize') continue
      const keys: Key[] =
        event.kind === 'text' ? [...event.text].map((text) => ({ kind: 'text', text })) : [event]
      for (const key of keys) {
        if (this.#typed) await this.#type(key)
        else {
          this.#message = ''
          if (await this.#command(key.kind === 'text' ? key.text : key.name, screen)) return 0
        }
      }
    }
  }

  /** What is there already, without waiting for a slow pipe longer than it takes to come. */
  async #ready(count: number, _screen: FullScreen): Promise<void> {
    if (this.#follow) this.#top = Math.max(0, this.#source.lines.length - _screen.rows + 1)
    if (this.#source.lines.length < count && !this.#source.ended && this.#source.lines.length === 0)
      await this.#source.more()
  }

  #pendingKey: Promise<Awaited<ReturnType<FullScreen['key']>>> | undefined

  async #next(screen: FullScreen): Promise<Awaited<ReturnType<FullScreen['key']>> | 'data'> {
    this.#pendingKey ??= screen.key()
    const wants = !this.#source.ended && (this.#follow || this.#source.lines.length < this.#top + screen.rows)
    const first = wants
      ? await Promise.race([this.#pendingKey, this.#source.more().then(() => 'data' as const)])
      : await this.#pendingKey
    if (first !== 'data') this.#pendingKey = undefined
    return first
  }

  async #command(name: string, screen: FullScreen): Promise<boolean> {
    const page = screen.rows - 1
    if (this.#follow && (name === 'C-c' || name === 'q')) {
      this.#follow = false
      return false
    }
    switch (name) {
      case 'q':
      case 'Q':
      case 'C-c':
        return true
      case ' ':
      case 'f':
      case 'page-down':
      case 'C-f':
        return this.#scroll(page, screen)
      case 'b':
      case 'page-up':
      case 'C-b':
        return this.#scroll(-page, screen)
      case 'd':
      case 'C-d':
        return this.#scroll(Math.floor(page / 2), screen)
      case 'u':
      case 'C-u':
        return this.#scroll(-Math.floor(page / 2), screen)
      case 'j':
      case 'down':
      case 'enter':
        return this.#scroll(1, screen)
      case 'k':
      case 'up':
        return this.#scroll(-1, screen)
      case 'left':
        this.#left = Math.max(0, this.#left - Math.floor(screen.columns / 2))
        return false
      case 'right':
        this.#left += Math.floor(screen.columns / 2)
        return false
      case 'g':
      case '<':
      case 'home':
        this.#top = 0
        return false
      case 'G':
      case '>':
      case 'end':
        await this.#source.fill(Number.POSITIVE_INFINITY)
        this.#top = Math.max(0, this.#source.lines.length - page)
        return false
      case 'F':
        this.#follow = true
        return false
      case '/':
      case '?':
        this.#backwards = name === '?'
        this.#typed = { prompt: name, text: '' }
        return false
      case 'n':
      case 'N':
        await this.#search((name === 'n') !== this.#backwards)
        return false
      case 'h':
        this.#message = 'space/b page  j/k line  g/G ends  / ? search  n/N next  F follow  q quit'
        return false
      default:
        return false
    }
  }

  async #scroll(by: number, screen: FullScreen): Promise<boolean> {
    if (by > 0) await this.#fillFor(this.#top + by + screen.rows)
    const last = Math.max(0, this.#source.lines.length - screen.rows + 1)
    this.#top = Math.min(Math.max(0, this.#top + by), Math.max(last, by < 0 ? 0 : this.#top))
    return false
  }

  async #fillFor(count: number): Promise<void> {
    // A file is there at once; of a slow pipe only what has come.
    for (let turn = 0; turn < 64 && this.#source.lines.length < count && !this.#source.ended; turn++) {
      const size = this.#source.lines.length
      await Promise.race([this.#source.more(), Promise.resolve().then(() => Promise.resolve())])
      if (this.#source.lines.length === size) await Promise.resolve()
    }
  }

  async #type(event: Key): Promise<void> {
    const typed = this.#typed
    if (!typed) return
    if (event.kind === 'text') typed.text += event.text
    else if (event.name === 'backspace' && typed.text !== '') typed.text = typed.text.slice(0, -1)
    else if (event.name === 'enter') {
      this.#typed = undefined
      if (typed.text !== '') {
        try {
          this.#pattern = new RegExp(typed.text, /[A-Z]/.test(typed.text) ? 'g' : 'gi')
        } catch {
          this.#pattern = new RegExp(typed.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
        }
      }
      await this.#search(!this.#backwards)
    } else this.#typed = undefined
  }

  async #search(forwards: boolean): Promise<void> {
    if (!this.#pattern) return
    const test = (line: string | undefined) =>
      line !== undefined &&
      new RegExp(this.#pattern?.source ?? '', this.#pattern?.flags.replace('g', '')).test(line)
    if (forwards) {
      for (let i = this.#top + 1; ; i++) {
        await this.#source.fill(i + 1)
        if (i >= this.#source.lines.length) break
        if (test(this.#source.lines[i])) {
          this.#top = i
          return
        }
      }
    } else {
      for (let i = this.#top - 1; i >= 0; i--) {
        if (test(this.#source.lines[i])) {
          this.#top = i
          return
        }
      }
    }
    this.#message = 'Pattern not found'
  }

  async #draw(screen: FullScreen): Promise<void> {
    const page = screen.rows - 1
    let output = '\x1b[H'
    let rows = 0
    let index = this.#top
    for (; rows < page && index < this.#source.lines.length; index++) {
      const prefix = this.#settings.numbers ? `${String(index + 1).padStart(7)} ` : ''
      for (const row of this.#rowsOf(this.#source.lines[index] ?? '', screen.columns - prefix.length)) {
        if (rows >= page) break
        output += `${prefix}${row}\x1b[0m\x1b[K\r\n`
        rows++
      }
    }
    for (; rows < page; rows++) output += '~\x1b[K\r\n'
    await screen.write(`${output}${this.#statusLine(index)}\x1b[K`)
  }

  #rowsOf(line: string, columns: number): string[] {
    const painted = this.#pattern
      ? line.replace(this.#pattern, (found) => (found === '' ? '' : `\x1b[7m${found}\x1b[27m`))
      : line
    const rows: string[] = []
    let row = ''
    let width = 0
    let skipped = 0
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
    for (const [piece] of painted.matchAll(/\u001b\[[0-9;]*m|[\s\S]/gu)) {
      const cells = piece.length > 1 && piece.startsWith('\x1b') ? 0 : characterWidth(piece)
      if (this.#settings.cut && cells > 0 && skipped < this.#left) {
        skipped += cells
        continue
      }
      if (width + cells > columns) {
        rows.push(row)
        if (this.#settings.cut) return rows
        row = ''
        width = 0
      }
      row += piece
      width += cells
    }
    rows.push(row)
    return rows
  }

  #statusLine(end: number): string {
    if (this.#typed) return `${this.#typed.prompt}${this.#typed.text}`
    if (this.#message !== '') return `\x1b[7m${this.#message}\x1b[27m`
    if (this.#follow) return '\x1b[7mWaiting for data... (interrupt to abort)\x1b[27m'
    if (this.#source.ended && end >= this.#source.lines.length) return '\x1b[7m(END)\x1b[27m'
    return this.#settings.name !== '' && this.#top === 0 ? `\x1b[7m${this.#settings.name}\x1b[27m` : ':'
  }
}
