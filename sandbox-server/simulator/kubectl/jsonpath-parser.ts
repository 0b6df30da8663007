// Parses kubectl's JSONPath templates. Source: k8s.io/client-go/util/jsonpath/parser.go.

export type PathNode =
  | { readonly type: 'root' }
  | { readonly type: 'current' }
  | { readonly type: 'literal'; readonly value: string | number | boolean }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | {
      readonly type: 'slice'
      readonly start?: number
      readonly end?: number
      readonly step?: number
      readonly single: boolean
    }
  | { readonly type: 'union'; readonly paths: readonly (readonly PathNode[])[] }
  | {
      readonly type: 'filter'
      readonly left: FilterOperand
      readonly operator: string
      readonly right?: FilterOperand
    }

export type FilterOperand = readonly PathNode[]

export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly steps: readonly PathNode[] }
  | { readonly type: 'range'; readonly steps: readonly PathNode[]; readonly body: readonly TemplateNode[] }

/** Throws Error with the upstream parser's message. */
export function parseJsonPath(template: string): TemplateNode[] {
  const root: TemplateNode[] = []
  const open: { steps: PathNode[]; body: TemplateNode[] }[] = []
  const add = (node: TemplateNode) => (open.at(-1)?.body ?? root).push(node)
  let index = 0
  while (index < template.length) {
    const start = template.indexOf('{', index)
    const text = template.slice(index, start < 0 ? undefined : start)
    if (text) add({ type: 'text', text })
    if (start < 0) break
    const end = closing(template, start)
    for (const part of splitAction(template.slice(start + 1, end))) {
      if (part === 'end') {
        const range = open.pop()
        if (!range) throw new Error('not in range, nothing to end')
        add({ type: 'range', ...range })
      } else if (/^range(\s|$)/.test(part)) open.push({ steps: parsePath(part.slice(5).trim()), body: [] })
      else if (/^["']/.test(part)) add({ type: 'text', text: unquote(part) })
      else add({ type: 'path', steps: parsePath(part) })
    }
    index = end + 1
  }
  if (open.length > 0) throw new Error('unmatched range: no end')
  return root
}

function closing(template: string, start: number): number {
  let quoteChar = ''
  for (let index = start + 1; index < template.length; index++) {
    const char = template[index] ?? ''
    if (quoteChar) {
      if (char === '\\') index++
      else if (char === quoteChar) quoteChar = ''
    } else if (char === '"' || char === "'") quoteChar = char
    else if (char === '}') return index
  }
  throw new Error('unclosed action')
}

/** Splits an action at blanks outside quotes and brackets; `range PATH` stays one part. */
function splitAction(action: string): string[] {
  const parts: string[] = []
  let current = ''
  let depth = 0
  let quoteChar = ''
  for (let index = 0; index < action.length; index++) {
    const char = action[index] ?? ''
    if (quoteChar) {
      current += char
      if (char === '\\') current += action[++index] ?? ''
      else if (char === quoteChar) quoteChar = ''
      continue
    }
    if (char === '"' || char === "'") quoteChar = char
    if (char === '[' || char === '(') depth++
    if (char === ']' || char === ')') depth--
    if (/\s/.test(char) && depth === 0) {
      if (current === 'range') current += ' '
      else if (current && current !== 'range ') {
        parts.push(current)
        current = ''
      }
    } else current += char
  }
  if (current) parts.push(current.trim())
  return parts
}

function unquote(text: string): string {
  const inner = text.slice(1, -1)
  if (text.length < 2 || text.at(-1) !== text[0]) throw new Error('unterminated quoted string')
  return inner.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    const named: Readonly<Record<string, string>> = {
      n: '\n',
      t: '\t',
      r: '\r',
      a: '\x07',
      b: '\b',
      f: '\f',
      v: '\v',
    }
    if (/^[ux]./.test(code) && code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return named[code] ?? code
  })
}

export function parsePath(text: string): PathNode[] {
  const steps: PathNode[] = []
  let rest = text
  const field = (): string => {
    let name = ''
    while (rest !== '' && !/^[.[\](){}\s,=!<>&|*]/.test(rest)) {
      if (rest.startsWith('\\')) rest = rest.slice(1)
      name += rest.slice(0, 1)
      rest = rest.slice(1)
    }
    return name
  }
  while (rest !== '') {
    if (rest.startsWith('$')) {
      steps.push({ type: 'root' })
      rest = rest.slice(1)
    } else if (rest.startsWith('@')) {
      steps.push({ type: 'current' })
      rest = rest.slice(1)
    } else if (rest.startsWith('..')) {
      steps.push({ type: 'recursive' })
      rest = rest.slice(2)
      if (rest.startsWith('.')) throw new Error('invalid multiple recursive descent')
      if (/^[^[*]/.test(rest)) steps.push({ type: 'field', name: field() })
    } else if (rest.startsWith('.')) {
      rest = rest.slice(1)
      if (rest.startsWith('*') || rest.startsWith('[')) continue
      const name = field()
      if (name) steps.push({ type: 'field', name })
    } else if (rest.startsWith('*')) {
      steps.push({ type: 'wildcard' })
      rest = rest.slice(1)
    } else if (rest.startsWith('[')) {
      const end = closingBracket(rest)
      steps.push(parseBracket(rest.slice(1, end)))
      rest = rest.slice(end + 1)
    } else {
      const name = field()
      if (!name)
        throw new Error(
          `unrecognized character in action: U+${(rest.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${rest.slice(0, 1)}'`,
        )
      if (steps.length === 0) throw new Error(`unrecognized identifier ${name}`)
      steps.push({ type: 'field', name })
    }
  }
  return steps
}

function closingBracket(text: string): number {
  let depth = 0
  let quoteChar = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (quoteChar) {
      if (char === '\\') index++
      else if (char === quoteChar) quoteChar = ''
    } else if (char === '"' || char === "'") quoteChar = char
    else if (char === '[' || char === '(') depth++
    else if (char === ')') depth--
    else if (char === ']' && --depth === 0) return index
  }
  throw new Error('unterminated array')
}

function parseBracket(inner: string): PathNode {
  const text = inner.trim()
  if (text === '*') return { type: 'wildcard' }
  const filter = /^\?\(([\s\S]*)\)$/.exec(text)
  if (filter) return parseFilter((filter[1] ?? '').trim())
  if (text.startsWith('?(')) throw new Error('unterminated filter')
  const parts = splitUnion(text)
  if (parts.length > 1) return { type: 'union', paths: parts.map((part) => [parseBracket(part)]) }
  // A quoted key is read as a path, dots and all, as upstream does (parseArray: dictKeyRex).
  if (/^["']/.test(text)) return { type: 'union', paths: [parsePath(`.${unquote(text)}`)] }
  const slice = /^(-?\d*)(?:(:)(-?\d*)(?::(-?\d*))?)?$/.exec(text)
  if (!slice || text === '') throw new Error(`invalid array index ${text}`)
  const number = (part: string | undefined) => (part ? Number(part) : undefined)
  const start = number(slice[1])
  const end = number(slice[3])
  const step = number(slice[4])
  return {
    type: 'slice',
    single: slice[2] === undefined,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(step === undefined ? {} : { step }),
  }
}

function splitUnion(text: string): string[] {
  const parts = ['']
  let quoteChar = ''
  for (const char of text) {
    if (quoteChar) {
      if (char === quoteChar) quoteChar = ''
    } else if (char === '"' || char === "'") quoteChar = char
    if (char === ',' && !quoteChar) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts.map((part) => part.trim())
}

function parseFilter(text: string): PathNode {
  let quoteChar = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (quoteChar) {
      if (char === '\\') index++
      else if (char === quoteChar) quoteChar = ''
      continue
    }
    if (char === '"' || char === "'") quoteChar = char
    const operator = /^(==|!=|<=|>=|<|>)/.exec(text.slice(index))?.[1]
    if (operator)
      return {
        type: 'filter',
        left: operand(text.slice(0, index).trim()),
        operator,
        right: operand(text.slice(index + operator.length).trim()),
      }
  }
  return { type: 'filter', left: operand(text), operator: 'exists' }
}

function operand(text: string): FilterOperand {
  if (/^["']/.test(text)) return [{ type: 'literal', value: unquote(text) }]
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return [{ type: 'literal', value: Number(text) }]
  if (text === 'true' || text === 'false') return [{ type: 'literal', value: text === 'true' }]
  return parsePath(text)
}
