// The text that a full-screen editor works on: lines, a cursor, undo.

export interface Cursor {
  row: number
  column: number
}

interface Snapshot {
  readonly lines: readonly string[]
  readonly cursor: Cursor
}

export class TextBuffer {
  lines: string[]
  cursor: Cursor = { row: 0, column: 0 }
  modified = false
  #undo: Snapshot[] = []
  #redo: Snapshot[] = []

  constructor(text: string) {
    this.lines = text.replace(/\n$/, '').split('\n')
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`
  }

  get line(): string {
    return this.lines[this.cursor.row] ?? ''
  }

  /** Remembers the text as it is, before a change. */
  keep(): void {
    this.#undo.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    if (this.#undo.length > 500) this.#undo.shift()
    this.#redo = []
    this.modified = true
  }

  undo(): boolean {
    return this.#swap(this.#undo, this.#redo)
  }

  redo(): boolean {
    return this.#swap(this.#redo, this.#undo)
  }

  #swap(from: Snapshot[], to: Snapshot[]): boolean {
    const snapshot = from.pop()
    if (!snapshot) return false
    to.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    this.lines = [...snapshot.lines]
    this.cursor = { ...snapshot.cursor }
    this.modified = true
    return true
  }

  insert(text: string): void {
    const { row, column } = this.cursor
    const before = this.line.slice(0, column)
    const after = this.line.slice(column)
    const pieces = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
    const last = pieces.at(-1) ?? ''
    if (pieces.length === 1) {
      this.lines[row] = before + text + after
      this.cursor.column = column + text.length
      return
    }
    const middle = pieces.slice(1, -1)
    this.lines = [
      ...this.lines.slice(0, row),
      before + (pieces[0] ?? ''),
      ...middle,
      last + after,
      ...this.lines.slice(row + 1),
    ]
    this.cursor = { row: row + pieces.length - 1, column: last.length }
  }

  /** A new line that begins as far right as this one, for YAML. */
  insertNewline(indent: boolean): void {
    const blank = indent ? (/^ */.exec(this.line)?.[0] ?? '').slice(0, this.cursor.column) : ''
    this.insert(`\n${blank}`)
  }

  backspace(): void {
    const { row, column } = this.cursor
    if (column > 0) {
      this.lines[row] = this.line.slice(0, column - 1) + this.line.slice(column)
      this.cursor.column--
    } else if (row > 0) {
      const above = this.lines[row - 1] ?? ''
      this.lines.splice(row - 1, 2, above + this.line)
      this.cursor = { row: row - 1, column: above.length }
    }
  }

  deleteForward(): void {
    const { row, column } = this.cursor
    if (column < this.line.length) this.lines[row] = this.line.slice(0, column) + this.line.slice(column + 1)
    else if (row + 1 < this.lines.length) this.lines.splice(row, 2, this.line + (this.lines[row + 1] ?? ''))
  }

  deleteLines(from: number, to: number): string[] {
    const removed = this.lines.splice(from, to - from + 1)
    if (this.lines.length === 0) this.lines = ['']
    this.cursor = { row: Math.min(from, this.lines.length - 1), column: 0 }
    return removed
  }

  /** Text between two places of the text, the second not included. */
  range(from: Cursor, to: Cursor): string {
    if (from.row === to.row) return (this.lines[from.row] ?? '').slice(from.column, to.column)
    const first = (this.lines[from.row] ?? '').slice(from.column)
    const last = (this.lines[to.row] ?? '').slice(0, to.column)
    return [first, ...this.lines.slice(from.row + 1, to.row), last].join('\n')
  }

  deleteRange(from: Cursor, to: Cursor): void {
    const joined =
      (this.lines[from.row] ?? '').slice(0, from.column) + (this.lines[to.row] ?? '').slice(to.column)
    this.lines.splice(from.row, to.row - from.row + 1, joined)
    this.cursor = { ...from }
  }

  /** Joins the line with those after it, `count` lines in all. */
  joinLines(count: number): void {
    const { row } = this.cursor
    for (let i = 0; i < Math.max(1, count - 1) && row + 1 < this.lines.length; i++) {
      const { length } = this.line
      this.lines.splice(row, 2, `${this.line} ${(this.lines[row + 1] ?? '').trimStart()}`)
      this.cursor.column = length
    }
  }

  swapCase(): void {
    const { row, column } = this.cursor
    const character = this.line.charAt(column)
    const lower = character.toLowerCase()
    const swapped = character === lower ? character.toUpperCase() : lower
    this.lines[row] = this.line.slice(0, column) + swapped + this.line.slice(column + 1)
    this.cursor.column++
  }

  clamp(pastEnd: boolean): void {
    this.cursor.row = Math.min(Math.max(0, this.cursor.row), this.lines.length - 1)
    const last = Math.max(0, this.line.length - (pastEnd ? 0 : 1))
    this.cursor.column = Math.min(Math.max(0, this.cursor.column), last)
  }

  /** The next place of the pattern, around the end; undefined where there is none. */
  find(pattern: RegExp, backwards: boolean): Cursor | undefined {
    const count = this.lines.length
    const flags = pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`
    for (let step = 0; step <= count; step++) {
      const row = (((this.cursor.row + (backwards ? -step : step)) % count) + count) % count
      const columns = [...(this.lines[row] ?? '').matchAll(new RegExp(pattern.source, flags))].map(
        (match) => match.index,
      )
      const usable = columns.filter((column) => {
        if (step === 0) return backwards ? column < this.cursor.column : column > this.cursor.column
        return true
      })
      const column = backwards ? usable.at(-1) : usable[0]
      if (column !== undefined) return { row, column }
    }
    return undefined
  }
}
