// vi's normal and insert modes: counts, operators with motions, changes that the dot repeats.

import { runExCommand } from './vi-ex.ts'
import { typeInto } from './vi-insert.ts'
import { findMotion, type Motion } from './vi-motions.ts'
import { innerObject, ordered, wordBegin } from './vi-objects.ts'
import { ViOperators } from './vi-operators.ts'
import type { ViState } from './vi-state.ts'

export class ViModes {
  readonly #state: ViState
  readonly #operators: ViOperators
  readonly #rows: () => number
  #mode: 'normal' | 'insert' | 'replace' = 'normal'
  #pending = ''
  #backwards = false
  /** Keys of the last change, for the dot. */
  #change: string[] = []
  #recording: string[] | undefined
  #replaying = false
  #lastFind: { kind: string; character: string } | undefined

  /** `rows`: how many the window has, for the keys that page. */
  constructor(state: ViState, rows: () => number) {
    this.#state = state
    this.#operators = new ViOperators(state)
    this.#rows = rows
  }

  get mode(): 'normal' | 'insert' | 'replace' {
    return this.#mode
  }

  /** What was typed of an unfinished command. */
  get pending(): string {
    return this.#pending
  }

  /** Text typed or pasted in insert mode, many characters at once. */
  insertText(text: string): void {
    this.#record(text)
    this.#state.buffer.insert(text)
  }

  search(backwards: boolean): void {
    this.#backwards = backwards
    this.#runMotion('n', 1)
  }

  #record(key: string): void {
    if (!this.#replaying) this.#recording?.push(key)
  }

  key(name: string): void {
    this.#state.message = ''
    if (this.#mode === 'normal') this.#normal(name)
    else this.#insertKey(name)
  }

  #insertKey(name: string): void {
    const { buffer } = this.#state
    this.#record(name)
    if (name !== 'escape' && name !== 'C-c' && name !== 'C-[') {
      typeInto(buffer, name, this.#mode === 'replace')
      return
    }
    this.#mode = 'normal'
    buffer.cursor.column = Math.max(0, buffer.cursor.column - 1)
    this.#finishChange()
  }

  #finishChange(): void {
    if (this.#recording && !this.#replaying) this.#change = this.#recording
    this.#recording = undefined
  }

  #normal(name: string): void {
    const pending = this.#pending + name
    if (name === 'escape' || name === 'C-c') {
      this.#pending = ''
      if (name === 'C-c') this.#state.message = 'Type :q! and Enter to leave without saving'
      return
    }
    const parsed = /^(\d*)([dcy<>]?)(\d*)([gfFtTrzZ]?)([\s\S]*)$/.exec(pending)
    if (!parsed) {
      this.#pending = ''
      return
    }
    const [, first = '', operator = '', second = '', prefix = '', rest = ''] = parsed
    // 0 is a motion where no count has begun.
    if (pending === '0') {
      this.#pending = ''
      this.#runMotion('0', 1)
      return
    }
    // A text object has two letters: diw, ci".
    const object = operator !== '' && (rest === 'i' || rest === 'a')
    if ((rest === '' || object) && !(name.length > 1)) {
      this.#pending = pending
      return
    }
    this.#pending = ''
    const hasCount = first !== '' || second !== ''
    const count = (Number(first) || 1) * (Number(second) || 1)
    const command = prefix + rest
    if (/^0\d*$/.test(second) && command === '') {
      this.#operate(operator, '0', count, false)
      return
    }
    if (operator !== '') {
      this.#operate(operator, command, count, hasCount)
      return
    }
    this.#command(command, count, hasCount, pending)
  }

  #motion(command: string, count: number, hasCount: boolean): Motion | undefined {
    const { buffer, pattern } = this.#state
    const find = /^([fFtT])([\s\S])$/.exec(command)
    if (find) this.#lastFind = { kind: find[1] ?? 'f', character: find[2] ?? '' }
    if (command === 'n' || command === 'N') {
      if (!pattern) return undefined
      const to = buffer.find(pattern, (command === 'n') === this.#backwards)
      if (!to) this.#state.message = `Pattern not found: ${pattern.source}`
      return to && { to, inclusive: false, linewise: false }
    }
    if (command === '*') {
      const word = /\w+/.exec(buffer.line.slice(wordBegin(buffer.line, buffer.cursor.column)))?.[0]
      if (!word) return undefined
      this.#state.pattern = new RegExp(`\\b${word}\\b`)
      this.#backwards = false
      return this.#motion('n', 1, false)
    }
    const repeated =
      command === ';' && this.#lastFind ? this.#lastFind.kind + this.#lastFind.character : command
    if ((command === 'G' || command === 'gg') && hasCount)
      return { to: { row: count - 1, column: 0 }, inclusive: true, linewise: true }
    return findMotion(repeated, buffer, count)
  }

