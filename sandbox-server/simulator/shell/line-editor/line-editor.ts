// The line editor: emacs keys as readline binds them, history, incremental search, completion, pastes. Draws through a Screen.
import { inColumns } from './columns.ts'
import { HistoryWalk } from './history.ts'
import { IncrementalSearch } from './incremental-search.ts'
import { type Key, KeyReader } from './keys.ts'
import { Screen } from './screen.ts'
import {
  blankWordStart,
  changeCase,
  nextCharacter,
  previousCharacter,
  transpose,
  wordEnd,
  wordStart,
} from './words.ts'

export interface EditorTerminal {
  readonly columns: number
  onResize(listener: () => void): () => void
  read(signal: AbortSignal): Promise<string | undefined>
  /** Whether input waits to be read. */
  readonly pending: boolean
  unread(data: string): void
  write(data: string): Promise<void>
}

export interface CompletionResult {
  /** Where the word that is completed starts. */
  readonly start: number
  /** Replaces text from `start` to the cursor; undefined where nothing more is certain. */
  readonly insert: string | undefined
  /** What a second Tab lists. */
  readonly candidates: readonly string[]
}

export type Completer = (line: string, position: number) => Promise<CompletionResult | undefined>

export type ReadResult =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' }

export class LineEditor {
  readonly #terminal: EditorTerminal
  readonly #history: readonly string[]
  readonly #complete: Completer
  readonly #keys = new KeyReader()
  readonly #screen = new Screen()
  #walk: HistoryWalk
  #text = ''
  #position = 0
  #killed = ''
  #undo: { text: string; position: number }[] = []
  #prompt = ''
  #search: IncrementalSearch | undefined
  #lastKey = ''
  #quoteNext = false

  constructor(terminal: EditorTerminal, history: readonly string[], complete: Completer) {
    this.#terminal = terminal
    this.#history = history
    this.#complete = complete
    this.#walk = new HistoryWalk(history)
  }

