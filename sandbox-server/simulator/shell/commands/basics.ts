// Built-ins that are programs, too, for what runs without a shell (kubectl exec, xargs, probes): echo, printf, true, false, pwd, test.
import type { Process } from '../../node/process.ts'
import { formatPrintf, interpretEscapes, joinBytes } from '../interpreter/printf.ts'
import { evaluateTest, TestError } from '../interpreter/test-expression.ts'
import type { Command } from './command.ts'
import { complain } from './files-of.ts'

export const trueCommand: Command = {
  name: 'true',
  summary: 'do nothing, successfully',
  group: 'shell',
  program: async () => 0,
}

export const falseCommand: Command = {
  name: 'false',
  summary: 'do nothing, unsuccessfully',
  group: 'shell',
  program: async () => 1,
}

export const pwdCommand: Command = {
  name: 'pwd',
  summary: 'print the working directory',
  group: 'files',
  program: async (process) => {
    await process.stdout.write(`${process.cwd}\n`)
    return 0
  },
}

export const echoCommand: Command = {
  name: 'echo',
  summary: 'print the words',
  group: 'shell',
  usage: 'echo [-neE] [WORD]...',
  program: async (process) => {
    const args = process.argv.slice(1)
    let newline = true
    let escapes = false
    while (args[0] !== undefined && /^-[neE]+$/.test(args[0])) {
      const flags = args.shift() ?? ''
      if (flags.includes('n')) newline = false
      if (flags.includes('e')) escapes = true
    }
    const text = args.join(' ')
    await process.stdout.write(
      (escapes ? joinBytes(interpretEscapes(text, true).text) : text) + (newline ? '\n' : ''),
    )
    return 0
  },
}

export const printfCommand: Command = {
  name: 'printf',
  summary: 'print by a format',
  group: 'shell',
  usage: 'printf FORMAT [ARGUMENT]...',
  program: async (process) => {
    const [format = '', ...values] = process.argv.slice(1)
    const { text, errors } = formatPrintf(format, values, process.clock.now())
    await process.stdout.write(text)
    for (const error of errors) await complain(process, error)
    return errors.length > 0 ? 1 : 0
  },
}

async function test(process: Process, args: readonly string[]): Promise<number> {
  try {
    const result = evaluateTest(args, {
      files: process.files,
      cwd: process.cwd,
      isTerminal: (descriptor) => (descriptor === 0 ? process.stdin : process.stdout).isTerminal === true,
      isSet: (name) => process.env[name] !== undefined,
      isOption: () => false,
    })
    return result ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    await complain(process, error.message)
    return 2
  }
}

export const testCommand: Command = {
  name: 'test',
  summary: 'evaluate a condition',
  group: 'shell',
  usage: 'test EXPRESSION',
  program: (process) => test(process, process.argv.slice(1)),
}

export const bracketCommand: Command = {
  name: '[',
  summary: 'evaluate a condition',
  group: 'shell',
  usage: '[ EXPRESSION ]',
  program: (process) => test(process, process.argv.slice(1, process.argv.at(-1) === ']' ? -1 : undefined)),
}
