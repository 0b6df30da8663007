// vi, small: normal, insert, visual-line-free; counts, the common motions and operators, / and ?, and ex commands.
import type { Process } from '../../node/process.ts'
import { type FullScreen, withFullScreen } from '../full-screen.ts'
import type { Key } from '../line-editor/keys.ts'
import { readEditedFile, writeEditedFile } from './edited-file.ts'
import { type Cursor, TextBuffer } from './text-buffer.ts'
import { runExCommand } from './vi-ex.ts'
import { findMotion, type Motion } from './vi-motions.ts'
import type { ViState } from './vi-state.ts'
import { Viewport } from './viewport.ts'

export async function runVi(process: Process): Promise<number> {
  const operand = process.argv.slice(1).find((arg) => !/^[-+]/.test(arg))
  const { terminal } = process
  if (!terminal) {
    await process.stderr.write('vi: standard input is not a terminal\n')
    return 1
  }
  const opened = readEditedFile(process, operand ?? '')
  if (opened.error) {
    await process.stderr.write(`vi: ${operand}: ${opened.error}\n`)
    return 1
  }
  return withFullScreen(process, terminal, (screen) => new Vi(process, screen, operand ?? '', opened).run())
}

interface Register {
  readonly text: string
  readonly linewise: boolean
}

class Vi {
  readonly #screen: FullScreen
  readonly #state: ViState
  readonly #viewport = new Viewport()
  #mode: 'normal' | 'insert' | 'replace' = 'normal'
  #typed: { readonly prompt: ':' | '/' | '?'; text: string } | undefined
  #pending = ''
  #register: Register = { text: '', linewise: true }
  #backwards = false
  /** Keys of the last change, for the dot. */
  #change: string[] = []
  #recording: string[] | undefined
  #replaying = false
  #lastFind: { kind: string; character: string } | undefined

