// ln(1). There are no hard links here, so that `ln` without -s says so.
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const lnCommand: Command = {
  name: 'ln',
  summary: 'make symbolic links',
  group: 'files',
  usage: 'ln -s [-f] TARGET LINK',
  flags: { '-s': 'symbolic, the only kind here', '-f': 'replace what is there' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      s: 'symbolic',
      symbolic: 'symbolic',
      f: 'force',
      force: 'force',
      n: 'plain',
      v: 'verbose',
    })
    const [target, link] = options.operands
    if (target === undefined) throw new UsageError('missing file operand')
    if (!options.has('symbolic')) {
      await complain(process, 'hard links are not simulated; use ln -s')
      return 1
    }
    const name = target.split('/').at(-1) ?? target
    let path = pathOf(process, link ?? name)
    if (process.files.stat(path)?.type === 'directory') path = `${path}/${name}`
    try {
      if (options.has('force') && process.files.stat(path, { followLinks: false })) process.files.remove(path)
      process.files.link(target, path)
      return 0
    } catch (error) {
      await complain(process, `failed to create symbolic link '${link ?? name}': ${errorText(error)}`)
      return 1
    }
  }),
}
