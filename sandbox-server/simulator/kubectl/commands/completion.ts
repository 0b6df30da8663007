// kubectl completion: the shell here completes kubectl by itself, so the script has nothing to do.
import type { KubectlCommand } from '../command.ts'
import { CliError, usageError } from '../errors.ts'

export const completionCommand: KubectlCommand = {
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  group: 'Settings Commands',
  usage: 'SHELL',
  arguments: ['bash', 'zsh', 'fish', 'powershell'],
  run: async (invocation) => {
    const [shell] = invocation.args
    if (shell === undefined) throw usageError('completion', 'Shell not specified.')
    if (!['bash', 'zsh', 'fish', 'powershell'].includes(shell))
      throw usageError('completion', `Unsupported shell type ${JSON.stringify(shell)}.`)
    if (shell !== 'bash') throw new CliError('only bash is simulated')
    await invocation.out('# kubectl is completed by this shell without a script.\n')
  },
}
