// cat(1). Streams.
import type { Command } from './command.ts'
import { complain, eachInput, lineBatches } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const catCommand: Command = {
  name: 'cat',
  summary: 'print files',
  group: 'files',
  usage: 'cat [-nA] [FILE]...',
  flags: { '-n': 'number the lines', '-A': 'show tabs and line ends' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      n: 'number',
      number: 'number',
      b: 'nonblank',
      A: 'all',
      'show-all': 'all',
      e: 'all',
      v: 'quiet',
      E: 'ends',
      T: 'tabs',
      s: 'squeeze',
      u: 'quiet',
    })
    const plain = !['number', 'nonblank', 'all', 'ends', 'tabs', 'squeeze'].some((name) => options.has(name))
    let number = 0
    let blank = false
    return eachInput(process, options.operands, async (stream, name) => {
      if (process.files.stat(name)?.type === 'directory') return complain(process, `${name}: Is a directory`)
      if (plain) {
        for (let data = await stream.read(process.signal); data; data = await stream.read(process.signal))
          await process.stdout.write(data)
        return
      }
      for await (const lines of lineBatches(stream, process.signal)) {
        let text = ''
        for (const line of lines) {
          const empty = line === '\n'
          if (empty && blank && options.has('squeeze')) continue
          blank = empty
          let shown = line
          if (options.has('all') || options.has('tabs')) shown = shown.replaceAll('\t', '^I')
          if (options.has('all') || options.has('ends')) shown = shown.replace(/\n$/, '$\n')
          if (options.has('nonblank') ? !empty : options.has('number'))
            shown = `${String(++number).padStart(6)}\t${shown}`
          text += shown
        }
        await process.stdout.write(text)
      }
    })
  }),
}
