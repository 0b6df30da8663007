// $(( )), (( )) and let: C's operators on 64-bit integers as bash has them (ARITHMETIC EVALUATION in bash(1)).
import type { Arithmetic, WordNode } from './ast.ts'
import { ShellError } from './control.ts'
import type { Run } from './shell.ts'

export interface ArithmeticContext {
  readonly run: Run
  /** Expands a word as within double quotes. */
  expand(word: WordNode): Promise<string>
}

const wrap = (value: bigint) => BigInt.asIntN(64, value)

export async function evaluateArithmetic(node: Arithmetic, context: ArithmeticContext): Promise<bigint> {
  switch (node.type) {
    case 'ArithNumber':
      if (!Number.isFinite(node.value)) throw new ShellError('value too great for base')
      return wrap(BigInt(Math.trunc(node.value)))
    case 'ArithVariable':
      return numberFrom(context.run.shell.variables.get(node.name) ?? special(node.name, context), context)
    case 'ArithSpecialVar':
      return numberFrom(special(node.name, context), context)
    case 'ArithGroup':
    case 'ArithNested':
      return evaluateArithmetic(node.expression, context)
    case 'ArithBracedExpansion':
      return numberFrom(await expandText(`\${${node.content}}`, context), context)
    case 'ArithCommandSubst':
      return numberFrom(await expandText(`$(${node.command})`, context), context)
    case 'ArithArrayElement': {
      const key = node.stringKey ?? String(node.index ? await evaluateArithmetic(node.index, context) : 0n)
      return numberFrom(context.run.shell.variables.elements(node.array).get(key), context)
    }
    case 'ArithSingleQuote':
      return BigInt(node.value)
    case 'ArithUnary':
      return unary(node, context)
    case 'ArithTernary':
      return (await evaluateArithmetic(node.condition, context)) !== 0n
        ? evaluateArithmetic(node.consequent, context)
        : evaluateArithmetic(node.alternate, context)
    case 'ArithAssignment':
      return assign(node, context)
    case 'ArithBinary':
      return binary(node, context)
    case 'ArithConcat':
    case 'ArithDynamicNumber':
    case 'ArithDynamicBase':
    case 'ArithDynamicAssignment':
    case 'ArithDynamicElement':
    case 'ArithDoubleSubscript':
    case 'ArithNumberSubscript':
      throw new ShellError('arithmetic syntax error: names built from parts are not supported')
    case 'ArithSyntaxError':
      throw new ShellError(`${node.message} (error token is "${node.errorToken}")`)
  }
}

/** The value of a variable's text: a number in any base, or an expression in its turn. */
async function numberFrom(text: string | undefined, context: ArithmeticContext): Promise<bigint> {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '') return 0n
  if (/^[-+]?(0|[1-9]\d*)$/.test(trimmed)) return wrap(BigInt(trimmed.replace(/^\+/, '')))
  const word = context.run.shell.parse(`: $((${trimmed}))`).statements[0]?.pipelines[0]?.commands[0]
  const part = word?.type === 'SimpleCommand' ? word.args[0]?.parts[0] : undefined
  if (part?.type !== 'ArithmeticExpansion') {
    throw new ShellError(`${trimmed}: arithmetic syntax error: invalid operand`)
  }
  if (part.expression.expression.type === 'ArithVariable' && part.expression.expression.name === trimmed) {
    // A name as a value: one step, so that a=a ends.
    const next = context.run.shell.variables.get(trimmed)
    return next === undefined || next === trimmed ? 0n : numberFrom(next, context)
  }
  return evaluateArithmetic(part.expression.expression, context)
}

function special(name: string, { run: { shell } }: ArithmeticContext): string | undefined {
  if (name === '#') return String(shell.positional.length)
  if (name === '?') return String(shell.status)
  if (name === '$') return String(shell.process.pid)
  if (name === '!') return String(shell.backgroundPid ?? '')
  if (name === 'RANDOM') return String(shell.process.random.integer(32768))
  if (name === 'SECONDS') return String(Math.floor((shell.process.clock.now() - shell.startedAt) / 1000))
  if (name === 'LINENO') return String(shell.line)
  if (/^\d+$/.test(name)) return name === '0' ? shell.name : shell.positional[Number(name) - 1]
  return undefined
}

