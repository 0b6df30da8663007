// ${...}: the value of a parameter and what bash can do with it on the way (PARAMETER EXPANSION in bash(1)).
import type { ArithmeticExpression, ParameterOperation, PartOf, WordNode } from './ast.ts'
import { ShellError } from './control.ts'
import { matchesPattern, patternSource } from './pattern.ts'
import { quoteForShell } from './quote.ts'
import type { Run } from './shell.ts'

export interface ExpansionTools {
  string(word: WordNode): Promise<string>
  pattern(word: WordNode): Promise<string>
  number(expression: ArithmeticExpression): Promise<number>
}

/** A word where a default stands in, so that its own quotes count. */
export type ParameterValue = string | WordNode

/** Several values only for $@, $* and arrays; empty where there is none. `quoted`: within double quotes. */
export async function expandParameter(
  part: PartOf<'ParameterExpansion'>,
  run: Run,
  tools: ExpansionTools,
  quoted: boolean,
): Promise<ParameterValue[]> {
  return operate(part.parameter, part.operation, run, tools, quoted)
}

async function operate(
  parameter: string,
  operation: ParameterOperation | null,
  run: Run,
  tools: ExpansionTools,
  quoted: boolean,
): Promise<ParameterValue[]> {
  const { shell } = run
  if (operation?.type === 'ArrayKeys') {
    return joined([...shell.variables.elements(operation.array).keys()], operation.star, quoted, run)
  }
  if (operation?.type === 'VarNamePrefix') {
    const names = shell.variables.names().filter((name) => name.startsWith(operation.prefix))
    return joined(names, operation.star, quoted, run)
  }
  if (operation?.type === 'Indirection') {
    const name = (await valuesOf(parameter, run, tools)).values[0]
    if (!name) throw new ShellError(`${parameter}: invalid indirect expansion`)
    return operate(name, operation.innerOp ?? null, run, tools, quoted)
  }
  if (operation?.type === 'BadSubstitution' || operation?.type === 'LengthSliceError') {
    throw new ShellError(`\${${'text' in operation ? operation.text : parameter}}: bad substitution`)
  }
  const { values, list, star } = await valuesOf(parameter, run, tools)
  const unset = values.length === 0
  const missing = (checkEmpty: boolean) => unset || (checkEmpty && values.join('') === '')
  if (!operation) {
    if (unset && !list) requireSet(parameter, run)
    return list ? joined(values, star, quoted, run) : [values[0] ?? '']
  }
  switch (operation.type) {
    case 'DefaultValue':
      if (missing(operation.checkEmpty)) return [operation.word]
      return list ? joined(values, star, quoted, run) : [values[0] ?? '']
    case 'UseAlternative':
      return missing(operation.checkEmpty) ? (list ? [] : ['']) : [operation.word]
    case 'AssignDefault': {
      if (!missing(operation.checkEmpty)) return [values[0] ?? '']
      const value = await tools.string(operation.word)
      await assignParameter(parameter, value, run, tools)
      return [value]
    }
    case 'ErrorIfUnset': {
      if (!missing(operation.checkEmpty)) return list ? joined(values, star, quoted, run) : [values[0] ?? '']
      const text = operation.word ? await tools.string(operation.word) : ''
      throw new ShellError(`${parameter}: ${text || 'parameter null or not set'}`, 127, true)
    }
    case 'Length':
      if (list) return [String(values.length)]
      if (unset) requireSet(parameter, run)
      return [String([...(values[0] ?? '')].length)]
    case 'Substring':
      return substring(parameter, values, list, star, operation, run, tools, quoted)
    case 'PatternRemoval':
    case 'PatternReplacement':
    case 'CaseModification':
    case 'Transform': {
      if (unset && !list) requireSet(parameter, run)
      const change = await transformer(parameter, operation, tools, run)
      const changed = (unset && !list ? [''] : values).map(change)
      return list ? joined(changed, star, quoted, run) : [changed[0] ?? '']
    }
  }
}