  /** Reads one line. The bytes behind it go back to the terminal, for whatever reads next. */
  async read(prompt: string, signal: AbortSignal, typed = ''): Promise<ReadResult> {
    if (!this.#terminal.pending) this.#keys.endPaste()
    this.#prompt = prompt
    this.#text = typed
    this.#position = typed.length
    this.#undo = []
    this.#search = undefined
    this.#lastKey = ''
    this.#walk = new HistoryWalk(this.#history)
    await this.#terminal.write(this.#screen.start(prompt, this.#terminal.columns))
    const stop = this.#terminal.onResize(() => {
      void this.#terminal.write(this.#screen.resize(this.#terminal.columns, this.#text, this.#position))
    })
    try {
      for (;;) {
        for (let key = this.#keys.next(); key; key = this.#keys.next()) {
          const result = await this.#handle(key, signal)
          if (result) {
            await this.#leave(result)
            return result
          }
        }
        await this.#draw()
        const data = await this.#terminal.read(signal)
        if (data === undefined) return { kind: 'end' }
        this.#keys.push(data)
      }
    } finally {
      stop()
      this.#terminal.unread(this.#keys.take())
    }
  }

  /** What stands on the line now, for a prompt that comes back later. */
  get text(): string {
    return this.#text
  }

  /** Leaves the unfinished line on the screen. */
  abandon(): Promise<void> {
    // An empty prompt makes room for the next one.
    return this.#terminal.write(this.#text === '' ? '\r\x1b[J' : this.#screen.finish(this.#text))
  }

  async #leave(result: ReadResult): Promise<void> {
    if (this.#search) await this.#endSearch()
    let output = this.#screen.update(this.#text, this.#text.length)
    if (result.kind === 'interrupt') output += '^C\n'
    else if (result.kind === 'line') output += this.#screen.finish(this.#text)
    await this.#terminal.write(output)
  }

  async #draw(): Promise<void> {
    const output = this.#screen.update(this.#text, this.#position)
    if (output !== '') await this.#terminal.write(output)
  }

  async #handle(key: Key, signal: AbortSignal): Promise<ReadResult | undefined> {
    if (this.#quoteNext && key.kind === 'key') {
      this.#quoteNext = false
      const code = /^C-(.)$/.exec(key.name)?.[1]
      if (code) this.#insert(String.fromCharCode(code.charCodeAt(0) - 96))
      else if (key.name === 'tab') this.#insert('\t')
      return undefined
    }
    this.#quoteNext = false
    if (this.#search && (await this.#handleSearch(this.#search, key))) return undefined
    if (key.kind === 'text') {
      this.#walk.stop()
      this.#insert(key.text)
      this.#lastKey = 'text'
      return undefined
    }
    const last = this.#lastKey
    this.#lastKey = key.name
    if (key.name !== 'up' && key.name !== 'down' && key.name !== 'C-p' && key.name !== 'C-n')
      this.#walk.stop()
    switch (key.name) {
      case 'enter':
        return { kind: 'line', text: this.#text }
      case 'C-c':
        this.#keys.take()
        return { kind: 'interrupt' }
      case 'C-d':
        if (this.#text === '') return { kind: 'end' }
        this.#remove(this.#position, nextCharacter(this.#text, this.#position))
        return undefined
      case 'tab':
        await this.#completeWord(last === 'tab', signal)
        return undefined
      case 'C-l':
        await this.#terminal.write(this.#screen.clear(this.#text, this.#position))
        return undefined
      case 'C-r':
        this.#search = new IncrementalSearch(this.#walk, this.#text, this.#position)
        await this.#withPrompt(this.#search.prompt)
        return undefined
      case 'C-v':
        this.#quoteNext = true
        return undefined
      default:
        this.#edit(key.name, last)
        return undefined
    }
  }

  #edit(name: string, last: string): void {
    const again = last === name
    const { length } = this.#text
    const at = this.#position
    const before = (move: typeof wordStart) => move(this.#text, at)
    const edits: Readonly<Record<string, () => void>> = {
      left: () => this.#move(before(previousCharacter)),
      'C-b': () => this.#move(before(previousCharacter)),
      right: () => this.#move(before(nextCharacter)),
      'C-f': () => this.#move(before(nextCharacter)),
      home: () => this.#move(0),
      'C-a': () => this.#move(0),
      end: () => this.#move(length),
      'C-e': () => this.#move(length),
      'M-b': () => this.#move(before(wordStart)),
      'M-f': () => this.#move(before(wordEnd)),
      backspace: () => this.#remove(before(previousCharacter), at),
      delete: () => this.#remove(at, before(nextCharacter)),
      'C-w': () => this.#kill(before(blankWordStart), at, again, true),
      'M-backspace': () => this.#kill(before(wordStart), at, again, true),
      'M-d': () => this.#kill(at, before(wordEnd), again, false),
      'C-u': () => this.#kill(0, at, false, true),
      'C-k': () => this.#kill(at, length, false, false),
      'C-y': () => this.#insert(this.#killed),
      'C-t': () => this.#change(transpose(this.#text, at)),
      'M-u': () => this.#change(changeCase(this.#text, at, name)),
      'M-l': () => this.#change(changeCase(this.#text, at, name)),
      'M-c': () => this.#change(changeCase(this.#text, at, name)),
      'M-.': () => this.#insert(this.#history.at(-1)?.trim().split(/\s+/).at(-1) ?? ''),
      'C-\x7f': () => this.#undoOne(),
      up: () => this.#walkUp(),
      'C-p': () => this.#walkUp(),
      down: () => this.#replace(this.#walk.down(this.#text)),
      'C-n': () => this.#replace(this.#walk.down(this.#text)),
    }
    edits[name.startsWith('M-') ? name.toLowerCase().replace('m-', 'M-') : name]?.()
  }

  #move(position: number): void {
    this.#position = position
  }

  #walkUp(): void {
    const prefix = this.#walk.walking ? '' : this.#text.slice(0, this.#position)
    this.#replace(this.#walk.up(this.#text, prefix))
  }

  #replace(text: string | undefined): void {
    if (text === undefined) return
    this.#text = text
    this.#position = text.length
  }

  #keep(): void {
    this.#undo.push({ text: this.#text, position: this.#position })
    if (this.#undo.length > 200) this.#undo.shift()
  }

  #undoOne(): void {
    const before = this.#undo.pop()
    if (!before) return
    this.#text = before.text
    this.#position = before.position
  }

  #insert(text: string): void {
    if (text === '') return
    if (this.#lastKey !== 'text') this.#keep()
    this.#text =
      this.#position === this.#text.length
        ? this.#text + text
        : this.#text.slice(0, this.#position) + text + this.#text.slice(this.#position)
    this.#position += text.length
  }

  #remove(from: number, to: number): void {
    if (from === to) return
    this.#keep()
    this.#text = this.#text.slice(0, from) + this.#text.slice(to)
    this.#position = from
  }

  /** Removed text can be yanked; repeated kills gather. */
  #kill(from: number, to: number, again: boolean, backwards: boolean): void {
    const text = this.#text.slice(from, to)
    if (text !== '') {
      if (!again) this.#killed = text
      else this.#killed = backwards ? text + this.#killed : this.#killed + text
    }
    this.#remove(from, to)
  }

  #change({ text, position }: { text: string; position: number }): void {
    this.#keep()
    this.#text = text
    this.#position = position
  }

  /** True where the key belonged to the search; any other key ends it and works on the line found. */
  async #handleSearch(search: IncrementalSearch, key: Key): Promise<boolean> {
    const result = search.handle(key)
    this.#text = search.line
    this.#position = search.position
    if (result === 'searching') await this.#withPrompt(search.prompt)
    else await this.#endSearch()
    return result !== 'other'
  }

  #withPrompt(prompt: string): Promise<void> {
    return this.#terminal.write(this.#screen.withPrompt(prompt, this.#text, this.#position))
  }

  #endSearch(): Promise<void> {
    this.#search = undefined
    return this.#withPrompt(this.#prompt)
  }

  async #completeWord(again: boolean, signal: AbortSignal): Promise<void> {
    await this.#draw()
    const text = this.#text
    const position = this.#position
    const result = await this.#complete(text, position)
    if (signal.aborted || !result || this.#text !== text) {
      if (!result) await this.#terminal.write('\x07')
      return
    }
    if (result.insert !== undefined && result.insert !== text.slice(result.start, position)) {
      this.#keep()
      this.#text = text.slice(0, result.start) + result.insert + text.slice(position)
      this.#position = result.start + result.insert.length
      return
    }
    if (result.candidates.length > 1 && again) {
      const block = inColumns(result.candidates, this.#terminal.columns)
      await this.#terminal.write(this.#screen.below(block, this.#text, this.#position))
      return
    }
    if (result.candidates.length !== 1) await this.#terminal.write('\x07')
  }
}
