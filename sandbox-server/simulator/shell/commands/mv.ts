// mv(1).
import type { Command } from './command.ts'
import { targetsOf } from './cp.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const mvCommand: Command = {
  name: 'mv',
  summary: 'move or rename files',
  group: 'files',
  usage: 'mv [-fnv] SOURCE... TARGET',
  flags: { '-v': 'tell what is done', '-n': 'never overwrite' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      f: 'force',
      force: 'force',
      i: 'force',
      n: 'keep',
      v: 'verbose',
      verbose: 'verbose',
      T: 'plain',
    })
    let status = 0
    for (const { source, target } of targetsOf(process, options.operands)) {
      const to = pathOf(process, target)
      if (!process.files.stat(pathOf(process, source), { followLinks: false })) {
        await complain(process, `cannot stat '${source}': No such file or directory`)
        status = 1
        continue
      }
      if (options.has('keep') && process.files.stat(to)) continue
      try {
        process.files.rename(pathOf(process, source), to)
        if (options.has('verbose')) await process.stdout.write(`renamed '${source}' -> '${target}'\n`)
      } catch (error) {
        await complain(process, `cannot move '${source}' to '${target}': ${errorText(error)}`)
        status = 1
      }
    }
    return status
  }),
}
