// yes(1).
import type { Command } from './command.ts'

export const yesCommand: Command = {
  name: 'yes',
  summary: 'print a line again and again',
  group: 'text',
  usage: 'yes [STRING]...',
  program: async (process) => {
    const line = `${process.argv.slice(1).join(' ') || 'y'}\n`
    const block = new TextEncoder().encode(line.repeat(Math.max(1, Math.floor(16_384 / line.length))))
    for (;;) {
      process.signal.throwIfAborted()
      await process.stdout.write(block)
    }
  },
}
