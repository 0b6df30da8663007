// Text as Go prints it: strconv.Quote, JSON as encoding/json writes it, durations as apimachinery prints ages.
import { isRecord } from '../object.ts'

/** strconv.Quote (%q). */
export function quote(text: string): string {
  let quoted = '"'
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === '"' || char === '\\') quoted += `\\${char}`
    else if (char === '\n') quoted += '\\n'
    else if (char === '\t') quoted += '\\t'
    else if (char === '\r') quoted += '\\r'
    else if (code < 32 || code === 127) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else quoted += char
  }
  return `${quoted}"`
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** A JSON string as encoding/json writes it, with HTML's signs escaped. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char)
}

/** encoding/json of a map: sorted keys; `indent` as MarshalIndent, empty for compact. */
export function toJson(value: unknown, indent = ''): string {
  return writeJson(value, indent, '', true)
}

/** encoding/json of a struct: fields in their own order. */
export function toJsonInOrder(value: unknown, indent = ''): string {
  return writeJson(value, indent, '', false)
}

function writeJson(value: unknown, indent: string, prefix: string, sorted: boolean): string {
  if (typeof value === 'string') return jsonString(value)
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  const deeper = prefix + indent
  const newline = indent ? '\n' : ''
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const items = value.map((item) => `${indent ? deeper : ''}${writeJson(item, indent, deeper, sorted)}`)
    return `[${newline}${items.join(`,${newline}`)}${newline}${indent ? prefix : ''}]`
  }
  const entries = Object.entries(isRecord(value) ? value : {}).filter(([, item]) => item !== undefined)
  if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return '{}'
  const fields = entries.map(
    ([key, item]) =>
      `${indent ? deeper : ''}${jsonString(key)}:${indent ? ' ' : ''}${writeJson(item, indent, deeper, sorted)}`,
  )
  return `{${newline}${fields.join(`,${newline}`)}${newline}${indent ? prefix : ''}}`
}

/** %#v of decoded JSON. */
export function goSyntax(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isRecord(value)) return value === null || value === undefined ? 'interface {}(nil)' : String(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${quote(key)}:${goSyntax(value[key])}`)
  return `map[string]interface {}{${fields.join(', ')}}`
}

/** k8s.io/apimachinery/pkg/util/duration HumanDuration: what AGE columns show. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.floor(hours / 24 / 365)
  if (hours < 24 * 365 * 8) {
    const rest = days % 365
    return rest === 0 ? `${years}y` : `${years}y${rest}d`
  }
  return `${years}y`
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** time.ParseDuration in milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text)
  if (!match) return undefined
  let total = 0
  for (const part of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(part[1]) * (units[part[2] ?? ''] ?? 0)
  return match[1] === '-' ? -total : total
}

/** RFC1123Z in UTC, as describe prints times: `Tue, 24 Nov 2026 16:44:00 +0000`. */
export function rfc1123(time: string | number): string {
  const date = new Date(time)
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${clock} +0000`
}
