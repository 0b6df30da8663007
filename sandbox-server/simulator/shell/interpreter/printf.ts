// printf(1)'s formats and the escapes of echo -e.
import { escapeForShell } from './quote.ts'

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}

/** Backslash escapes; `octalWithZero`: \0nnn, as echo and %b have it. \c stops the output. */
export function interpretEscapes(text: string, octalWithZero: boolean): { text: string; stopped: boolean } {
  let result = ''
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character !== '\\' || i === text.length - 1) {
      result += character
      continue
    }
    const rest = text.slice(i + 1, i + 10)
    if (rest.startsWith('c')) return { text: result, stopped: true }
    const match =
      /^x([0-9A-Fa-f]{1,2})/.exec(rest) ??
      /^u([0-9A-Fa-f]{1,4})/.exec(rest) ??
      /^U([0-9A-Fa-f]{1,8})/.exec(rest)
    const octal = (octalWithZero ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest)
    if (match) {
      const value = Number.parseInt(match[1] ?? '0', 16)
      result += rest.startsWith('x') ? byte(value) : String.fromCodePoint(value)
      i += match[0].length
    } else if (octal) {
      result += byte(Number.parseInt(octal[1] || '0', 8) & 255)
      i += octal[0].length
    } else {
      const known = simple[rest.charAt(0)]
      result += known ?? `\\${rest.charAt(0)}`
      i++
    }
  }
  return { text: result, stopped: false }
}

/** A byte from an escape; those past ASCII as lone surrogates, until `joinBytes` makes characters of them. */
function byte(value: number): string {
  return String.fromCharCode(value < 128 ? value : 0xdc00 + value)
}

/** Bytes that stand side by side make UTF-8 characters. */
export function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]+/g, (run) =>
    new TextDecoder().decode(Uint8Array.from(run, (character) => character.charCodeAt(0) & 255)),
  )
}

/** The whole output, the format used again while arguments are left. */
export function formatPrintf(
  format: string,
  values: readonly string[],
  now: number,
): { text: string; errors: readonly string[] } {
  const errors: string[] = []
  let text = ''
  let next = 0
  let stopped = false
  do {
    const before = next
    const take = () => values[next++]
    let rest = format
    while (rest !== '' && !stopped) {
      const at = rest.search(/[\\%]/)
      if (at !== 0) {
        text += at < 0 ? rest : rest.slice(0, at)
        rest = at < 0 ? '' : rest.slice(at)
        continue
      }
      if (rest.startsWith('\\')) {
        const sequence =
          /^\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|[\s\S]?)/.exec(rest)?.[0] ??
          '\\'
        const result = interpretEscapes(sequence, false)
        text += result.text
        stopped = result.stopped
        rest = rest.slice(sequence.length)
        continue
      }
      const directive = /^%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(\([^)]*\)T|[hlLqjzt]*[a-zA-Z%])/.exec(rest)
      if (!directive) {
        errors.push(`\`${rest.slice(0, 2)}': invalid format character`)
        return { text, errors }
      }
      rest = rest.slice(directive[0].length)
      const conversion = directive[4] ?? '%'
      if (conversion === '%') {
        text += '%'
        continue
      }
      const width = directive[2] === '*' ? Number(take() ?? 0) : Number(directive[2] ?? 0)
      const hasPrecision = directive[0].includes('.')
      const precision = directive[3] === '*' ? Number(take() ?? 0) : Number(directive[3] ?? 0)
      const piece = convert(
        conversion,
        take(),
        { flags: directive[1] ?? '', hasPrecision, precision },
        errors,
        now,
      )
      text += pad(piece.text, width, directive[1] ?? '', piece.numeric)
      stopped = piece.stopped
    }
    if (next === before) break
  } while (next < values.length && !stopped)
  return { text: joinBytes(text), errors }
}

interface Layout {
  readonly flags: string
  readonly hasPrecision: boolean
  readonly precision: number
}

interface Piece {
  readonly text: string
  readonly numeric: boolean
  readonly stopped: boolean
}

