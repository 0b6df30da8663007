// Help texts, laid out as kubectl's (k8s.io/kubectl/pkg/util/templates).
import type { KubectlCommand, KubectlGroup } from './command.ts'
import { kubectlCommands } from './commands/index.ts'
import { type FlagSpec, type FlagSpecs, globalFlags } from './flags.ts'

const groups: readonly KubectlGroup[] = [
  'Basic Commands (Beginner)',
  'Basic Commands (Intermediate)',
  'Deploy Commands',
  'Cluster Management Commands',
  'Troubleshooting and Debugging Commands',
  'Advanced Commands',
  'Settings Commands',
  'Other Commands',
]

const optionsHint =
  'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

export function rootHelp(): string {
  const sections = groups.map((group) => {
    const commands = kubectlCommands.filter((command) => (command.group ?? 'Other Commands') === group)
    return commands.length === 0 ? '' : `${group}:\n${list(commands, 13)}\n`
  })
  return `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

${sections.join('')}Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
${optionsHint}`
}

export function commandHelp(command: KubectlCommand, path: string): string {
  const paragraphs = [`${command.summary}.`, ...(command.description ? [command.description] : [])]
  let text = `${paragraphs.join('\n\n ')}\n`
  if (command.aliases) text += `\nAliases:\n${[command.name, ...command.aliases].join(', ')}\n`
  if (command.examples)
    text += `\nExamples:\n${command.examples.map(([comment, line]) => `  # ${comment}\n  ${line}\n`).join('  \n')}`
  if (command.subcommands) text += `\nAvailable Commands:\n${list(command.subcommands, 11)}`
  if (command.flags && Object.keys(command.flags).length > 0) text += `\nOptions:\n${flagHelp(command.flags)}`
  text += `\nUsage:\n  ${[path, command.usage ?? (command.subcommands ? 'SUBCOMMAND' : '')].filter(Boolean).join(' ')} [options]\n\n`
  if (command.subcommands)
    text += `Use "${path} <command> --help" for more information about a given command.\n`
  return text + optionsHint
}

export function optionsHelp(): string {
  return `The following options can be passed to any command:\n\n${flagHelp(globalFlags)}`
}

function list(commands: readonly KubectlCommand[], least: number): string {
  const width = Math.max(least, ...commands.map((command) => command.name.length)) + 2
  return commands.map((command) => `  ${command.name.padEnd(width)} ${command.summary}\n`).join('')
}

function flagHelp(flags: FlagSpecs): string {
  return Object.entries(flags)
    .filter(([, spec]) => !spec.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, spec]) =>
        `    ${spec.short ? `-${spec.short}, ` : ''}--${name}=${shownDefault(spec)}:\n\t${spec.summary}\n`,
    )
    .join('\n')
}

function shownDefault(spec: FlagSpec): string {
  if (spec.type === 'string') return `'${spec.default ?? ''}'`
  if (spec.type === 'boolean') return spec.default ?? 'false'
  if (spec.type === 'list' || spec.type === 'array') return spec.default ?? '[]'
  return spec.default ?? (spec.type === 'duration' ? '0s' : '0')
}
