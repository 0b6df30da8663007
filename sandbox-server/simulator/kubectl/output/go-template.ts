// Go's text/template as far as `-o go-template` needs it: fields, variables, pipelines, if, range, with and the common
// functions. Source: text/template/parse and exec.go.
import { CliError } from '../errors.ts'
import { isRecord } from '../object.ts'
import { goPrint } from './custom-columns.ts'
import { callFunction, truth } from './go-template-functions.ts'

type Node =
  | { type: 'text'; text: string }
  | { type: 'action'; pipeline: string[][]; declares: string[]; assigns: boolean }
  | {
      type: 'block'
      keyword: 'if' | 'range' | 'with'
      pipeline: string[][]
      declares: string[]
      body: Node[]
      otherwise: Node[]
    }
  | { type: 'break' }
  | { type: 'continue' }

class Break extends Error {}
class Continue extends Error {}

type Scope = Map<string, unknown>[]

export class GoTemplate {
  readonly #nodes: Node[]

  constructor(template: string) {
    const tokens = lex(template)
    const { nodes, rest } = parse(tokens)
    if (rest.length > 0)
      throw new CliError(
        `error parsing template ${template}, template: output:1: unexpected {{${rest[0]?.text}}}`,
      )
    this.#nodes = nodes
  }

  render(data: unknown): string {
    return render(this.#nodes, data, [new Map([['$', data]])])
  }
}

interface Token {
  readonly action: boolean
  readonly text: string
}

function lex(template: string): Token[] {
  const tokens: Token[] = []
  let rest = template
  let trimNext = false
  for (;;) {
    const match = /\{\{(-\s)?([\s\S]*?)(\s-)?\}\}/.exec(rest)
    let text = match ? rest.slice(0, match.index) : rest
    if (trimNext) text = text.trimStart()
    if (match?.[1]) text = text.trimEnd()
    if (text) tokens.push({ action: false, text })
    if (!match) return tokens
    trimNext = match[3] !== undefined
    const action = (match[2] ?? '').trim()
    if (!action.startsWith('/*')) tokens.push({ action: true, text: action })
    rest = rest.slice(match.index + match[0].length)
  }
}

function parse(tokens: readonly Token[]): { nodes: Node[]; rest: readonly Token[] } {
  const nodes: Node[] = []
  let rest: readonly Token[] = tokens
  for (let token = rest[0]; token; token = rest[0]) {
    if (token.action && /^(end|else)\b/.test(token.text)) break
    rest = rest.slice(1)
    if (!token.action) nodes.push({ type: 'text', text: token.text })
    else if (token.text === 'break' || token.text === 'continue')
      nodes.push(token.text === 'break' ? { type: 'break' } : { type: 'continue' })
    else {
      const block = /^(if|range|with)\b([\s\S]*)$/.exec(token.text)
      if (block) {
        const inner = parseBlock(block[1] as 'if' | 'range' | 'with', block[2] ?? '', rest)
        nodes.push(inner.node)
        rest = inner.rest
      } else nodes.push({ type: 'action', ...pipelineOf(token.text) })
    }
  }
  return { nodes, rest }
}

function parseBlock(
  keyword: 'if' | 'range' | 'with',
  head: string,
  tokens: readonly Token[],
): { node: Node; rest: readonly Token[] } {
  const body = parse(tokens)
  const stop = body.rest[0]
  if (!stop) throw new CliError('error parsing template: template: output:1: unexpected EOF')
  let rest: readonly Token[] = body.rest.slice(1)
  let otherwise: Node[] = []
  const chained = /^else\s+(if|with)\b([\s\S]*)$/.exec(stop.text)
  if (chained) {
    const inner = parseBlock(chained[1] as 'if' | 'with', chained[2] ?? '', rest)
    otherwise = [inner.node]
    rest = inner.rest
  } else if (stop.text === 'else') {
    const other = parse(rest)
    otherwise = other.nodes
    rest = other.rest.slice(1)
  }
  const { pipeline, declares } = pipelineOf(head)
  return { node: { type: 'block', keyword, pipeline, declares, body: body.nodes, otherwise }, rest }
}

/** Words of each command of a pipeline, with the variables that it sets. */
function pipelineOf(text: string): { pipeline: string[][]; declares: string[]; assigns: boolean } {
  const declaration = /^\s*(\$\w*(?:\s*,\s*\$\w*)?)\s*(:?=)\s*(?!=)/.exec(text)
  const declares = declaration ? (declaration[1] ?? '').split(',').map((name) => name.trim()) : []
  const words = splitWords(declaration ? text.slice(declaration[0].length) : text)
  const pipeline: string[][] = [[]]
  for (const word of words)
    if (word === '|') pipeline.push([])
    else pipeline.at(-1)?.push(word)
  return { pipeline, declares, assigns: declaration?.[2] === '=' }
}

function splitWords(text: string): string[] {
  const words: string[] = []
  let current = ''
  let depth = 0
  let quoteChar = ''
  const end = () => {
    if (current) words.push(current)
    current = ''
  }
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (quoteChar) {
      current += char
      if (char === '\\' && quoteChar === '"') current += text[++index] ?? ''
      else if (char === quoteChar) quoteChar = ''
      continue
    }
    if (char === '"' || char === '`' || char === "'") quoteChar = char
    if (char === '(') depth++
    if (char === ')') depth--
    if (depth === 0 && /\s/.test(char)) end()
    else if (depth === 0 && char === '|') {
      end()
      words.push('|')
    } else current += char
  }
  end()
  return words
}

