// Every subcommand by name. Each is loaded when it is called, so that --help answers at once.
import type { ArgsDef, CommandDef } from 'citty'

/** citty types a command by its arguments and offers no common type for commands of different ones. */
const anyArguments = <T extends ArgsDef>(command: CommandDef<T>) => command as unknown as CommandDef

export const subCommands = {
  serve: async () => anyArguments((await import('./serve.ts')).serve),
}