async function expandText(text: string, context: ArithmeticContext): Promise<string> {
  const command = context.run.shell.parse(`: "${text}"`).statements[0]?.pipelines[0]?.commands[0]
  const word = command?.type === 'SimpleCommand' ? command.args[0] : undefined
  return word ? context.expand(word) : ''
}

async function store(
  target: { name: string; key?: string },
  value: bigint,
  context: ArithmeticContext,
): Promise<void> {
  const { variables } = context.run.shell
  if (target.key === undefined) variables.set(target.name, String(value))
  else variables.setElement(target.name, target.key, String(value))
}

async function unary(node: Extract<Arithmetic, { type: 'ArithUnary' }>, context: ArithmeticContext) {
  if (node.operator === '++' || node.operator === '--') {
    const { operand } = node
    const before = await evaluateArithmetic(operand, context)
    const after = wrap(node.operator === '++' ? before + 1n : before - 1n)
    if (operand.type === 'ArithVariable') await store({ name: operand.name }, after, context)
    else if (operand.type === 'ArithArrayElement') {
      const key =
        operand.stringKey ?? String(operand.index ? await evaluateArithmetic(operand.index, context) : 0n)
      await store({ name: operand.array, key }, after, context)
    } else throw new ShellError('arithmetic syntax error: attempted assignment to non-variable')
    return node.prefix ? after : before
  }
  const value = await evaluateArithmetic(node.operand, context)
  if (node.operator === '-') return wrap(-value)
  if (node.operator === '!') return value === 0n ? 1n : 0n
  if (node.operator === '~') return wrap(~value)
  return value
}

async function assign(node: Extract<Arithmetic, { type: 'ArithAssignment' }>, context: ArithmeticContext) {
  const { variables } = context.run.shell
  const key =
    node.stringKey ?? (node.subscript ? String(await evaluateArithmetic(node.subscript, context)) : undefined)
  let value = await evaluateArithmetic(node.value, context)
  if (node.operator !== '=') {
    const text = key === undefined ? variables.get(node.variable) : variables.elements(node.variable).get(key)
    const operator = node.operator.slice(0, -1) as '+'
    value = operate(operator, await numberFrom(text, context), value)
  }
  await store(key === undefined ? { name: node.variable } : { name: node.variable, key }, value, context)
  return value
}

async function binary(node: Extract<Arithmetic, { type: 'ArithBinary' }>, context: ArithmeticContext) {
  const left = await evaluateArithmetic(node.left, context)
  if (node.operator === '&&' && left === 0n) return 0n
  if (node.operator === '||' && left !== 0n) return 1n
  return operate(node.operator, left, await evaluateArithmetic(node.right, context))
}

type BinaryOperator = Extract<Arithmetic, { type: 'ArithBinary' }>['operator']

function operate(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  const flag = (value: boolean) => (value ? 1n : 0n)
  switch (operator) {
    case '+':
      return wrap(a + b)
    case '-':
      return wrap(a - b)
    case '*':
      return wrap(a * b)
    case '/':
    case '%':
      if (b === 0n) throw new ShellError('division by 0')
      return wrap(operator === '/' ? a / b : a % b)
    case '**':
      if (b < 0n) throw new ShellError('exponent less than 0')
      return wrap(power(a, b))
    case '<<':
      return wrap(a << (b & 63n))
    case '>>':
      return wrap(a >> (b & 63n))
    case '<':
      return flag(a < b)
    case '<=':
      return flag(a <= b)
    case '>':
      return flag(a > b)
    case '>=':
      return flag(a >= b)
    case '==':
      return flag(a === b)
    case '!=':
      return flag(a !== b)
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '&&':
      return flag(a !== 0n && b !== 0n)
    case '||':
      return flag(a !== 0n || b !== 0n)
    case ',':
      return b
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let factor = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrap(result * factor)
    factor = wrap(factor * factor)
  }
  return result
}
