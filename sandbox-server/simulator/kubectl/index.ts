// kubectl as a command of the simulator's shell.
import type { Command } from '../shell/commands/command.ts'
import { completeKubectl } from './completion.ts'
import { kubectl } from './main.ts'

export const kubectlCommand: Command = {
  name: 'kubectl',
  summary: 'talk to the Kubernetes API',
  group: 'kubernetes',
  usage: 'kubectl COMMAND [TYPE] [NAME] [FLAGS]',
  details: 'kubectl --help lists the commands, kubectl COMMAND --help tells about one.',
  machines: ['outside', 'node'],
  complete: async ({ words, word, process }) => {
    const values = await completeKubectl([...words, word], words.length, process)
    return values?.map((value) => ({ value, ...(/[=/]$/.test(value) ? { partial: true } : {}) }))
  },
  program: kubectl,
}

export { completeKubectl, kubectl }