function render(nodes: readonly Node[], dot: unknown, scope: Scope): string {
  let output = ''
  for (const node of nodes) {
    if (node.type === 'text') output += node.text
    else if (node.type === 'break') throw new Break(output)
    else if (node.type === 'continue') throw new Continue(output)
    else if (node.type === 'action') {
      const value = evaluate(node.pipeline, dot, scope)
      if (node.declares.length === 0) output += shown(value)
      else for (const name of node.declares) setVariable(scope, name, value, node.assigns)
    } else output += renderBlock(node, dot, scope)
  }
  return output
}

function renderBlock(node: Extract<Node, { type: 'block' }>, dot: unknown, scope: Scope): string {
  const value = evaluate(node.pipeline, dot, scope)
  const inner = [...scope, new Map<string, unknown>()]
  const declare = (name: string | undefined, item: unknown) => {
    if (name) inner.at(-1)?.set(name, item)
  }
  if (node.keyword !== 'range') {
    declare(node.declares[0], value)
    if (!truth(value)) return render(node.otherwise, dot, inner)
    return render(node.body, node.keyword === 'with' ? value : dot, inner)
  }
  const entries: [unknown, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isRecord(value)
      ? Object.keys(value)
          .sort()
          .map((key) => [key, value[key]])
      : typeof value === 'number'
        ? Array.from({ length: value }, (_, index) => [index, index])
        : []
  if (entries.length === 0) return render(node.otherwise, dot, inner)
  let output = ''
  for (const [key, item] of entries) {
    const [first, second] = node.declares
    if (second) declare(first, key)
    declare(second ?? first, item)
    try {
      output += render(node.body, item, inner)
    } catch (stop) {
      if (stop instanceof Continue) output += stop.message
      else if (stop instanceof Break) return output + stop.message
      else throw stop
    }
  }
  return output
}

function setVariable(scope: Scope, name: string, value: unknown, assigns: boolean): void {
  const frame = assigns ? scope.findLast((candidate) => candidate.has(name)) : scope.at(-1)
  frame?.set(name, value)
}

function evaluate(pipeline: readonly (readonly string[])[], dot: unknown, scope: Scope): unknown {
  let piped: unknown[] = []
  for (const words of pipeline) {
    const [head = '', ...rest] = words
    if (/^[a-zA-Z]\w*$/.test(head) && !['true', 'false', 'nil'].includes(head))
      piped = [callFunction(head, [...rest.map((word) => operand(word, dot, scope)), ...piped])]
    else piped = [operand(head, dot, scope)]
  }
  return piped[0]
}

function operand(word: string, dot: unknown, scope: Scope): unknown {
  if (word === '.') return dot
  if (word === 'true' || word === 'false') return word === 'true'
  if (word === 'nil') return null
  if (/^[-+]?\d+(\.\d+)?$/.test(word)) return Number(word)
  if (word.startsWith('"')) return JSON.parse(word)
  if (word.startsWith('`')) return word.slice(1, -1)
  if (word.startsWith('(')) {
    const end = word.lastIndexOf(')')
    const value = evaluate(pipelineOf(word.slice(1, end)).pipeline, dot, scope)
    return fields(value, word.slice(end + 1))
  }
  const variable = /^(\$\w*)(.*)$/.exec(word)
  if (variable) {
    const name = variable[1] ?? ''
    const frame = scope.findLast((candidate) => candidate.has(name))
    if (!frame) throw new CliError(`error parsing template: template: output:1: undefined variable "${name}"`)
    return fields(frame.get(name), variable[2] ?? '')
  }
  if (word.startsWith('.')) return fields(dot, word)
  if (/^[a-zA-Z]\w*$/.test(word)) return callFunction(word, [])
  throw new CliError(
    `error parsing template: template: output:1: unexpected ${JSON.stringify(word)} in operand`,
  )
}

function fields(value: unknown, path: string): unknown {
  return path
    .split('.')
    .filter((name) => name !== '')
    .reduce<unknown>((current, name) => (isRecord(current) ? current[name] : undefined), value)
}

function shown(value: unknown): string {
  return value === undefined || value === null ? '<no value>' : goPrint(value)
}
