// Every command of the shell. Adding one is a new file and a line here.
import type { Machine, Program } from '../../node/process.ts'
import { bashCommand } from './bash.ts'
import type { Command } from './command.ts'
import { registerCommands } from './registry.ts'
import { shCommand } from './sh.ts'
import { trueCommand } from './true.ts'

export const commands: Readonly<Record<string, Command>> = registerCommands([
  bashCommand,
  shCommand,
  trueCommand,
])

/** The programs that a machine of this kind has in /usr/bin. */
export function programsOf(kind: Machine['kind']): Record<string, Program> {
  const programs: Record<string, Program> = {}
  for (const command of Object.values(commands)) {
    if (command.machines === undefined || command.machines.includes(kind))
      programs[command.name] = command.program
  }
  return programs
}
