// base64(1), on bytes.
import { readAll } from '../interpreter/streams.ts'
import type { Command } from './command.ts'
import { complain, openInput } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const base64Command: Command = {
  name: 'base64',
  summary: 'encode or decode base64',
  group: 'text',
  usage: 'base64 [-d] [-w COLUMNS] [FILE]',
  flags: { '-d': 'decode', '-w': 'columns, 0 for one line' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      d: 'decode',
      decode: 'decode',
      D: 'decode',
      w: '=wrap',
      wrap: '=wrap',
      i: 'ignore',
    })
    const bytes = await readAll(openInput(process, options.operands[0] ?? '-'), process.signal)
    if (options.has('decode')) {
      const text = new TextDecoder().decode(bytes).replace(/\s/g, '')
      try {
        const decoded = atob(text)
        await process.stdout.write(Uint8Array.from(decoded, (character) => character.charCodeAt(0)))
        return 0
      } catch {
        await complain(process, 'invalid input')
        return 1
      }
    }
    let binary = ''
    for (let i = 0; i < bytes.length; i += 8190) binary += String.fromCharCode(...bytes.subarray(i, i + 8190))
    const text = btoa(binary)
    const width = Number(options.value('wrap') ?? 76)
    await process.stdout.write(width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'))
    return 0
  }),
}
