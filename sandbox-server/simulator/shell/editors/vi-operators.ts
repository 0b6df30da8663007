// What vi's operators do to lines and stretches of text, and the register that p puts from.
import type { Cursor } from './text-buffer.ts'
import type { ViState } from './vi-state.ts'

interface Register {
  readonly text: string
  readonly linewise: boolean
}

export class ViOperators {
  readonly #state: ViState
  #register: Register = { text: '', linewise: true }

  constructor(state: ViState) {
    this.#state = state
  }

  /** d, c, y, < or > on whole lines. After c the text is to be typed. */
  lines(operator: string, from: number, to: number): void {
    const { buffer } = this.#state
    const lines = buffer.lines.slice(from, to + 1)
    if (operator === '<' || operator === '>') {
      for (let i = from; i <= to; i++) {
        const line = buffer.lines[i] ?? ''
        buffer.lines[i] = operator === '>' ? (line === '' ? '' : `  ${line}`) : line.replace(/^ {1,2}/, '')
      }
      return
    }
    this.#register = { text: lines.join('\n'), linewise: true }
    if (operator === 'y') {
      buffer.cursor.row = from
      if (lines.length > 2) this.#state.message = `${lines.length} lines yanked`
    } else if (operator === 'd') {
      buffer.deleteLines(from, to)
      buffer.cursor.column = Math.max(0, buffer.line.search(/\S/))
      if (lines.length > 2) this.#state.message = `${lines.length} fewer lines`
    } else {
      const indent = /^ */.exec(lines[0] ?? '')?.[0] ?? ''
      buffer.lines.splice(from, to - from + 1, indent)
      buffer.cursor = { row: from, column: indent.length }
    }
  }

  /** d, c or y on a stretch within lines. */
  stretch(operator: string, from: Cursor, to: Cursor): void {
    const { buffer } = this.#state
    this.#register = { text: buffer.range(from, to), linewise: false }
    if (operator === 'd' || operator === 'c') buffer.deleteRange(from, to)
    else buffer.cursor = { ...from }
  }

  characters(from: number, to: number): void {
    const { buffer } = this.#state
    this.#register = { text: buffer.line.slice(from, to), linewise: false }
    buffer.lines[buffer.cursor.row] = buffer.line.slice(0, from) + buffer.line.slice(to)
    buffer.cursor.column = from
  }

  put(count: number, after: boolean): void {
    const { buffer } = this.#state
    const { text, linewise } = this.#register
    if (linewise) {
      const lines = Array.from({ length: count }, () => text.split('\n')).flat()
      const row = buffer.cursor.row + (after ? 1 : 0)
      buffer.lines.splice(row, 0, ...lines)
      buffer.cursor = { row, column: Math.max(0, (lines[0] ?? '').search(/\S/)) }
      return
    }
    if (after && buffer.line !== '') buffer.cursor.column++
    buffer.insert(text.repeat(count))
    buffer.cursor.column = Math.max(0, buffer.cursor.column - 1)
  }
}