  constructor(process: Process, screen: FullScreen, name: string, opened: { text: string; isNew: boolean }) {
    this.#screen = screen
    const buffer = new TextBuffer(opened.text)
    const size = new TextEncoder().encode(opened.text).length
    this.#state = {
      buffer,
      name,
      message: opened.isNew
        ? name === ''
          ? ''
          : `"${name}" [New]`
        : `"${name}" ${buffer.lines.length}L, ${size}B`,
      exit: undefined,
      pattern: undefined,
      save: (target, text) => writeEditedFile(process, target, text),
    }
  }

  async run(): Promise<number> {
    while (this.#state.exit === undefined) {
      await this.#draw()
      const key = await this.#screen.key()
      if (key === undefined) return 1
      if (key === 'resize') continue
      this.#take(key)
    }
    return this.#state.exit
  }

  #take(key: Key): void {
    if (key.kind === 'key') {
      // Alt-letter is Escape and the letter, typed fast.
      if (/^M-./.test(key.name) && key.name !== 'M-backspace') {
        this.#key('escape')
        this.#key(key.name.slice(2))
      } else this.#key(key.name)
      return
    }
    if (this.#mode === 'insert' && !this.#typed) {
      this.#record(key.text)
      this.#state.buffer.insert(key.text)
      return
    }
    for (const character of key.text) this.#key(character)
  }

  #record(key: string): void {
    if (!this.#replaying) this.#recording?.push(key)
  }

  #key(name: string): void {
    if (this.#typed) {
      this.#typeCommand(name)
      return
    }
    this.#state.message = ''
    if (this.#mode === 'normal') this.#normal(name)
    else this.#insertKey(name)
  }

  #insertKey(name: string): void {
    const { buffer } = this.#state
    this.#record(name)
    switch (name) {
      case 'escape':
      case 'C-c':
      case 'C-[':
        this.#mode = 'normal'
        buffer.cursor.column = Math.max(0, buffer.cursor.column - 1)
        this.#finishChange()
        break
      case 'enter':
        buffer.insertNewline(true)
        break
      case 'backspace':
        buffer.backspace()
        break
      case 'delete':
        buffer.deleteForward()
        break
      case 'tab':
        buffer.insert('  ')
        break
      case 'C-w': {
        const from = findMotion('b', buffer, 1)?.to ?? buffer.cursor
        if (from.row === buffer.cursor.row) buffer.deleteRange(from, { ...buffer.cursor })
        break
      }
      case 'C-u':
        buffer.deleteRange({ row: buffer.cursor.row, column: 0 }, { ...buffer.cursor })
        break
      default: {
        const motion = findMotion(name, buffer, 1)
        if (name.length > 1 && motion) buffer.cursor = { ...motion.to }
        else if ([...name].length === 1) {
          if (this.#mode === 'replace' && buffer.cursor.column < buffer.line.length) buffer.deleteForward()
          buffer.insert(name)
        } else if (!/^[A-Z]-|^[a-z-]+$/.test(name)) buffer.insert(name)
        buffer.clamp(true)
      }
    }
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
    if (rest === '' && !(name.length > 1)) {
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
      this.#operateLines(operator, row, Math.min(buffer.lines.length - 1, row + count - 1))
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
        this.#operateLines(operator, Math.max(0, top), Math.min(buffer.lines.length - 1, bottom))
      } else {
        const range =
          inner ?? ordered({ ...buffer.cursor }, motion?.to ?? buffer.cursor, motion?.inclusive ?? false)
        // dw on the last word of a line stays on the line.
        if (!inner && (command === 'w' || command === 'W') && range.to.row > range.from.row) {
          range.to = { row: range.from.row, column: (buffer.lines[range.from.row] ?? '').length }
        }
        this.#register = { text: buffer.range(range.from, range.to), linewise: false }
        if (operator === 'd' || operator === 'c') buffer.deleteRange(range.from, range.to)
        else buffer.cursor = range.from
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

  #operateLines(operator: string, from: number, to: number): void {
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
      this.#insertMode()
    }
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
    const page = Math.max(1, this.#screen.rows - 3)
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
      x: () => change(() => this.#deleteCharacters(cursor.column, cursor.column + count)),
      delete: () => change(() => this.#deleteCharacters(cursor.column, cursor.column + count)),
      X: () => change(() => this.#deleteCharacters(Math.max(0, cursor.column - count), cursor.column)),
      D: () => this.#operate('d', '$', 1, false),
      C: () => this.#operate('c', '$', 1, false),
      s: () => insertAt(() => this.#deleteCharacters(cursor.column, cursor.column + count)),
      S: () => this.#operate('c', 'c', count, hasCount),
      Y: () => this.#operate('y', 'y', count, hasCount),
      p: () => change(() => this.#put(count, true)),
      P: () => change(() => this.#put(count, false)),
      J: () =>
        change(() => {
          for (let i = 0; i < Math.max(1, count - 1) && cursor.row + 1 < buffer.lines.length; i++) {
            const column = buffer.line.length
            buffer.lines.splice(
              cursor.row,
              2,
              `${buffer.line} ${(buffer.lines[cursor.row + 1] ?? '').trimStart()}`,
            )
            cursor.column = column
          }
        }),
      '~': () =>
        change(() => {
          const character = buffer.line.charAt(cursor.column)
          const swapped =
            character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
          buffer.lines[cursor.row] =
            buffer.line.slice(0, cursor.column) + swapped + buffer.line.slice(cursor.column + 1)
          cursor.column++
        }),
      u: () => {
        if (!buffer.undo()) this.#state.message = 'Already at oldest change'
      },
      'C-r': () => {
        if (!buffer.redo()) this.#state.message = 'Already at newest change'
      },
      '.': () => this.#repeat(),
      ':': () => {
        this.#typed = { prompt: ':', text: '' }
      },
      '/': () => {
        this.#typed = { prompt: '/', text: '' }
      },
      '?': () => {
        this.#typed = { prompt: '?', text: '' }
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

  #deleteCharacters(from: number, to: number): void {
    const { buffer } = this.#state
    this.#register = { text: buffer.line.slice(from, to), linewise: false }
    buffer.lines[buffer.cursor.row] = buffer.line.slice(0, from) + buffer.line.slice(to)
    buffer.cursor.column = from
  }

  #put(count: number, after: boolean): void {
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
      } else this.#key(key)
    }
    this.#replaying = false
  }

  #typeCommand(name: string): void {
    const typed = this.#typed
    if (!typed) return
    if (name === 'enter') {
      this.#typed = undefined
      if (typed.prompt === ':') runExCommand(typed.text, this.#state)
      else this.#search(typed.prompt === '?', typed.text)
    } else if (name === 'escape' || name === 'C-c' || (name === 'backspace' && typed.text === ''))
      this.#typed = undefined
    else if (name === 'backspace') typed.text = typed.text.slice(0, -1)
    else if (name === 'C-u') typed.text = ''
    else if ([...name].length === 1) typed.text += name
  }

  #search(backwards: boolean, text: string): void {
    if (text !== '') {
      try {
        this.#state.pattern = new RegExp(text, /[A-Z]/.test(text) ? '' : 'i')
      } catch {
        this.#state.pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
      }
    }
    this.#backwards = backwards
    this.#runMotion('n', 1)
  }

  async #draw(): Promise<void> {
    const { rows, columns } = this.#screen
    const { buffer } = this.#state
    const view = this.#viewport.draw(buffer, this.#screen, 1, rows - 1, '\x1b[34m~\x1b[0m')
    const mode =
      this.#mode === 'insert'
        ? '\x1b[1m-- INSERT --\x1b[0m'
        : this.#mode === 'replace'
          ? '\x1b[1m-- REPLACE --\x1b[0m'
          : ''
    const typed = this.#typed ? this.#typed.prompt + this.#typed.text : undefined
    const status = typed ?? (this.#state.message !== '' ? this.#state.message.slice(0, columns - 20) : mode)
    const place = `${this.#pending.padEnd(8)}${buffer.cursor.row + 1},${buffer.cursor.column + 1}`
    let output = `\x1b[?25l${view.output}\x1b[${rows};1H${status}\x1b[K`
    if (typed === undefined && columns > 40) output += `\x1b[${rows};${columns - 19}H${place}`
    output +=
      typed === undefined
        ? `\x1b[${view.row};${view.column}H`
        : `\x1b[${rows};${Math.min(columns, typed.length + 1)}H`
    await this.#screen.write(`${output}\x1b[?25h`)
  }
}

function wordBegin(line: string, column: number): number {
  let at = column
  while (at > 0 && /\w/.test(line.charAt(at - 1)) && /\w/.test(line.charAt(at))) at--
  return at
}

function ordered(a: Cursor, b: Cursor, inclusive: boolean): { from: Cursor; to: Cursor } {
  const before = a.row < b.row || (a.row === b.row && a.column <= b.column)
  const [from, to] = before ? [a, b] : [b, a]
  return { from: { ...from }, to: { row: to.row, column: to.column + (inclusive ? 1 : 0) } }
}

/** iw, aw, i" and its like on the cursor's line. */
function innerObject(command: string, buffer: TextBuffer): { from: Cursor; to: Cursor } | undefined {
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
