// bash(1).
import { runShellProgram } from '../shell-program.ts'
import type { Command } from './command.ts'

export const bashCommand: Command = {
  name: 'bash',
  summary: 'a shell: run a script, a command or an interactive session',
  group: 'shell',
  usage: 'bash [-eux] [-c COMMAND] [SCRIPT [ARGUMENT]...]',
  program: (process) => runShellProgram(process, 'bash'),
}
