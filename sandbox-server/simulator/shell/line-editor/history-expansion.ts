// History expansion: !!, !$, !*, !-2, !12, !kubectl, outside single quotes (HISTORY EXPANSION in bash(1)).

export type Expanded =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'expanded'; readonly text: string }
  | { readonly kind: 'missing'; readonly event: string }

export function expandHistory(line: string, history: readonly string[]): Expanded {
  let text = ''
  let changed = false
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (character === '\\' && quote !== "'") {
      text += character + line.charAt(++i)
      continue
    }
    if (character === quote) quote = ''
    else if (quote === '' && (character === "'" || character === '"')) quote = character
    const event =
      character === '!' && quote !== "'" ? /^!(!|\$|\*|-?\d+|[A-Za-z][\w.-]*)/.exec(line.slice(i)) : null
    // $!, ${!x}, [ !...: no event.
    if (!event?.[1] || /[$\w{[]$/.test(line.slice(0, i))) {
      text += character
      continue
    }
    const found = findEvent(event[1], history)
    if (found === undefined) return { kind: 'missing', event: event[0] }
    text += found
    changed = true
    i += event[0].length - 1
  }
  return changed ? { kind: 'expanded', text } : { kind: 'unchanged' }
}

function findEvent(event: string, history: readonly string[]): string | undefined {
  const last = history.at(-1)
  if (event === '!') return last
  if (event === '$') return last?.trim().split(/\s+/).at(-1)
  if (event === '*') return last?.trim().split(/\s+/).slice(1).join(' ')
  if (/^-\d+$/.test(event)) return history.at(Number(event))
  if (/^\d+$/.test(event)) return history[Number(event) - 1]
  return history.findLast((line) => line.startsWith(event))
}