function convert(
  conversion: string,
  value: string | undefined,
  layout: Layout,
  errors: string[],
  now: number,
): Piece {
  const piece = (text: string, numeric = false, stopped = false): Piece => ({ text, numeric, stopped })
  const letter = conversion.at(-1) ?? 's'
  const cut = (text: string) => (layout.hasPrecision ? text.slice(0, layout.precision) : text)
  switch (letter) {
    case 's':
      return piece(cut(value ?? ''))
    case 'b': {
      const { text, stopped } = interpretEscapes(value ?? '', true)
      return piece(cut(text), false, stopped)
    }
    case 'q':
      return piece(escapeForShell(value ?? ''))
    case 'c':
      return piece((value ?? '').charAt(0))
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      return piece(integer(letter, value, layout, errors), true)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return piece(float(letter, value, layout, errors), true)
    case 'T':
      return piece(new Date(value === undefined || value === '-1' ? now : Number(value) * 1000).toISOString())
    default:
      errors.push(`\`${letter}': invalid format character`)
      return piece('')
  }
}

function integer(letter: string, value: string | undefined, layout: Layout, errors: string[]): string {
  let number = 0n
  const text = value?.trim() ?? ''
  if (/^["']/.test(text)) number = BigInt(text.codePointAt(1) ?? 0)
  else if (/^[-+]?(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) {
    const digits = text.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o')
    number = text.startsWith('-') ? -BigInt(digits) : BigInt(digits)
  } else if (text !== '') {
    errors.push(`${value}: invalid number`)
    number = BigInt(/^[-+]?\d+/.exec(text)?.[0].replace('+', '') ?? 0)
  }
  if (letter !== 'd' && letter !== 'i' && number < 0n) number = BigInt.asUintN(64, number)
  const base = letter === 'x' || letter === 'X' ? 16 : letter === 'o' ? 8 : 10
  let digits = (number < 0n ? -number : number).toString(base)
  if (letter === 'X') digits = digits.toUpperCase()
  if (layout.hasPrecision) digits = digits.padStart(layout.precision, '0')
  if (layout.flags.includes('#') && number !== 0n)
    digits = `${base === 16 ? `0${letter}` : base === 8 ? '0' : ''}${digits}`
  const sign = number < 0n ? '-' : layout.flags.includes('+') ? '+' : layout.flags.includes(' ') ? ' ' : ''
  return sign + digits
}

function float(letter: string, value: string | undefined, layout: Layout, errors: string[]): string {
  const number = value === undefined || value === '' ? 0 : Number(value)
  if (Number.isNaN(number)) {
    errors.push(`${value}: invalid number`)
    return (0).toFixed(layout.hasPrecision ? layout.precision : 6)
  }
  const precision = layout.hasPrecision ? layout.precision : 6
  const exponent = (text: string) => text.replace(/e([-+])(\d)$/, 'e$10$2')
  let text: string
  if (letter === 'f' || letter === 'F') text = fixed(number, precision)
  else if (letter === 'e' || letter === 'E') text = exponent(number.toExponential(precision))
  else {
    const digits = Math.max(1, precision)
    const power = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(number)))
    text =
      power < -4 || power >= digits
        ? exponent(number.toExponential(digits - 1).replace(/\.?0+e/, 'e'))
        : String(Number(number.toPrecision(digits)))
  }
  if (letter === 'E' || letter === 'G') text = text.toUpperCase()
  return layout.flags.includes('+') && number >= 0 ? `+${text}` : text
}

/** As glibc rounds: a tie goes to the even digit. */
function fixed(number: number, precision: number): string {
  const scaled = Math.abs(number) * 10 ** precision
  const tie = scaled % 1 === 0.5 && Math.floor(scaled) % 2 === 0
  return tie
    ? (Math.sign(number) * (Math.floor(scaled) / 10 ** precision)).toFixed(precision)
    : number.toFixed(precision)
}

function pad(text: string, width: number, flags: string, numeric: boolean): string {
  const missing = Math.abs(width) - [...text].length
  if (missing <= 0) return text
  if (flags.includes('-') || width < 0) return text + ' '.repeat(missing)
  if (!flags.includes('0') || !numeric) return ' '.repeat(missing) + text
  const sign = /^[-+ ]/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}
