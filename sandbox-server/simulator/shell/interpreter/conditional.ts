// [[ ]]: words are not split, == takes a pattern and =~ a regular expression.
import { evaluateArithmetic } from './arithmetic.ts'
import type { Conditional } from './ast.ts'
import { ShellError } from './control.ts'
import { expandToPattern, expandToRegExp, expandToString } from './expand.ts'
import { matchesPattern } from './pattern.ts'
import { type Run, stdoutOf } from './shell.ts'
import { compareNumbers, type TestContext, testBinary, testUnary } from './test-expression.ts'

export function testContext(run: Run): TestContext {
  const { shell } = run
  return {
    files: shell.process.files,
    cwd: shell.cwd,
    isTerminal: (descriptor) => {
      const fd = run.fds.get(descriptor)
      return Boolean(
        fd?.reader?.isTerminal || fd?.writer?.isTerminal || (descriptor === 1 && stdoutOf(run).isTerminal),
      )
    },
    isSet: (name) => {
      const element = /^(\w+)\[(.*)\]$/.exec(name)
      if (element) return shell.variables.elements(element[1] ?? '').has(element[2] ?? '')
      return shell.variables.get(name) !== undefined || shell.variables.find(name)?.value instanceof Map
    },
    isOption: (option) => shell.options[option as keyof typeof shell.options] === true,
  }
}

export async function evaluateConditional(node: Conditional, run: Run): Promise<boolean> {
  switch (node.type) {
    case 'CondWord':
      return (await expandToString(node.word, run)) !== ''
    case 'CondNot':
      return !(await evaluateConditional(node.operand, run))
    case 'CondAnd':
      return (await evaluateConditional(node.left, run)) && (await evaluateConditional(node.right, run))
    case 'CondOr':
      return (await evaluateConditional(node.left, run)) || (await evaluateConditional(node.right, run))
    case 'CondGroup':
      return evaluateConditional(node.expression, run)
    case 'CondUnary':
      return testUnary(node.operator, await expandToString(node.operand, run), testContext(run))
    case 'CondBinary':
      return binary(node, run)
  }
}

async function binary(node: Extract<Conditional, { type: 'CondBinary' }>, run: Run): Promise<boolean> {
  const left = await expandToString(node.left, run)
  const ignoreCase = run.shell.options.nocasematch
  switch (node.operator) {
    case '=':
    case '==':
      return matchesPattern(left, await expandToPattern(node.right, run), ignoreCase)
    case '!=':
      return !matchesPattern(left, await expandToPattern(node.right, run), ignoreCase)
    case '=~': {
      const match = regularExpression(await expandToRegExp(node.right, run), ignoreCase).exec(left)
      const groups = match ? [...match].map((text, index) => [String(index), text ?? ''] as const) : []
      run.shell.variables.setArray('BASH_REMATCH', new Map(groups), 'indexed')
      return match !== null
    }
    case '<':
    case '>':
    case '-nt':
    case '-ot':
    case '-ef':
      return testBinary(node.operator, left, await expandToString(node.right, run), testContext(run))
    default: {
      const right = await expandToString(node.right, run)
      return compareNumbers(node.operator, await number(left, run), await number(right, run))
    }
  }
}

function regularExpression(source: string, ignoreCase: boolean): RegExp {
  const posix = source.replace(/\[\[:(\w+):\]\]/g, (_, name: string) =>
    name === 'digit'
      ? '[0-9]'
      : name === 'alpha'
        ? '[A-Za-z]'
        : name === 'alnum'
          ? '[A-Za-z0-9]'
          : name === 'space'
            ? '\\s'
            : '.',
  )
  try {
    return new RegExp(posix, ignoreCase ? 'i' : '')
  } catch {
    throw new ShellError(`[[: invalid regular expression \`${source}'`, 2)
  }
}

/** Arguments of -eq and its like are arithmetic in [[ ]]. */
async function number(text: string, run: Run): Promise<bigint> {
  const command = run.shell.parse(`: $((${text.trim() === '' ? '0' : text}))`).statements[0]?.pipelines[0]
    ?.commands[0]
  const part = command?.type === 'SimpleCommand' ? command.args[0]?.parts[0] : undefined
  if (part?.type !== 'ArithmeticExpansion') return 0n
  return evaluateArithmetic(part.expression.expression, { run, expand: (word) => expandToString(word, run) })
}