function joined(values: readonly string[], star: boolean, quoted: boolean, run: Run): string[] {
  if (!star || !quoted) return [...values]
  const ifs = run.shell.variables.get('IFS')
  return [values.join(ifs === undefined ? ' ' : ifs.charAt(0))]
}

function requireSet(parameter: string, run: Run): void {
  if (run.shell.options.nounset) throw new ShellError(`${parameter}: unbound variable`, 1, true)
}

interface Values {
  readonly values: readonly string[]
  readonly list: boolean
  readonly star: boolean
}

/** The values of a parameter; none where it is unset. */
async function valuesOf(parameter: string, run: Run, tools: ExpansionTools): Promise<Values> {
  const { shell } = run
  const one = (value: string | undefined): Values => ({
    values: value === undefined ? [] : [value],
    list: false,
    star: false,
  })
  if (parameter === '@' || parameter === '*') {
    return { values: shell.positional, list: true, star: parameter === '*' }
  }
  const subscript = /^(\w+)\[([\s\S]*)\]$/.exec(parameter)
  if (subscript) {
    const [, name = '', key = ''] = subscript
    const elements = name === 'PIPESTATUS' ? pipeStatus(run) : shell.variables.elements(name)
    if (key === '@' || key === '*') return { values: [...elements.values()], list: true, star: key === '*' }
    return one(elements.get(await elementKey(name, key, run, tools)))
  }
  return one(specialParameter(parameter, run) ?? shell.variables.get(parameter))
}

function pipeStatus(run: Run): Map<string, string> {
  return new Map(run.shell.pipeStatus.map((status, index) => [String(index), String(status)]))
}

/** The key of an array element: text for associative arrays, an arithmetic value (from the end where negative) otherwise. */
export async function elementKey(
  name: string,
  key: string,
  run: Run,
  tools: ExpansionTools,
): Promise<string> {
  const { shell } = run
  if (/^\d+$/.test(key)) return key
  const associative = shell.variables.find(name)?.kind === 'associative'
  const command = shell.parse(associative ? `: ${key.includes('"') ? key : `"${key}"`}` : `: $((${key}))`)
  const simple = command.statements[0]?.pipelines[0]?.commands[0]
  const word = simple?.type === 'SimpleCommand' ? simple.args[0] : undefined
  const text = word ? await tools.string(word) : key
  if (associative || !text.startsWith('-')) return text
  const last = [...shell.variables.elements(name).keys()].at(-1)
  return String(Number(last ?? -1) + 1 + Number(text))
}

function specialParameter(name: string, run: Run): string | undefined {
  const { shell } = run
  if (/^\d+$/.test(name)) return name === '0' ? shell.name : shell.positional[Number(name) - 1]
  switch (name) {
    case '#':
      return String(shell.positional.length)
    case '?':
      return String(shell.status)
    case '$':
    case 'BASHPID':
      return String(shell.process.pid)
    case '!':
      return shell.backgroundPid === undefined ? undefined : String(shell.backgroundPid)
    case '_':
      return shell.lastArgument
    case '-':
      return `${shell.options.errexit ? 'e' : ''}${shell.interactive ? 'i' : ''}${shell.options.nounset ? 'u' : ''}${shell.options.xtrace ? 'x' : ''}`
    case 'RANDOM':
      return String(shell.process.random.integer(32768))
    case 'SECONDS':
      return String(Math.floor((shell.process.clock.now() - shell.startedAt) / 1000))
    case 'EPOCHSECONDS':
      return String(Math.floor(shell.process.clock.now() / 1000))
    case 'LINENO':
      return String(shell.line)
    case 'PIPESTATUS':
      return String(shell.pipeStatus[0] ?? 0)
    default:
      return undefined
  }
}

export async function assignParameter(
  parameter: string,
  value: string,
  run: Run,
  tools: ExpansionTools,
): Promise<void> {
  const subscript = /^(\w+)\[([\s\S]*)\]$/.exec(parameter)
  if (subscript?.[1] !== undefined) {
    const key = await elementKey(subscript[1], subscript[2] ?? '', run, tools)
    run.shell.variables.setElement(subscript[1], key, value)
  } else if (/^[A-Za-z_]\w*$/.test(parameter)) run.shell.variables.set(parameter, value)
  else throw new ShellError(`$${parameter}: cannot assign in this way`)
}

