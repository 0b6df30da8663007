// rm(1).
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const rmCommand: Command = {
  name: 'rm',
  summary: 'remove files',
  group: 'files',
  usage: 'rm [-rfv] FILE...',
  flags: {
    '-r': 'directories with what is in them',
    '-f': 'no complaint about what is missing',
    '-v': 'tell what is done',
  },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      r: 'recursive',
      R: 'recursive',
      recursive: 'recursive',
      f: 'force',
      force: 'force',
      v: 'verbose',
      verbose: 'verbose',
      i: 'ask',
      d: 'directory',
    })
    if (options.operands.length === 0 && !options.has('force')) throw new UsageError('missing operand')
    let status = 0
    for (const operand of options.operands) {
      const path = pathOf(process, operand)
      const stat = process.files.stat(path, { followLinks: false })
      const fail = async (message: string) => {
        await complain(process, message)
        status = 1
      }
      if (path === '/') await fail("it is dangerous to operate recursively on '/'")
      else if (!stat) {
        if (!options.has('force')) await fail(`cannot remove '${operand}': No such file or directory`)
      } else if (stat.type === 'directory' && !options.has('recursive') && !options.has('directory')) {
        await fail(`cannot remove '${operand}': Is a directory`)
      } else {
        try {
          process.files.remove(path, { recursive: options.has('recursive') })
          if (options.has('verbose')) await process.stdout.write(`removed '${operand}'\n`)
        } catch (error) {
          await fail(`cannot remove '${operand}': ${errorText(error)}`)
        }
      }
    }
    return status
  }),
}
