// which(1).
import { whichExecutable } from '../../node/executable.ts'
import type { Command } from './command.ts'
import { parseOptions, withUsage } from './options.ts'

export const whichCommand: Command = {
  name: 'which',
  summary: 'where a program is',
  group: 'shell',
  usage: 'which NAME...',
  complete: ({ process }) => process.programs().map((value) => ({ value })),
  program: withUsage(async (process) => {
    let status = 0
    for (const name of parseOptions(process.argv.slice(1), { a: 'all' }).operands) {
      const path = whichExecutable(process.files, name, process.env.PATH, process.cwd)
      if (path === undefined) status = 1
      else await process.stdout.write(`${path}\n`)
    }
    return status
  }),
}
