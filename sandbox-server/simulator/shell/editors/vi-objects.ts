// Stretches of text that vi's operators work on: from a place to another, words and quotes under the cursor.
import type { Cursor, TextBuffer } from './text-buffer.ts'

export function wordBegin(line: string, column: number): number {
  let at = column
  while (at > 0 && /\w/.test(line.charAt(at - 1)) && /\w/.test(line.charAt(at))) at--
  return at
}

export function ordered(a: Cursor, b: Cursor, inclusive: boolean): { from: Cursor; to: Cursor } {
  const before = a.row < b.row || (a.row === b.row && a.column <= b.column)
  const [from, to] = before ? [a, b] : [b, a]
  return { from: { ...from }, to: { row: to.row, column: to.column + (inclusive ? 1 : 0) } }
}

/** iw, aw, i" and its like on the cursor's line. */
export function innerObject(command: string, buffer: TextBuffer): { from: Cursor; to: Cursor } | undefined {
  const { line, cursor } = buffer
  const at = (from: number, to: number) => ({
    from: { row: cursor.row, column: from },
    to: { row: cursor.row, column: to },
  })
  if (command === 'iw' || command === 'aw') {
    const from = wordBegin(line, cursor.column)
    const word = /^(\w+|[^\w\s]+|\s+)/.exec(line.slice(from))?.[0] ?? ''
    const blank = command === 'aw' ? (/^\s*/.exec(line.slice(from + word.length))?.[0] ?? '') : ''
    return at(from, from + word.length + blank.length)
  }
  const quote = /^([ia])(["'`])$/.exec(command)
  if (!quote?.[2]) return undefined
  const opening =
    line.lastIndexOf(quote[2], cursor.column) >= 0
      ? line.lastIndexOf(quote[2], cursor.column)
      : line.indexOf(quote[2])
  const closing = line.indexOf(quote[2], opening + 1)
  if (opening < 0 || closing < 0) return undefined
  return quote[1] === 'i' ? at(opening + 1, closing) : at(opening, closing + 1)
}
