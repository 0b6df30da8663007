// sh(1).
import { runShellProgram } from '../shell-program.ts'
import type { Command } from './command.ts'

export const shCommand: Command = {
  name: 'sh',
  summary: 'a shell: run a script, a command or an interactive session',
  group: 'shell',
  usage: 'sh [-eux] [-c COMMAND] [SCRIPT [ARGUMENT]...]',
  program: (process) => runShellProgram(process, 'sh'),
}
