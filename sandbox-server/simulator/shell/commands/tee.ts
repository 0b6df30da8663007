// tee(1). Streams.
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const teeCommand: Command = {
  name: 'tee',
  summary: 'copy standard input to files and to standard output',
  group: 'text',
  usage: 'tee [-a] [FILE]...',
  flags: { '-a': 'append' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), { a: 'append', append: 'append', i: 'ignore' })
    let status = 0
    const paths: string[] = []
    for (const operand of options.operands) {
      const path = pathOf(process, operand)
      if (path === '/dev/null') continue
      try {
        process.files.write(path, '', { append: options.has('append') })
        paths.push(path)
      } catch (error) {
        await complain(process, `${operand}: ${errorText(error)}`)
        status = 1
      }
    }
    for (
      let data = await process.stdin.read(process.signal);
      data;
      data = await process.stdin.read(process.signal)
    ) {
      for (const path of paths) process.files.write(path, data, { append: true })
      await process.stdout.write(data)
    }
    return status
  }),
}