  #runMotion(command: string, count: number, hasCount = false): void {
    const motion = this.#motion(command, count, hasCount)
    if (motion) this.#state.buffer.cursor = { ...motion.to }
    this.#state.buffer.clamp(false)
  }

  #begin(keys: string): void {
    if (this.#replaying) return
    this.#recording = [...keys]
    this.#state.buffer.keep()
  }

  #insertMode(): void {
    this.#mode = 'insert'
  }

  #operate(operator: string, command: string, count: number, hasCount: boolean): void {
    const { buffer } = this.#state
    const keys = `${hasCount ? count : ''}${operator}${command}`
    if (operator !== 'y') this.#begin(keys)
    const { row } = buffer.cursor
    if (command === operator) {
      this.#lines(operator, row, Math.min(buffer.lines.length - 1, row + count - 1))
    } else {
      const changed =
        operator === 'c' && (command === 'w' || command === 'W')
          ? command.replace('w', 'e').replace('W', 'E')
          : command
      const inner = innerObject(command, buffer)
      const motion = inner ? undefined : this.#motion(changed, count, hasCount)
      if (!motion && !inner) {
        this.#finishChange()
        return
      }
      if (motion?.linewise) {
        const [top, bottom] = [Math.min(row, motion.to.row), Math.max(row, motion.to.row)]
        this.#lines(operator, Math.max(0, top), Math.min(buffer.lines.length - 1, bottom))
      } else {
        const range =
          inner ?? ordered({ ...buffer.cursor }, motion?.to ?? buffer.cursor, motion?.inclusive ?? false)
        // dw on the last word of a line stays on the line.
        if (!inner && (command === 'w' || command === 'W') && range.to.row > range.from.row) {
          range.to = { row: range.from.row, column: (buffer.lines[range.from.row] ?? '').length }
        }
        this.#operators.stretch(operator, range.from, range.to)
        if (operator === 'c') {
          this.#insertMode()
          return
        }
      }
    }
    if (operator === 'c') return
    buffer.clamp(false)
    if (operator !== 'y') this.#finishChange()
  }

  #lines(operator: string, from: number, to: number): void {
    this.#operators.lines(operator, from, to)
    if (operator === 'c') this.#insertMode()
  }

  #command(command: string, count: number, hasCount: boolean, keys: string): void {
    const { buffer } = this.#state
    const { cursor } = buffer
    const insertAt = (place: () => void) => {
      this.#begin(keys)
      place()
      this.#insertMode()
    }
    const change = (body: () => void) => {
      this.#begin(keys)
      body()
      buffer.clamp(false)
      this.#finishChange()
    }
    const page = Math.max(1, this.#rows() - 3)
    const actions: Readonly<Record<string, () => void>> = {
      i: () => insertAt(() => undefined),
      insert: () => insertAt(() => undefined),
      a: () => insertAt(() => this.#moveColumn(Math.min(buffer.line.length, cursor.column + 1))),
      I: () => insertAt(() => this.#moveColumn(Math.max(0, buffer.line.search(/\S/)))),
      A: () => insertAt(() => this.#moveColumn(buffer.line.length)),
      o: () =>
        insertAt(() => {
          cursor.column = buffer.line.length
          const indent = (/^ */.exec(buffer.line)?.[0] ?? '') + (/:\s*$/.test(buffer.line) ? '' : '')
          buffer.insert(`\n${indent}`)
        }),
      O: () =>
        insertAt(() => {
          const indent = /^ */.exec(buffer.line)?.[0] ?? ''
          buffer.lines.splice(cursor.row, 0, indent)
          cursor.column = indent.length
        }),
      R: () => {
        this.#begin(keys)
        this.#mode = 'replace'
      },
      x: () => change(() => this.#operators.characters(cursor.column, cursor.column + count)),
      delete: () => change(() => this.#operators.characters(cursor.column, cursor.column + count)),
      X: () => change(() => this.#operators.characters(Math.max(0, cursor.column - count), cursor.column)),
      D: () => this.#operate('d', '$', 1, false),
      C: () => this.#operate('c', '$', 1, false),
      s: () => insertAt(() => this.#operators.characters(cursor.column, cursor.column + count)),
      S: () => this.#operate('c', 'c', count, hasCount),
      Y: () => this.#operate('y', 'y', count, hasCount),
      p: () => change(() => this.#operators.put(count, true)),
      P: () => change(() => this.#operators.put(count, false)),
      J: () => change(() => buffer.joinLines(count)),
      '~': () => change(() => buffer.swapCase()),
      u: () => {
        if (!buffer.undo()) this.#state.message = 'Already at oldest change'
      },
      'C-r': () => {
        if (!buffer.redo()) this.#state.message = 'Already at newest change'
      },
      '.': () => {
        for (let i = 0; i < count; i++) this.#repeat()
      },
      ZZ: () => runExCommand('x', this.#state),
      ZQ: () => runExCommand('q!', this.#state),
      'C-f': () => this.#moveRow(page),
      'page-down': () => this.#moveRow(page),
      'C-b': () => this.#moveRow(-page),
      'page-up': () => this.#moveRow(-page),
      'C-d': () => this.#moveRow(Math.floor(page / 2)),
      'C-u': () => this.#moveRow(-Math.floor(page / 2)),
      'C-l': () => undefined,
    }
    const replaced = /^r([\s\S])$/.exec(command)
    if (replaced?.[1] !== undefined) {
      change(() => {
        buffer.lines[cursor.row] =
          buffer.line.slice(0, cursor.column) + replaced[1] + buffer.line.slice(cursor.column + 1)
      })
      return
    }
    const action = actions[command]
    if (action) action()
    else this.#runMotion(command, count, hasCount)
    if (this.#mode === 'normal') buffer.clamp(false)
  }

  #moveColumn(column: number): void {
    this.#state.buffer.cursor.column = column
  }

  #moveRow(by: number): void {
    this.#state.buffer.cursor.row += by
    this.#state.buffer.clamp(false)
  }

  #repeat(): void {
    if (this.#change.length === 0) return
    this.#state.buffer.keep()
    this.#replaying = true
    for (const key of this.#change) {
      if (
        this.#mode === 'insert' &&
        [...key].length > 1 &&
        !/^[A-Z]-|^(escape|enter|backspace|delete|tab|up|down|left|right|home|end)$/.test(key)
      ) {
        this.#state.buffer.insert(key)
      } else this.key(key)
    }
    this.#replaying = false
  }
}
