// YAML as sigs.k8s.io/yaml prints it: sorted keys, sequences not indented, go-yaml v2's choice of quotes and folding.
import { isRecord } from '../object.ts'

const width = 80

export function toYaml(value: unknown): string {
  if (isRecord(value) && Object.keys(value).length > 0) return mapping(value, 0)
  if (Array.isArray(value) && value.length > 0) return sequence(value, 0)
  return `${scalar(value, 0, 0)}\n`
}

function mapping(value: Record<string, unknown>, indent: number): string {
  const pad = ' '.repeat(indent)
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort((a, b) => naturalOrder(a, b))
    .map((key) => pad + entry(scalar(key, indent, indent, true), value[key], indent))
    .join('')
}

function entry(key: string, value: unknown, indent: number): string {
  if (isRecord(value) && hasEntries(value)) return `${key}:\n${mapping(value, indent + 2)}`
  if (Array.isArray(value) && value.length > 0) return `${key}:\n${sequence(value, indent)}`
  return `${key}: ${scalar(value, indent + 2, indent + key.length + 2)}\n`
}

function sequence(items: readonly unknown[], indent: number): string {
  const pad = ' '.repeat(indent)
  return items
    .map((item) => {
      if (isRecord(item) && hasEntries(item)) return `${pad}- ${mapping(item, indent + 2).slice(indent + 2)}`
      if (Array.isArray(item) && item.length > 0)
        return `${pad}- ${sequence(item, indent + 2).slice(indent + 2)}`
      return `${pad}- ${scalar(item, indent + 2, indent + 2)}\n`
    })
    .join('')
}

function hasEntries(value: Record<string, unknown>): boolean {
  return Object.values(value).some((item) => item !== undefined)
}

/** go-yaml's keyList: letters before others, numbers by value. */
function naturalOrder(a: string, b: string): number {
  const as = [...a]
  const bs = [...b]
  for (let index = 0; index < as.length && index < bs.length; index++) {
    const x = as[index] ?? ''
    const y = bs[index] ?? ''
    if (x === y) continue
    const xLetter = /\p{L}/u.test(x)
    const yLetter = /\p{L}/u.test(y)
    if (xLetter && yLetter) return x < y ? -1 : 1
    if (xLetter || yLetter) return yLetter ? -1 : 1
    const xNumber = /^\d+/.exec(as.slice(index).join(''))?.[0]
    const yNumber = /^\d+/.exec(bs.slice(index).join(''))?.[0]
    if (xNumber !== undefined && yNumber !== undefined && Number(xNumber) !== Number(yNumber))
      return Number(xNumber) < Number(yNumber) ? -1 : 1
    return x < y ? -1 : 1
  }
  return as.length - bs.length
}

function scalar(value: unknown, indent: number, column: number, isKey = false): string {
  if (value === null || value === undefined) return 'null'
  if (isRecord(value)) return '{}'
  if (Array.isArray(value)) return '[]'
  if (typeof value !== 'string') return String(value)
  if (value === '') return '""'
  if (resolvesToOther(value)) return doubleQuoted(value, indent, column, isKey)
  if (!isKey && value.includes('\n') && literalAllowed(value)) return literal(value, indent)
  if (value.includes('\n') || needsDoubleQuotes(value)) return doubleQuoted(value, indent, column, isKey)
  if (plainAllowed(value)) return fold(value, indent, column, isKey)
  return fold(`'${value.replaceAll("'", "''")}'`, indent, column, isKey)
}

/** Plain, it would be read as a number, a boolean, null, a time or a merge key. */
function resolvesToOther(text: string): boolean {
  return (
    /^(~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|<<|=)$/.test(
      text,
    ) ||
    /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|\d[\d_]*)$/.test(text) ||
    /^[-+]?(\.\d+|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?$/.test(text) ||
    /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text) ||
    /^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/.test(text) ||
    /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?$/.test(text)
  )
}

function needsDoubleQuotes(text: string): boolean {
  return text.includes('\t') || hasControls(text)
}

/** Characters that YAML takes neither plain nor in a block. */
function hasControls(text: string): boolean {
  for (const char of text) {
    const code = char.charCodeAt(0)
    if (
      (code < 32 && code !== 9 && code !== 10) ||
      (code > 126 && code < 160 && code !== 133) ||
      code === 0xfeff
    )
      return true
  }
  return false
}

function plainAllowed(text: string): boolean {
  if (/^[\s]|[\s]$/.test(text)) return false
  if (/^[-?:](\s|$)/.test(text) || /^[,[\]{}#&*!|>'"%@`]/.test(text)) return false
  if (text.startsWith('---') || text.startsWith('...')) return false
  return !/:(\s|$)/.test(text) && !/\s#/.test(text)
}

function literalAllowed(text: string): boolean {
  return !hasControls(text) && !/ \n/.test(text) && !/^\s*\n?$/.test(text) && !text.endsWith(' ')
}

function literal(text: string, indent: number): string {
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const pad = ' '.repeat(Math.max(2, indent))
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n')
  return `|${hint}${chomp}\n${body}`
}

/** Breaks at single blanks once the line is longer than 80 columns. */
function fold(text: string, indent: number, column: number, isKey: boolean): string {
  if (isKey) return text
  let output = ''
  let position = column
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    const breakable = char === ' ' && index > 0 && index < text.length - 1
    if (breakable && position > width && text[index + 1] !== ' ' && text[index - 1] !== ' ') {
      output += `\n${' '.repeat(Math.max(2, indent))}`
      position = indent
    } else {
      output += char
      position++
    }
  }
  return output
}

function doubleQuoted(text: string, indent: number, column: number, isKey: boolean): string {
  let output = '"'
  let position = column + 1
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    const code = char.charCodeAt(0)
    if (!isKey && char === ' ' && position > width && index > 0 && index < text.length - 1) {
      output += `\n${' '.repeat(Math.max(2, indent))}${text[index + 1] === ' ' ? '\\' : ''}`
      position = indent
      continue
    }
    const escaped =
      char === '"' || char === '\\'
        ? `\\${char}`
        : char === '\n'
          ? '\\n'
          : char === '\t'
            ? '\\t'
            : char === '\r'
              ? '\\r'
              : code < 32 || code === 127
                ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
                : char
    output += escaped
    position += escaped.length
  }
  return `${output}"`
}