async function substring(
  parameter: string,
  values: readonly string[],
  list: boolean,
  star: boolean,
  operation: Extract<ParameterOperation, { type: 'Substring' }>,
  run: Run,
  tools: ExpansionTools,
  quoted: boolean,
): Promise<string[]> {
  const offset = await tools.number(operation.offset)
  const length = operation.length ? await tools.number(operation.length) : undefined
  // ${@:0} counts $0.
  const all = list
    ? parameter === '@' || parameter === '*'
      ? [run.shell.name, ...values]
      : [...values]
    : [...(values[0] ?? '')]
  const start = offset < 0 ? all.length + offset : offset
  if (start < 0) return list ? [] : ['']
  const end = length === undefined ? all.length : length < 0 ? all.length + length : start + length
  if (end < start) throw new ShellError(`${length}: substring expression < 0`)
  const taken = all.slice(start, end)
  return list ? joined(taken, star, quoted, run) : [taken.join('')]
}

async function transformer(
  parameter: string,
  operation: Extract<
    ParameterOperation,
    { type: 'PatternRemoval' | 'PatternReplacement' | 'CaseModification' | 'Transform' }
  >,
  tools: ExpansionTools,
  run: Run,
): Promise<(value: string) => string> {
  switch (operation.type) {
    case 'PatternRemoval': {
      const pattern = await tools.pattern(operation.pattern)
      return (value) => removePattern(value, pattern, operation.side, operation.greedy)
    }
    case 'PatternReplacement': {
      const source = patternSource(await tools.pattern(operation.pattern))
      const replacement = operation.replacement ? await tools.string(operation.replacement) : ''
      const anchored = `${operation.anchor === 'start' ? '^' : ''}(?:${source})${operation.anchor === 'end' ? '$' : ''}`
      if (source === '') return (value) => value
      const regexp = new RegExp(anchored, operation.all ? 'gu' : 'u')
      return (value) => value.replace(regexp, () => replacement)
    }
    case 'CaseModification': {
      const pattern = operation.pattern ? await tools.pattern(operation.pattern) : '?'
      const convert = (character: string) => {
        if (!matchesPattern(character, pattern)) return character
        return operation.direction === 'upper' ? character.toUpperCase() : character.toLowerCase()
      }
      return (value) => [...value].map((c, index) => (operation.all || index === 0 ? convert(c) : c)).join('')
    }
    case 'Transform':
      switch (operation.operator) {
        case 'Q':
          return quoteForShell
        case 'U':
          return (value) => value.toUpperCase()
        case 'L':
          return (value) => value.toLowerCase()
        case 'u':
          return (value) => value.charAt(0).toUpperCase() + value.slice(1)
        case 'a':
          return () => (run.shell.variables.find(parameter)?.exported ? 'x' : '')
        case 'A':
          return (value) => `${parameter}=${quoteForShell(value)}`
        case 'E':
        case 'P':
        case 'K':
        case 'k':
          throw new ShellError(`\${${parameter}@${operation.operator}}: not supported in this shell`)
      }
  }
}

function removePattern(value: string, pattern: string, side: 'prefix' | 'suffix', greedy: boolean): string {
  if (side === 'prefix') {
    const match = new RegExp(`^(?:${patternSource(pattern, '[\\s\\S]*', '[\\s\\S]', greedy)})`, 'u').exec(
      value,
    )
    return match ? value.slice(match[0].length) : value
  }
  const whole = new RegExp(`^(?:${patternSource(pattern)})$`, 'u')
  if (greedy) {
    for (let i = 0; i <= value.length; i++) if (whole.test(value.slice(i))) return value.slice(0, i)
  } else {
    for (let i = value.length; i >= 0; i--) if (whole.test(value.slice(i))) return value.slice(0, i)
  }
  return value
}
