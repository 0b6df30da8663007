// Word boundaries in a line, as readline has them: letters and digits for Alt-keys, blanks for Ctrl-W.

const letter = /[\p{L}\p{N}]/u

export function wordEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && !letter.test(text.charAt(at))) at++
  while (at < text.length && letter.test(text.charAt(at))) at++
  return at
}

export function wordStart(text: string, from: number): number {
  let at = from
  while (at > 0 && !letter.test(text.charAt(at - 1))) at--
  while (at > 0 && letter.test(text.charAt(at - 1))) at--
  return at
}

export function blankWordStart(text: string, from: number): number {
  let at = from
  while (at > 0 && /\s/.test(text.charAt(at - 1))) at--
  while (at > 0 && !/\s/.test(text.charAt(at - 1))) at--
  return at
}

// Characters that belong to one cell with their neighbours (surrogates, combining marks, joined emoji).
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export function nextCharacter(text: string, from: number): number {
  if (from >= text.length) return text.length
  const code = text.charCodeAt(from)
  const following = text.charCodeAt(from + 1)
  if (code < 0x300 && !(following >= 0x300)) return from + 1
  const [first] = segmenter.segment(text.slice(from, from + 32))
  return from + (first?.segment.length ?? 1)
}

export function previousCharacter(text: string, from: number): number {
  if (from <= 0) return 0
  if (text.charCodeAt(from - 1) < 0x300) return from - 1
  const start = Math.max(0, from - 32)
  let last = from - 1
  for (const { index } of segmenter.segment(text.slice(start, from))) last = start + index
  return last
}

interface Edited {
  readonly text: string
  readonly position: number
}

/** Ctrl-T: the character before the cursor goes over the one at it. */
export function transpose(text: string, position: number): Edited {
  if (position === 0 || text.length < 2) return { text, position }
  const at = Math.min(position, text.length - 1)
  return {
    text: text.slice(0, at - 1) + text.charAt(at) + text.charAt(at - 1) + text.slice(at + 1),
    position: at + 1,
  }
}

/** Alt-U, Alt-L, Alt-C: the word from the cursor in capitals, small letters, or with a capital first. */
export function changeCase(text: string, position: number, key: string): Edited {
  const end = wordEnd(text, position)
  const word = text.slice(position, end)
  const lower = word.toLowerCase()
  const kind = key.toLowerCase()
  const changed =
    kind === 'm-u'
      ? word.toUpperCase()
      : kind === 'm-l'
        ? lower
        : lower.replace(letter, (first) => first.toUpperCase())
  return { text: text.slice(0, position) + changed + text.slice(end), position: end }
}
