// free(1) and df(1): there is no limit of memory or disk in the simulator, which both say.
import type { Command } from './command.ts'

export const freeCommand: Command = {
  name: 'free',
  summary: 'memory (of which a simulated machine needs none)',
  group: 'system',
  usage: 'free [-hm]',
  program: async (process) => {
    await process.stdout.write(
      '               total        used        free      shared  buff/cache   available\nMem:       unlimited           0   unlimited           0           0   unlimited\nSwap:              0           0           0\n',
    )
    return 0
  },
}

export const dfCommand: Command = {
  name: 'df',
  summary: 'disk space (of which there is no limit here)',
  group: 'system',
  usage: 'df [-h]',
  program: async (process) => {
    await process.stdout.write(
      'Filesystem     1K-blocks  Used Available Use% Mounted on\nmemory         unlimited     0 unlimited   0% /\n',
    )
    return 0
  },
}
