// Conditions of `test`, `[` and `[[`: files, strings and numbers, with POSIX' rules for the number of arguments.
import { type FileStat, type FileSystem, resolvePath } from '../../node/file-system.ts'

export interface TestContext {
  readonly files: FileSystem
  readonly cwd: string
  isTerminal(descriptor: number): boolean
  isSet(variable: string): boolean
  isOption(option: string): boolean
}

export class TestError extends Error {}

const unaryOperators = new Set(
  [...'abcdefghkprstuwxGLNOSzno'].map((letter) => `-${letter}`).concat('-v', '-R'),
)
const binaryOperators = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
])

export function testUnary(operator: string, operand: string, context: TestContext): boolean {
  const stat = (followLinks = true): FileStat | undefined =>
    operand === '' ? undefined : context.files.stat(resolvePath(context.cwd, operand), { followLinks })
  switch (operator) {
    case '-z':
      return operand === ''
    case '-n':
      return operand !== ''
    case '-e':
    case '-a':
      return stat() !== undefined
    case '-f':
      return stat()?.type === 'file'
    case '-d':
      return stat()?.type === 'directory'
    case '-h':
    case '-L':
      return stat(false)?.type === 'symlink'
    case '-s':
      return (stat()?.size ?? 0) > 0
    case '-r':
    case '-w':
    case '-O':
    case '-G':
    case '-N':
      // Everybody is root here.
      return stat() !== undefined
    case '-x':
      return stat()?.type === 'directory' || ((stat()?.mode ?? 0) & 0o111) !== 0
    case '-t':
      return context.isTerminal(Number(operand))
    case '-v':
    case '-R':
      return context.isSet(operand)
    case '-o':
      return context.isOption(operand)
    default:
      // Devices, sockets, pipes, set-id bits: there are none.
      return false
  }
}

export function testBinary(operator: string, left: string, right: string, context: TestContext): boolean {
  const modified = (path: string) => context.files.stat(resolvePath(context.cwd, path))?.modifiedAt
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '>':
      return left > right
    case '-nt':
      return (modified(left) ?? -1) > (modified(right) ?? -1)
    case '-ot':
      return (modified(left) ?? -1) < (modified(right) ?? -1)
    case '-ef':
      return (
        modified(left) !== undefined && resolvePath(context.cwd, left) === resolvePath(context.cwd, right)
      )
    default:
      return compareNumbers(operator, toInteger(left), toInteger(right))
  }
}

export function compareNumbers(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    case '-ge':
      return a >= b
    default:
      throw new TestError(`${operator}: binary operator expected`)
  }
}

function toInteger(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`)
  return BigInt(text.trim().replace(/^\+/, ''))
}

/** The arguments of `test`. Throws TestError with bash's words. */
export function evaluateTest(args: readonly string[], context: TestContext): boolean {
  let position = 0
  const peek = () => args[position]
  const or = (): boolean => {
    let value = and()
    while (peek() === '-o') {
      position++
      const right = and()
      value = value || right
    }
    return value
  }
  const and = (): boolean => {
    let value = not()
    while (peek() === '-a') {
      position++
      const right = not()
      value = value && right
    }
    return value
  }
  const not = (): boolean => {
    if (peek() === '!' && args.length - position > 1) {
      position++
      return !not()
    }
    return primary()
  }
  const primary = (): boolean => {
    const first = peek()
    if (first === undefined) throw new TestError('argument expected')
    const operator = args[position + 1]
    const right = args[position + 2]
    if (operator !== undefined && binaryOperators.has(operator) && right !== undefined) {
      position += 3
      return testBinary(operator, first, right, context)
    }
    if (first === '(') {
      position++
      const value = or()
      if (peek() !== ')') throw new TestError("`)' expected")
      position++
      return value
    }
    if (unaryOperators.has(first) && operator !== undefined) {
      position += 2
      return testUnary(first, operator, context)
    }
    if (operator !== undefined && /^-[a-z]{2}$/.test(operator))
      throw new TestError(`${operator}: binary operator expected`)
    position++
    return first !== ''
  }
  if (args.length === 0) return false
  const value = or()
  if (position < args.length) {
    throw new TestError(
      args.length > 3 ? 'too many arguments' : `${args[position]}: binary operator expected`,
    )
  }
  return value
}
