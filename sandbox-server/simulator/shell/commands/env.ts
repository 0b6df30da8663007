// env(1) and printenv(1).
import type { Command } from './command.ts'
import { complain } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const envCommand: Command = {
  name: 'env',
  summary: 'print the environment, or run a command in another one',
  group: 'system',
  usage: 'env [-i] [-u NAME] [NAME=VALUE]... [COMMAND [ARGUMENT]...]',
  flags: { '-i': 'start with an empty environment', '-u': 'without a variable' },
  program: withUsage(async (process) => {
    const options = parseOptions(
      process.argv.slice(1),
      { i: 'empty', 'ignore-environment': 'empty', u: '=unset', unset: '=unset', '0': 'null' },
      { stopAtOperand: true },
    )
    const env: Record<string, string> = options.has('empty') ? {} : { ...process.env }
    for (const name of options.values('unset')) delete env[name]
    let i = 0
    for (; i < options.operands.length; i++) {
      const match = /^(\w+)=([\s\S]*)$/.exec(options.operands[i] ?? '')
      if (!match?.[1]) break
      env[match[1]] = match[2] ?? ''
    }
    const command = options.operands.slice(i)
    if (command.length === 0) {
      await process.stdout.write(
        Object.entries(env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
      return 0
    }
    const status = await process.spawn(command, { env })
    if (status === 127) await complain(process, `'${command[0]}': No such file or directory`)
    return status
  }),
}

export const printenvCommand: Command = {
  name: 'printenv',
  summary: 'print variables of the environment',
  group: 'system',
  usage: 'printenv [NAME]...',
  program: async (process) => {
    const names = process.argv.slice(1)
    if (names.length === 0) {
      await process.stdout.write(
        Object.entries(process.env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
      return 0
    }
    const values = names.flatMap((name) => process.env[name] ?? [])
    await process.stdout.write(values.map((value) => `${value}\n`).join(''))
    return values.length === names.length ? 0 : 1
  },
}
