// Brace expansion: {a,b} and {1..9..2} multiply a word before anything else is expanded.
import type { PartOf, WordNode, WordPart } from './ast.ts'
import { ShellError } from './control.ts'

const limit = 100_000

export function braceWords(word: WordNode): WordNode[] {
  const at = word.parts.findIndex((part) => part.type === 'BraceExpansion')
  const brace = word.parts[at]
  if (brace?.type !== 'BraceExpansion') return [word]
  const before = word.parts.slice(0, at)
  const after = braceWords({ ...word, parts: word.parts.slice(at + 1) })
  const words: WordNode[] = []
  for (const middle of alternatives(brace)) {
    for (const rest of after) {
      words.push({ ...word, parts: [...before, ...middle, ...rest.parts] })
      if (words.length > limit) throw new ShellError('brace expansion: too many results')
    }
  }
  return words
}

function alternatives(brace: PartOf<'BraceExpansion'>): WordPart[][] {
  const result: WordPart[][] = []
  for (const item of brace.items) {
    if (item.type === 'Word') for (const word of braceWords(item.word)) result.push(word.parts)
    else for (const value of range(item)) result.push([{ type: 'Literal', value }])
  }
  return result
}

function range(item: Extract<PartOf<'BraceExpansion'>['items'][number], { type: 'Range' }>): string[] {
  const letters = typeof item.start === 'string' && typeof item.end === 'string'
  const from = letters ? String(item.start).charCodeAt(0) : Number(item.start)
  const to = letters ? String(item.end).charCodeAt(0) : Number(item.end)
  const step = Math.max(1, Math.abs(item.step ?? 1)) * (from <= to ? 1 : -1)
  if (Math.abs((to - from) / step) > limit) throw new ShellError('brace expansion: too many results')
  const padded = [item.startStr, item.endStr].filter((text) => /^-?0\d/.test(text ?? ''))
  const width =
    padded.length > 0 ? Math.max(...[item.startStr ?? '', item.endStr ?? ''].map((t) => t.length)) : 0
  const result: string[] = []
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    if (letters) result.push(String.fromCharCode(value))
    else if (width > 0) {
      result.push(
        value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'),
      )
    } else result.push(String(value))
  }
  return result
}
