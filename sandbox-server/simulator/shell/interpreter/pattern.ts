// Shell patterns (*, ?, [...]) as regular expressions. A backslash quotes the next character.

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
  word: '\\w',
}

/** Quotes every character that means something in a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&')
}

export function isPattern(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*[*?[]/.test(pattern)
}

/** The source of a regular expression for the pattern; `star` is what * matches. */
export function patternSource(pattern: string, star = '[\\s\\S]*', any = '[\\s\\S]', greedy = true): string {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    if (character === '\\' && i + 1 < pattern.length) source += escapeRegExp(pattern.charAt(++i))
    else if (character === '*') source += greedy ? star : `${star}?`
    else if (character === '?') source += any
    else if (character === '[') {
      const set = bracket(pattern, i)
      if (set) {
        source += set.source
        i = set.end
      } else source += '\\['
    } else source += escapeRegExp(character)
  }
  return source
}

function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1
  const negated = pattern.charAt(i) === '!' || pattern.charAt(i) === '^'
  if (negated) i++
  let body = ''
  for (let first = true; i < pattern.length; i++, first = false) {
    const character = pattern.charAt(i)
    if (character === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: i }
    const named = /^\[:(\w+):\]/.exec(pattern.slice(i, i + 12))
    if (named?.[1]) {
      body += classes[named[1]] ?? ''
      i += named[0].length - 1
    } else if (character === '\\' && i + 1 < pattern.length) body += `\\${pattern.charAt(++i)}`
    else if (character === '-') body += '-'
    else body += character === '[' || character === '^' || character === ']' ? `\\${character}` : character
  }
  return undefined
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

export function matchesPattern(text: string, pattern: string, ignoreCase = false): boolean {
  return new RegExp(`^${patternSource(pattern)}$`, ignoreCase ? 'iu' : 'u').test(text)
}
