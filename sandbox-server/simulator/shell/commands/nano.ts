// nano(1).
import { runNano } from '../editors/nano.ts'
import type { Command } from './command.ts'

export const nanoCommand: Command = {
  name: 'nano',
  summary: 'a simple text editor (^O saves, ^X quits)',
  group: 'editors',
  usage: 'nano [FILE]',
  program: runNano,
}
