// wc(1). Counts as the input streams by.
import type { Command } from './command.ts'
import { eachInput } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

interface Counts {
  lines: number
  words: number
  characters: number
  bytes: number
}

export const wcCommand: Command = {
  name: 'wc',
  summary: 'count lines, words and bytes',
  group: 'text',
  usage: 'wc [-lwcm] [FILE]...',
  flags: { '-l': 'lines', '-w': 'words', '-c': 'bytes', '-m': 'characters' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      l: 'lines',
      lines: 'lines',
      w: 'words',
      words: 'words',
      c: 'bytes',
      bytes: 'bytes',
      m: 'characters',
      chars: 'characters',
    })
    const all: (keyof Counts)[] = ['lines', 'words', 'characters', 'bytes']
    const chosen = all.filter((name) => options.has(name))
    const shown = chosen.length > 0 ? chosen : all.filter((name) => name !== 'characters')
    const rows: { counts: Counts; name: string }[] = []
    const total: Counts = { lines: 0, words: 0, characters: 0, bytes: 0 }
    const status = await eachInput(process, options.operands, async (stream, name) => {
      const counts: Counts = { lines: 0, words: 0, characters: 0, bytes: 0 }
      let inWord = false
      for (let data = await stream.read(process.signal); data; data = await stream.read(process.signal)) {
        counts.bytes += data.length
        for (const byte of data) {
          if (byte === 10) counts.lines++
          if ((byte & 0xc0) !== 0x80) counts.characters++
          const blank = byte === 32 || (byte >= 9 && byte <= 13)
          if (!blank && !inWord) counts.words++
          inWord = !blank
        }
      }
      for (const key of all) total[key] += counts[key]
      rows.push({ counts, name: options.operands.length === 0 ? '' : name })
    })
    if (rows.length > 1) rows.push({ counts: total, name: 'total' })
    const single = shown.length === 1 && rows.length === 1
    const least = options.operands.length === 0 ? 7 : 1
    const width = single
      ? 1
      : Math.max(least, ...rows.flatMap(({ counts }) => all.map((key) => String(counts[key]).length)))
    let text = ''
    for (const { counts, name } of rows) {
      text += `${shown.map((key) => String(counts[key]).padStart(width)).join(' ')}${name === '' ? '' : ` ${name}`}\n`
    }
    await process.stdout.write(text)
    return status
  }),
}
