// Draws prompt and line on the terminal: wrapped rows, wide characters, the least output that a change needs.
import { characterWidth } from '../text-width.ts'

interface Place {
  readonly row: number
  readonly column: number
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
const invisible = /\u001b\[[0-9;?]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0001\u0002]/g

/** Where the cursor is after text that starts at a place. Control characters show as ^X. */
function advance(text: string, from: Place, columns: number): Place {
  let { row, column } = from
  for (const character of text) {
    if (character === '\n') {
      row++
      column = 0
      continue
    }
    const code = character.charCodeAt(0)
    const width =
      character === '\t' ? 8 - (column % 8) : code < 32 || code === 127 ? 2 : characterWidth(character)
    if (column + width > columns) {
      row++
      column = 0
    }
    column += width
  }
  return { row, column }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/** The line as it is printed: control characters in caret notation. */
function visible(text: string): string {
  return text.replace(controls, (c) => `^${String.fromCharCode(c.charCodeAt(0) ^ 64)}`)
}

export class Screen {
  #prompt = ''
  #promptEnd: Place = { row: 0, column: 0 }
  #drawn = ''
  #cursor: Place = { row: 0, column: 0 }
  #columns = 80
  #endPlace: Place = { row: 0, column: 0 }

  /** A fresh prompt at the start of a row. */
  start(prompt: string, columns: number): string {
    this.#prompt = prompt
    this.#columns = Math.max(2, columns)
    const seen = prompt.replace(invisible, '')
    this.#promptEnd = advance(seen, { row: 0, column: 0 }, this.#columns)
    this.#drawn = ''
    this.#cursor = this.#promptEnd
    this.#endPlace = this.#promptEnd
    return prompt
  }

  /** What to print so that the terminal shows this line with the cursor before `text[position]`. */
  update(text: string, position: number): string {
    const atEnd = position === text.length
    const cursorAtEnd =
      this.#cursor.row === this.#endPlace.row && this.#cursor.column === this.#endPlace.column
    if (atEnd && cursorAtEnd && text.length > this.#drawn.length && text.startsWith(this.#drawn)) {
      const added = text.slice(this.#drawn.length)
      const end = advance(added, this.#endPlace, this.#columns)
      this.#drawn = text
      this.#cursor = end
      this.#endPlace = end
      return visible(added) + this.#wrap()
    }
    if (text === this.#drawn) return this.#moveTo(this.#placeOf(text, position))
    return this.redraw(text, position)
  }

  redraw(text: string, position: number): string {
    let output = this.#toTop()
    output += `\x1b[J${this.#prompt}${visible(text)}`
    this.#drawn = text
    this.#endPlace = advance(text, this.#promptEnd, this.#columns)
    this.#cursor = this.#endPlace
    output += this.#wrap()
    return output + this.#moveTo(this.#placeOf(text, position))
  }

  /** The same line under another prompt (the incremental search's). */
  withPrompt(prompt: string, text: string, position: number): string {
    const top = this.#toTop()
    this.#prompt = prompt
    this.#promptEnd = advance(prompt.replace(invisible, ''), { row: 0, column: 0 }, this.#columns)
    this.#cursor = { row: 0, column: 0 }
    return top + this.redraw(text, position)
  }

  /** xterm.js leaves the rows of the cursor's line as they are at a resize: they are where they were drawn. */
  resize(columns: number, text: string, position: number): string {
    const top = this.#toTop()
    this.#columns = Math.max(2, columns)
    this.#promptEnd = advance(this.#prompt.replace(invisible, ''), { row: 0, column: 0 }, this.#columns)
    this.#cursor = { row: 0, column: 0 }
    return top + this.redraw(text, position)
  }

  /** Leaves the line: the cursor behind its end, on a new row. */
  finish(text: string): string {
    const output = this.#moveTo(this.#placeOf(text, text.length))
    return this.#cursor.column === 0 && this.#cursor.row > 0 && !text.endsWith('\n') ? output : `${output}\n`
  }

  /** Prints something under the line and draws the line again below it. */
  below(block: string, text: string, position: number): string {
    let output = this.finish(text)
    output += block
    output += this.start(this.#prompt, this.#columns)
    return output + this.update(text, position)
  }

  clear(text: string, position: number): string {
    this.#cursor = { row: 0, column: 0 }
    return `\x1b[H\x1b[2J\x1b[3J${this.start(this.#prompt, this.#columns)}${this.update(text, position)}`
  }

  /** A row that is exactly full leaves the cursor on it until the next character: go to the next row now. */
  #wrap(): string {
    if (this.#cursor.column < this.#columns) return ''
    this.#cursor = { row: this.#cursor.row + 1, column: 0 }
    this.#endPlace = this.#cursor
    return ' \r'
  }

  #placeOf(text: string, position: number): Place {
    const place = advance(text.slice(0, position), this.#promptEnd, this.#columns)
    const next = text.charAt(position)
    const wide =
      next !== '' &&
      place.column + characterWidth(String.fromCodePoint(text.codePointAt(position) ?? 32)) > this.#columns
    return place.column >= this.#columns || wide ? { row: place.row + 1, column: 0 } : place
  }

  #toTop(): string {
    return `${this.#cursor.row > 0 ? `\x1b[${this.#cursor.row}A` : ''}\r`
  }

  #moveTo(place: Place): string {
    const rows = place.row - this.#cursor.row
    const columns = place.column - this.#cursor.column
    this.#cursor = place
    let output = ''
    if (rows < 0) output += `\x1b[${-rows}A`
    if (rows > 0) output += `\x1b[${rows}B`
    if (rows !== 0 || place.column === 0) {
      if (rows !== 0 || columns !== 0) output += place.column > 0 ? `\r\x1b[${place.column}C` : '\r'
    } else if (columns < 0) output += columns < -4 ? `\x1b[${-columns}D` : '\b'.repeat(-columns)
    else if (columns > 0) output += `\x1b[${columns}C`
    return output
  }
}
