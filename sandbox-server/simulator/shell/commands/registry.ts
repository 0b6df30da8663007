// The commands by name, apart from their list, so that commands which read it (help, which, sh) import no cycle.
import type { Command } from './command.ts'

const registered = new Map<string, Command>()

/** Adds the commands and gives them by name. */
export function registerCommands(list: readonly Command[]): Readonly<Record<string, Command>> {
  for (const command of list) registered.set(command.name, command)
  return Object.fromEntries(list.map((command) => [command.name, command]))
}

export function findCommand(name: string): Command | undefined {
  return registered.get(name)
}

export function allCommands(): Command[] {
  return [...registered.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
