// touch(1).
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const touchCommand: Command = {
  name: 'touch',
  summary: 'make files, or renew their time',
  group: 'files',
  usage: 'touch [-c] FILE...',
  flags: { '-c': 'make none' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      c: 'existing',
      'no-create': 'existing',
      a: 'access',
      m: 'modified',
      d: '=date',
      r: '=reference',
      t: '=stamp',
    })
    if (options.operands.length === 0) throw new UsageError('missing file operand')
    let status = 0
    for (const operand of options.operands) {
      const path = pathOf(process, operand)
      const stat = process.files.stat(path)
      if (stat?.type === 'directory' || (!stat && options.has('existing'))) continue
      try {
        process.files.write(path, '', { append: true })
      } catch (error) {
        await complain(process, `cannot touch '${operand}': ${errorText(error)}`)
        status = 1
      }
    }
    return status
  }),
}
