// Parses sed scripts: addresses, s y p d q a i c = and groups. Throws UnsupportedSed for the rest of the language.
import { UsageError } from './options.ts'
import { posixRegExp } from './posix-regexp.ts'

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'plus'; readonly count: number }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }

/** A number is a group, an object switches the case (\U \L \E \u \l). */
export type Replacement = string | number | { readonly case: 'U' | 'L' | 'E' | 'u' | 'l' }

export interface SedCommand {
  readonly name: string
  readonly from?: SedAddress
  readonly to?: SedAddress
  readonly negated: boolean
  readonly pattern?: RegExp
  readonly replacement?: readonly Replacement[]
  readonly global?: boolean
  readonly occurrence?: number
  readonly prints?: boolean
  readonly text?: string
  readonly map?: ReadonlyMap<string, string>
  readonly body?: readonly SedCommand[]
}

export class UnsupportedSed extends Error {}

export function parseSed(script: string, extended: boolean): SedCommand[] {
  return new SedParser(script, extended).parse()
}

class SedParser {
  readonly #text: string
  readonly #extended: boolean
  #at = 0

  constructor(text: string, extended: boolean) {
    this.#text = text
    this.#extended = extended
  }

  parse(nested = false): SedCommand[] {
    const commands: SedCommand[] = []
    for (;;) {
      this.#skip(/[\s;]/)
      if (this.#at >= this.#text.length) {
        if (nested) throw new UsageError("-e expression #1, char 0: unmatched `{'")
        return commands
      }
      if (this.#peek() === '#') {
        this.#until('\n')
        continue
      }
      if (this.#peek() === '}') {
        if (!nested) this.#fail("unexpected `}'")
        this.#at++
        return commands
      }
      commands.push(this.#command())
    }
  }

  #command(): SedCommand {
    const from = this.#address()
    let to: SedAddress | undefined
    this.#skip(/[ \t]/)
    if (from && this.#peek() === ',') {
      this.#at++
      this.#skip(/[ \t]/)
      to = this.#address(true)
      if (!to) this.#fail("unexpected `,'")
    }
    this.#skip(/[ \t]/)
    let negated = false
    while (this.#peek() === '!') {
      negated = true
      this.#at++
      this.#skip(/[ \t]/)
    }
    const base = { negated, ...(from ? { from } : {}), ...(to ? { to } : {}) }
    const name = this.#text.charAt(this.#at++)
    switch (name) {
      case '{':
        return { ...base, name, body: this.parse(true) }
      case 's':
        return { ...base, name, ...this.#substitution() }
      case 'y':
        return { ...base, name, map: this.#transliteration() }
      case 'p':
      case 'd':
      case '=':
        return { ...base, name }
      case 'q':
      case 'Q':
        return { ...base, name, text: this.#until(';', '\n', '}').trim() }
      case 'a':
      case 'i':
      case 'c':
        return { ...base, name, text: this.#textArgument() }
      case '':
        return this.#fail('missing command')
      default:
        if (/[NDPhHgGxnbtTlrwWFez:]/.test(name)) throw new UnsupportedSed(name)
        return this.#fail(`unknown command: \`${name}'`)
    }
  }

  #address(second = false): SedAddress | undefined {
    const rest = this.#text.slice(this.#at)
    const step = /^(\d+)~(\d+)/.exec(rest)
    const line = /^\d+/.exec(rest)
    if (step) {
      this.#at += step[0].length
      return { kind: 'step', first: Number(step[1]), step: Math.max(1, Number(step[2])) }
    }
    if (line) {
      this.#at += line[0].length
      return { kind: 'line', line: Number(line[0]) }
    }
    const plus = second ? /^\+(\d+)/.exec(rest) : null
    if (plus) {
      this.#at += plus[0].length
      return { kind: 'plus', count: Number(plus[1]) }
    }
    if (rest.startsWith('$')) {
      this.#at++
      return { kind: 'last' }
    }
    if (!rest.startsWith('/') && !rest.startsWith('\\')) return undefined
    this.#at += rest.startsWith('\\') ? 2 : 1
    const delimiter = this.#text.charAt(this.#at - 1)
    const source = this.#delimited(delimiter)
    const flag = this.#peek() === 'I' ? 'i' : ''
    if (flag) this.#at++
    return { kind: 'pattern', pattern: this.#regExp(source, flag) }
  }

  #substitution(): Partial<SedCommand> {
    const delimiter = this.#text.charAt(this.#at++)
    const source = this.#delimited(delimiter)
    const text = this.#delimited(delimiter)
    const flags = /^[gpiIme0-9w]*/.exec(this.#text.slice(this.#at))?.[0] ?? ''
    this.#at += flags.length
    if (/[ew]/.test(flags)) throw new UnsupportedSed(flags)
    const occurrence = Number(/\d+/.exec(flags)?.[0] ?? 1)
    return {
      pattern: this.#regExp(source, /[iI]/.test(flags) ? 'i' : ''),
      replacement: parseReplacement(text),
      global: flags.includes('g'),
      prints: flags.includes('p'),
      occurrence,
    }
  }

  #transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.#text.charAt(this.#at++)
    const plain = (text: string) => [
      ...text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c)),
    ]
    const from = plain(this.#delimited(delimiter))
    const to = plain(this.#delimited(delimiter))
    if (from.length !== to.length) this.#fail("strings for `y' command are different lengths")
    return new Map(from.map((character, index) => [character, to[index] ?? '']))
  }

  /** Text after a, i, c: on the line, or after a backslash on the next ones. */
  #textArgument(): string {
    this.#skip(/[ \t]/)
    if (/^\\\s*\n/.test(this.#text.slice(this.#at))) {
      this.#until('\n')
      this.#at++
    } else if (this.#peek() === '\\') this.#at++
    let text = ''
    while (this.#at < this.#text.length && this.#peek() !== '\n') {
      if (this.#peek() === '\\' && this.#at + 1 < this.#text.length) {
        this.#at++
        text += this.#peek() === 't' ? '\t' : this.#peek()
      } else text += this.#peek()
      this.#at++
    }
    return text
  }

  #delimited(delimiter: string): string {
    let text = ''
    let inBracket = false
    for (;;) {
      if (this.#at >= this.#text.length) this.#fail("unterminated `s' command")
      const character = this.#text.charAt(this.#at++)
      if (character === '\\') {
        const next = this.#text.charAt(this.#at++)
        text +=
          next === delimiter && delimiter !== '|' && delimiter !== '/'
            ? next
            : next === '/'
              ? '/'
              : next === '\n'
                ? '\n'
                : `\\${next}`
        continue
      }
      if (character === '[' && !inBracket) inBracket = text !== '' || true
      else if (character === ']' && inBracket) inBracket = false
      if (character === delimiter && (!inBracket || delimiter !== '/')) return text
      if (character === delimiter && inBracket && !this.#text.slice(this.#at).includes(']')) return text
      text += character
    }
  }

  #regExp(source: string, flags: string): RegExp {
    try {
      return new RegExp(posixRegExp(source, this.#extended), flags)
    } catch {
      return this.#fail(`Invalid regular expression: ${source}`)
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #skip(what: RegExp): void {
    while (this.#at < this.#text.length && what.test(this.#peek())) this.#at++
  }

  #until(...ends: string[]): string {
    const start = this.#at
    while (this.#at < this.#text.length && !ends.includes(this.#peek())) this.#at++
    return this.#text.slice(start, this.#at)
  }

  #fail(message: string): never {
    throw new UsageError(`-e expression #1, char ${this.#at}: ${message}`)
  }
}

function parseReplacement(text: string): Replacement[] {
  const parts: Replacement[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push(literal)
    literal = ''
  }
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '&') {
      flush()
      parts.push(0)
    } else if (character === '\\') {
      const next = text.charAt(++i)
      if (/\d/.test(next)) {
        flush()
        parts.push(Number(next))
      } else if (/[ULEul]/.test(next)) {
        flush()
        parts.push({ case: next as 'U' })
      } else literal += next === 'n' ? '\n' : next === 't' ? '\t' : next
    } else literal += character
  }
  flush()
  return parts
}
