// clear(1) and reset(1).
import type { Command } from './command.ts'

export const clearCommand: Command = {
  name: 'clear',
  summary: 'clear the screen',
  group: 'shell',
  usage: 'clear',
  program: async (process) => {
    await process.stdout.write('\x1b[H\x1b[2J\x1b[3J')
    return 0
  },
}

export const resetCommand: Command = {
  name: 'reset',
  summary: 'put the terminal in order',
  group: 'shell',
  usage: 'reset',
  program: async (process) => {
    process.terminal?.setRaw(false)
    await process.stdout.write('\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>\x1b[?1049l\x1b[H\x1b[2J')
    return 0
  },
}
