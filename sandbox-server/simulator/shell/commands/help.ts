// help and man: what the registered commands say about themselves.
import type { Process } from '../../node/process.ts'
import { builtins } from '../interpreter/builtins/index.ts'
import { textReader } from '../interpreter/streams.ts'
import type { Command, CommandGroup } from './command.ts'
import { allCommands, findCommand } from './registry.ts'

const groups: Readonly<Record<CommandGroup, string>> = {
  kubernetes: 'Kubernetes',
  network: 'Network',
  files: 'Files',
  text: 'Text',
  editors: 'Editors and pagers',
  system: 'System',
  shell: 'Shell',
}

async function overview(process: Process): Promise<number> {
  const here = new Set(process.programs())
  let text =
    'Commands of this machine. `help NAME` tells about one; Tab completes names, files and resources.\n'
  for (const [group, title] of Object.entries(groups)) {
    const list = allCommands().filter((command) => command.group === group && here.has(command.name))
    if (list.length === 0) continue
    text += `\n${title}\n`
    for (const { name, summary } of list) text += `  ${name.padEnd(12)} ${summary}\n`
  }
  text += '\nBuilt into the shell\n'
  for (const [name, { summary }] of [...builtins].sort()) text += `  ${name.padEnd(12)} ${summary}\n`
  const pager = process.stdout.isTerminal && process.terminal
  if (!pager || !here.has('less')) {
    await process.stdout.write(text)
    return 0
  }
  const stdin = textReader(text)
  return process.spawn(['less', '-F'], { stdin })
}

async function about(process: Process, name: string): Promise<number> {
  const command = findCommand(name)
  const builtin = builtins.get(name)
  if (builtin && !command) {
    await process.stdout.write(`${builtin.usage}\n\n${name}: ${builtin.summary}.\nBuilt into the shell.\n`)
    return 0
  }
  if (!command) {
    await process.stderr.write(`help: there is no command '${name}'; help lists them all\n`)
    return 1
  }
  let text = `${command.usage ?? name}\n\n${name}: ${command.summary}.\n`
  if (command.details) text += `\n${command.details}\n`
  const flags = Object.entries(command.flags ?? {})
  if (flags.length > 0)
    text += `\n${flags.map(([flag, meaning]) => `  ${flag.padEnd(18)} ${meaning}\n`).join('')}`
  await process.stdout.write(text)
  return 0
}

function helpNamed(name: string, summary: string): Command {
  return {
    name,
    summary,
    group: 'shell',
    usage: `${name} [COMMAND]`,
    complete: () =>
      [...allCommands().map((command) => command.name), ...builtins.keys()].map((value) => ({ value })),
    program: async (process) => {
      const [topic] = process.argv.slice(1).filter((arg) => !/^-|^\d$/.test(arg))
      return topic === undefined ? overview(process) : about(process, topic)
    },
  }
}

export const helpCommand = helpNamed('help', 'list the commands, or tell about one')
export const manCommand = helpNamed('man', 'tell about a command')
