// Every subcommand by name. Each is loaded when it is called, so that --help answers at once.
import { type ArgsDef, type CommandDef, defineCommand } from 'citty'

/** citty types a command by its arguments and offers no common type for commands of different ones. */
const anyArguments = <T extends ArgsDef>(command: CommandDef<T>) => command as unknown as CommandDef

export const subCommands = {
  serve: async () => anyArguments((await import('./serve.ts')).serve),
  cluster: defineCommand({
    meta: { name: 'cluster', description: 'A cluster alone, for your own kubectl, and what can be had here' },
    subCommands: {
      check: async () => anyArguments((await import('./cluster-check.ts')).clusterCheck),
      up: async () => anyArguments((await import('./cluster-up.ts')).clusterUp),
    },
  }),
  images: defineCommand({
    meta: { name: 'images', description: 'The container images of kind clusters and lessons' },
    subCommands: {
      list: async () => anyArguments((await import('./images-list.ts')).imagesList),
      pull: async () => anyArguments((await import('./images-pull.ts')).imagesPull),
      save: async () => anyArguments((await import('./images-save.ts')).imagesSave),
      load: async () => anyArguments((await import('./images-load.ts')).imagesLoad),
      prune: async () => anyArguments((await import('./images-prune.ts')).imagesPrune),
    },
  }),
  sandbox: defineCommand({
    meta: { name: 'sandbox', description: "What is left of learners' clusters" },
    subCommands: {
      gc: async () => anyArguments((await import('./sandbox-gc.ts')).sandboxGc),
    },
  }),
  lesson: defineCommand({
    meta: { name: 'lesson', description: 'Write and prove lessons' },
    subCommands: {
      new: async () => anyArguments((await import('./lesson-new.ts')).lessonNew),
      prove: async () => anyArguments((await import('./lesson-prove.ts')).lessonProve),
    },
  }),
}
