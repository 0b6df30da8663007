// The functions of Go templates, with those that kubectl adds (base64decode, exists).
// Source: text/template/funcs.go, cli-runtime/pkg/printers/template.go.
import { CliError } from '../errors.ts'
import { equal, isRecord } from '../object.ts'
import { goPrint } from './custom-columns.ts'
import { quote } from './go-text.ts'

export function truth(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return isRecord(value) ? Object.keys(value).length > 0 : true
}

const order = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : a === b ? 0 : 1

const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  and: (args) => args.find((arg) => !truth(arg)) ?? args.at(-1),
  or: (args) => args.find(truth) ?? args.at(-1),
  not: ([value]) => !truth(value),
  len: ([value]) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.length
      : isRecord(value)
        ? Object.keys(value).length
        : 0,
  index: ([value, ...keys]) =>
    keys.reduce<unknown>(
      (current, key) =>
        Array.isArray(current) ? current[Number(key)] : isRecord(current) ? current[String(key)] : undefined,
      value,
    ),
  slice: ([value, from, to]) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.slice(Number(from ?? 0), to === undefined ? undefined : Number(to))
      : undefined,
  eq: ([first, ...others]) => others.some((other) => equal(first, other)),
  ne: ([a, b]) => !equal(a, b),
  lt: ([a, b]) => order(a, b) < 0,
  le: ([a, b]) => order(a, b) <= 0,
  gt: ([a, b]) => order(a, b) > 0,
  ge: ([a, b]) => order(a, b) >= 0,
  print: (args) => args.map(goPrint).join(''),
  println: (args) => `${args.map(goPrint).join(' ')}\n`,
  printf: ([format, ...args]) => printf(String(format ?? ''), args),
  html: (args) => args.map(goPrint).join(''),
  js: (args) => args.map(goPrint).join(''),
  urlquery: (args) => encodeURIComponent(args.map(goPrint).join('')),
  base64decode: ([value]) => {
    try {
      return new TextDecoder().decode(
        Uint8Array.from(atob(String(value ?? '')), (char) => char.charCodeAt(0)),
      )
    } catch {
      throw new CliError(
        'error executing template: base64 decode failed: illegal base64 data at input byte 0',
      )
    }
  },
  exists: ([value, ...keys]) => {
    let current = value
    for (const key of keys) {
      if (!isRecord(current) || !(String(key) in current)) return false
      current = current[String(key)]
    }
    return true
  },
}

export function callFunction(name: string, args: readonly unknown[]): unknown {
  const found = functions[name]
  if (!found)
    throw new CliError(
      `error parsing template: template: output:1: function ${JSON.stringify(name)} not defined`,
    )
  return found(args)
}

function printf(format: string, args: readonly unknown[]): string {
  let index = 0
  return format.replace(
    /%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const value = args[index++]
      const text =
        verb === 'q'
          ? quote(String(value))
          : verb === 'd'
            ? String(Math.trunc(Number(value)))
            : verb === 'f'
              ? Number(value).toFixed(digits === undefined ? 6 : Number(digits))
              : goPrint(value)
      const size = Number(width || 0)
      return flags.includes('-') ? text.padEnd(size) : text.padStart(size, flags.includes('0') ? '0' : ' ')
    },
  )
}
