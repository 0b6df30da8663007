// vi's commands after the colon: w, q, wq, x, e!, a line's number, s and %s, d, set.
import type { ViState } from './vi-state.ts'

export function runExCommand(text: string, state: ViState): void {
  const { buffer } = state
  const command = text.trim()
  if (command === '') return
  const number = /^(\d+|\$)$/.exec(command)
  if (number) {
    buffer.cursor = { row: command === '$' ? buffer.lines.length - 1 : Number(command) - 1, column: 0 }
    buffer.clamp(false)
    return
  }
  const file = /^(w|wq|x)(!?)(?:\s+(\S+))?$/.exec(command)
  if (file) {
    save(state, file[1] ?? 'w', file[3])
    return
  }
  if (/^(q|qa|quit)$/.test(command)) {
    if (buffer.modified) state.message = 'E37: No write since last change (add ! to override)'
    else state.exit = 0
    return
  }
  if (/^(q|qa|quit)!$/.test(command)) {
    state.exit = 0
    return
  }
  if (/^(wqa?|xa?)$/.test(command)) {
    save(state, 'wq', undefined)
    return
  }
  if (/^cq$/.test(command)) {
    state.exit = 1
    return
  }
  if (/^(set|se|syntax|noh)/.test(command)) return
  const substitution = /^(%|\d+,(?:\d+|\$)|\d+|\.)?s([^\w\s])([\s\S]*)$/.exec(command)
  if (substitution) {
    substitute(state, substitution[1], substitution[2] ?? '/', substitution[3] ?? '')
    return
  }
  const deletion = /^(%|\d+(?:,(?:\d+|\$))?)?d$/.exec(command)
  if (deletion) {
    const [from, to] = range(state, deletion[1])
    buffer.keep()
    buffer.deleteLines(from, to)
    return
  }
  state.message = `E492: Not an editor command: ${command}`
}

function save(state: ViState, command: string, target: string | undefined): void {
  const { buffer } = state
  const name = target ?? state.name
  if (name === '') {
    state.message = 'E32: No file name'
    return
  }
  if (command === 'x' && !buffer.modified && target === undefined) {
    state.exit = 0
    return
  }
  const text = buffer.text
  const error = state.save(name, text)
  if (error) {
    state.message = `"${name}" E212: Can't open file for writing: ${error}`
    return
  }
  if (state.name === '') state.name = name
  buffer.modified = false
  state.message = `"${name}" ${buffer.lines.length}L, ${new TextEncoder().encode(text).length}B written`
  if (command !== 'w') state.exit = 0
}

/** First and last row, 0-based. */
function range(state: ViState, text: string | undefined): [number, number] {
  const { buffer } = state
  const last = buffer.lines.length - 1
  if (text === '%') return [0, last]
  if (text === undefined || text === '.') return [buffer.cursor.row, buffer.cursor.row]
  const [from = '1', to = from] = text.split(',')
  return [Number(from) - 1, to === '$' ? last : Math.min(last, Number(to) - 1)]
}

function substitute(state: ViState, where: string | undefined, delimiter: string, rest: string): void {
  const parts: string[] = ['']
  for (let i = 0; i < rest.length; i++) {
    const character = rest.charAt(i)
    if (character === '\\' && rest.charAt(i + 1) === delimiter) {
      parts[parts.length - 1] += delimiter
      i++
    } else if (character === '\\') {
      parts[parts.length - 1] += character + rest.charAt(i + 1)
      i++
    } else if (character === delimiter && parts.length < 3) parts.push('')
    else parts[parts.length - 1] += character
  }
  const [source = '', replacement = '', flags = ''] = parts
  let pattern: RegExp
  try {
    pattern = new RegExp(source, `${flags.includes('g') ? 'g' : ''}${flags.includes('i') ? 'i' : ''}`)
  } catch {
    state.message = `E486: Pattern not found: ${source}`
    return
  }
  const { buffer } = state
  const [from, to] = range(state, where)
  const changed = (line: string) =>
    line.replace(pattern, (...match: unknown[]) =>
      replacement.replace(/\\(\d)|\\(.)|&/g, (whole, group?: string, escaped?: string) =>
        group !== undefined
          ? String(match[Number(group)] ?? '')
          : (escaped ?? (whole === '&' ? String(match[0]) : whole)),
      ),
    )
  let count = 0
  buffer.keep()
  for (let row = from; row <= to; row++) {
    const line = buffer.lines[row] ?? ''
    const next = changed(line)
    if (next === line) continue
    buffer.lines[row] = next
    buffer.cursor = { row, column: 0 }
    count++
  }
  if (count === 0) {
    buffer.undo()
    state.message = `E486: Pattern not found: ${source}`
  } else if (count > 2) state.message = `${count} substitutions on ${count} lines`
}
