// Terminal input to keys: control characters, escape sequences of xterm, bracketed pastes, runs of text.

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** `name`: a letter after Ctrl- or Alt- (`C-a`, `M-b`, `M-B`), or `up`, `home`, `enter`, `tab`, ... */
  | { readonly kind: 'key'; readonly name: string }

const sequences: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[2~': 'insert',
  '[3~': 'delete',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[7~': 'home',
  '[8~': 'end',
  '[Z': 'backtab',
  '[1;5C': 'M-f',
  '[1;5D': 'M-b',
  '[1;3C': 'M-f',
  '[1;3D': 'M-b',
  '[3;5~': 'M-d',
  '[3;3~': 'M-d',
  '[1;5H': 'home',
  '[1;5F': 'end',
  '[200~': 'paste-start',
  '[201~': 'paste-end',
}
const controls: Readonly<Record<number, string>> = {
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  8: 'backspace',
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const control = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
const escapeSequence = /^\u001b(\[[0-9;?<=>]*[ -/]*[@-~]|O[A-Za-z])/
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
const unfinished = /^\u001b(\[[0-9;?]*|O)?$/

/** One key at a time, so that a reader can stop after any of them and leave the rest. */
export class KeyReader {
  #rest = ''
  #offset = 0
  #pasting = false

  /** The paste's end was read by somebody else. */
  endPaste(): void {
    this.#pasting = false
  }

  push(data: string): void {
    this.#rest = this.#offset < this.#rest.length ? this.#rest.slice(this.#offset) + data : data
    this.#offset = 0
  }

  /** What was not made into keys yet. */
  take(): string {
    const rest = this.#rest.slice(this.#offset)
    this.#rest = ''
    this.#offset = 0
    return rest
  }

  next(): Key | undefined {
    const { length } = this.#rest
    if (this.#offset >= length) return undefined
    const code = this.#rest.charCodeAt(this.#offset)
    if (code >= 32 && code !== 127) return this.#text()
    if (code === 27) return this.#escape()
    this.#offset++
    if (this.#pasting) {
      if (code === 9) return { kind: 'text', text: '\t' }
      if (code !== 10 && code !== 13) return this.next()
    }
    if (code === 13 && this.#rest.charCodeAt(this.#offset) === 10) this.#offset++
    return { kind: 'key', name: controls[code] ?? `C-${String.fromCharCode(code + 96)}` }
  }

  #text(): Key {
    const text = this.#rest.slice(this.#offset)
    const at = text.search(control)
    const run = at < 0 ? text : text.slice(0, at)
    this.#offset += run.length
    return { kind: 'text', text: run }
  }

  #escape(): Key | undefined {
    const text = this.#rest.slice(this.#offset, this.#offset + 32)
    const match = escapeSequence.exec(text)
    if (match?.[1] !== undefined) {
      this.#offset += match[0].length
      const name = sequences[match[1]]
      if (name === 'paste-start') this.#pasting = true
      if (name === 'paste-end') this.#pasting = false
      if (name === undefined || name.startsWith('paste')) return this.next()
      return { kind: 'key', name }
    }
    if (text.length > 1 && unfinished.test(text)) {
      // Half a sequence: xterm.js sends them whole, a slow network may not. The next input completes it.
      if (this.#offset + text.length === this.#rest.length) return undefined
    }
    this.#offset++
    if (text.length === 1) return { kind: 'key', name: 'escape' }
    const after = text.charCodeAt(1)
    this.#offset++
    if (after === 127 || after === 8) return { kind: 'key', name: 'M-backspace' }
    return { kind: 'key', name: `M-${text.charAt(1)}` }
  }
}
