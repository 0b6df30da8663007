// vi's motions: where a command moves the cursor, and what an operator would cover on the way.
import type { Cursor, TextBuffer } from './text-buffer.ts'

export interface Motion {
  readonly to: Cursor
  /** The character at the end belongs to it. */
  readonly inclusive: boolean
  readonly linewise: boolean
}

/** Undefined where the command is no motion, or leads nowhere. */
export function findMotion(command: string, buffer: TextBuffer, count: number): Motion | undefined {
  const { cursor, line, lines } = buffer
  const here = (column: number, inclusive = false): Motion => ({
    to: { row: cursor.row, column },
    inclusive,
    linewise: false,
  })
  const row = (target: number, column = cursor.column): Motion => ({
    to: { row: Math.min(Math.max(0, target), lines.length - 1), column },
    inclusive: true,
    linewise: true,
  })
  switch (command) {
    case 'h':
    case 'left':
    case 'backspace':
      return here(Math.max(0, cursor.column - count))
    case 'l':
    case 'right':
    case ' ':
      return here(Math.min(line.length, cursor.column + count))
    case 'j':
    case 'down':
    case 'C-n':
      return row(cursor.row + count)
    case 'k':
    case 'up':
    case 'C-p':
      return row(cursor.row - count)
    case 'enter':
    case '+':
      return row(cursor.row + count, Math.max(0, (lines[cursor.row + count] ?? '').search(/\S/)))
    case '-':
      return row(cursor.row - count, Math.max(0, (lines[cursor.row - count] ?? '').search(/\S/)))
    case '0':
    case 'home':
      return here(0)
    case '^':
      return here(Math.max(0, line.search(/\S/)))
    case '$':
    case 'end':
      return here(Math.max(0, line.length - 1), true)
    case 'G':
      return row(lines.length - 1, 0)
    case 'gg':
      return row(0, 0)
    case 'H':
      return row(0, 0)
    case 'w':
    case 'W':
      return repeat(buffer, count, (place) => nextWord(lines, place, command === 'W'), false)
    case 'b':
    case 'B':
      return repeat(buffer, count, (place) => previousWord(lines, place, command === 'B'), false)
    case 'e':
    case 'E':
      return repeat(buffer, count, (place) => wordEnd(lines, place, command === 'E'), true)
    case '}':
      return repeat(buffer, count, (place) => paragraph(lines, place, 1), false)
    case '{':
      return repeat(buffer, count, (place) => paragraph(lines, place, -1), false)
    case '%':
      return matchingBracket(buffer)
    default:
      return findCharacter(command, buffer, count)
  }
}

function repeat(
  buffer: TextBuffer,
  count: number,
  step: (place: Cursor) => Cursor,
  inclusive: boolean,
): Motion {
  let to = { ...buffer.cursor }
  for (let i = 0; i < count; i++) to = step(to)
  return { to, inclusive, linewise: false }
}

function kind(character: string, big: boolean): number {
  if (character === '' || /\s/.test(character)) return 0
  return big || /[\p{L}\p{N}_]/u.test(character) ? 1 : 2
}

function nextWord(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from
  let line = lines[row] ?? ''
  const start = kind(line.charAt(column), big)
  while (column < line.length && start !== 0 && kind(line.charAt(column), big) === start) column++
  for (;;) {
    while (column < line.length && kind(line.charAt(column), big) === 0) column++
    if (column < line.length || row + 1 >= lines.length) return { row, column }
    row++
    column = 0
    line = lines[row] ?? ''
    if (line === '') return { row, column }
  }
}

function previousWord(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from
  let line = lines[row] ?? ''
  column--
  for (;;) {
    while (column >= 0 && kind(line.charAt(column), big) === 0) column--
    if (column >= 0) break
    if (row === 0) return { row: 0, column: 0 }
    row--
    line = lines[row] ?? ''
    column = line.length - 1
    if (line === '') return { row, column: 0 }
  }
  const own = kind(line.charAt(column), big)
  while (column > 0 && kind(line.charAt(column - 1), big) === own) column--
  return { row, column }
}

function wordEnd(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from
  let line = lines[row] ?? ''
  column++
  for (;;) {
    while (column < line.length && kind(line.charAt(column), big) === 0) column++
    if (column < line.length) break
    if (row + 1 >= lines.length) return { row, column: Math.max(0, line.length - 1) }
    row++
    column = 0
    line = lines[row] ?? ''
  }
  const own = kind(line.charAt(column), big)
  while (column + 1 < line.length && kind(line.charAt(column + 1), big) === own) column++
  return { row, column }
}

function paragraph(lines: readonly string[], from: Cursor, by: 1 | -1): Cursor {
  let row = from.row + by
  while (row > 0 && row < lines.length - 1 && (lines[row] ?? '') !== '') row += by
  return { row: Math.min(Math.max(0, row), lines.length - 1), column: 0 }
}

function findCharacter(command: string, { cursor, line }: TextBuffer, count: number): Motion | undefined {
  const match = /^([fFtT])([\s\S])$/.exec(command)
  if (!match) return undefined
  const [, find = 'f', character = ''] = match
  const forwards = find === 'f' || find === 't'
  let at = cursor.column
  for (let i = 0; i < count; i++) {
    const from = at + (forwards ? 1 : -1)
    at = forwards ? line.indexOf(character, from) : from < 0 ? -1 : line.lastIndexOf(character, from)
    if (at < 0) return undefined
  }
  if (find === 't') at--
  if (find === 'T') at++
  return { to: { row: cursor.row, column: at }, inclusive: forwards, linewise: false }
}

function matchingBracket({ cursor, lines }: TextBuffer): Motion | undefined {
  const line = lines[cursor.row] ?? ''
  const start = line.slice(cursor.column).search(/[()[\]{}]/)
  if (start < 0) return undefined
  const open = line.charAt(cursor.column + start)
  const pair = '()[]{}'
  const at = pair.indexOf(open)
  const close = pair.charAt(at ^ 1)
  const by = at % 2 === 0 ? 1 : -1
  let depth = 0
  for (let row = cursor.row, column = cursor.column + start; row >= 0 && row < lines.length; ) {
    const character = (lines[row] ?? '').charAt(column)
    if (character === open) depth++
    if (character === close && --depth === 0) return { to: { row, column }, inclusive: true, linewise: false }
    column += by
    if (column < 0 || column >= (lines[row] ?? '').length) {
      row += by
      column = by > 0 ? 0 : (lines[row] ?? '').length - 1
    }
  }
  return undefined
}
