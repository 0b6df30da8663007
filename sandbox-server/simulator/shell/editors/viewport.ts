// Shows a text buffer on the screen: long lines run off to the right, tabs are eight cells, the cursor stays in view.
import type { FullScreen } from '../full-screen.ts'
import { characterWidth } from '../text-width.ts'
import type { TextBuffer } from './text-buffer.ts'

export class Viewport {
  #top = 0
  #left = 0

  /** Draws `rows` rows of text from the screen's row `first`; the cursor's place on the screen comes back. */
  draw(
    buffer: TextBuffer,
    screen: FullScreen,
    first: number,
    rows: number,
    filler: string,
  ): { output: string; row: number; column: number } {
    const { row } = buffer.cursor
    if (row < this.#top) this.#top = row
    if (row >= this.#top + rows) this.#top = row - rows + 1
    const column = cellsBefore(buffer.line, buffer.cursor.column)
    if (column < this.#left) this.#left = Math.max(0, column - 8)
    if (column >= this.#left + screen.columns) this.#left = column - screen.columns + 8
    let output = ''
    for (let i = 0; i < rows; i++) {
      const line = buffer.lines[this.#top + i]
      output += `\x1b[${first + i};1H${line === undefined ? filler : slice(line, this.#left, screen.columns)}\x1b[K`
    }
    return { output, row: first + row - this.#top, column: column - this.#left + 1 }
  }
}

function cells(character: string, at: number): number {
  if (character === '\t') return 8 - (at % 8)
  const code = character.charCodeAt(0)
  return code < 32 || code === 127 ? 2 : characterWidth(character)
}

function cellsBefore(line: string, column: number): number {
  let at = 0
  for (const character of line.slice(0, column)) at += cells(character, at)
  return at
}

function slice(line: string, left: number, columns: number): string {
  let at = 0
  let result = ''
  for (const character of line) {
    const width = cells(character, at)
    if (at + width > left + columns) break
    if (at >= left) {
      const code = character.charCodeAt(0)
      if (character === '\t') result += ' '.repeat(width)
      else result += code < 32 || code === 127 ? `^${String.fromCharCode(code ^ 64)}` : character
    }
    at += width
  }
  return result
}
