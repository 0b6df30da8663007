// POSIX basic and extended regular expressions as JavaScript's.

const classes: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  cntrl: '\\x00-\\x1f',
}

/** `perl`: taken as it is. In basic expressions ( ) { } | + ? are literal unless a backslash stands before them, as GNU has it. */
export function posixRegExp(pattern: string, extended: boolean, perl = false): string {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    if (character === '[') {
      const end = bracketEnd(pattern, i)
      if (end > 0) {
        source += bracket(pattern.slice(i + 1, end), perl)
        i = end
        continue
      }
      source += '\\['
      continue
    }
    if (character === '\\') {
      const next = pattern.charAt(++i)
      if (next === '<' || next === '>') source += '\\b'
      else if (next === '') source += '\\\\'
      else if (!perl && !extended && /[(){}|+?]/.test(next)) source += next
      else if (/[\w]/.test(next)) source += `\\${next}`
      else source += /[.*+?^${}()|[\]\\/]/.test(next) ? `\\${next}` : next
      continue
    }
    if (!perl && !extended && /[(){}|+?]/.test(character)) source += `\\${character}`
    else if (
      !perl &&
      !extended &&
      character === '*' &&
      (source === '' || source.endsWith('(') || source === '^')
    )
      source += '\\*'
    else if (!perl && !extended && character === '^' && i > 0 && !/[(|]$/.test(source)) source += '\\^'
    else if (
      !perl &&
      !extended &&
      character === '$' &&
      i < pattern.length - 1 &&
      !/^\\[)|]/.test(pattern.slice(i + 1))
    )
      source += '\\$'
    else if (!perl && character === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) source += '\\{'
    else if (!perl && character === '}' && !/\{\d*,?\d*$/.test(source)) source += '\\}'
    else if (character === ']') source += '\\]'
    else source += character
  }
  return source
}

function bracketEnd(pattern: string, start: number): number {
  let i = start + 1
  if (pattern.charAt(i) === '^') i++
  if (pattern.charAt(i) === ']') i++
  for (; i < pattern.length; i++) {
    if (pattern.startsWith('[:', i)) {
      const close = pattern.indexOf(':]', i)
      if (close > 0) i = close + 1
    } else if (pattern.charAt(i) === ']') return i
  }
  return -1
}

function bracket(body: string, perl: boolean): string {
  const negated = body.startsWith('^')
  let rest = negated ? body.slice(1) : body
  let inner = ''
  while (rest !== '') {
    const named = /^\[:(\w+):\]/.exec(rest)
    if (named?.[1]) {
      inner += classes[named[1]] ?? ''
      rest = rest.slice(named[0].length)
      continue
    }
    const character = rest.charAt(0)
    if (character === '\\' && (perl || /^\\[nt\\\]dws]/.test(rest))) {
      inner += rest.slice(0, 2)
      rest = rest.slice(2)
      continue
    }
    inner += /[\\\][^]/.test(character) ? `\\${character}` : character
    rest = rest.slice(1)
  }
  return `[${negated ? '^' : ''}${inner}]`
}
