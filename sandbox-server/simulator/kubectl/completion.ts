// Completion of kubectl's command lines: commands, flags and their values, resource types and names from the server.
// Source of behaviour: kubectl/pkg/util/completion.
import type { Process } from '../node/process.ts'
import type { KubectlCommand } from './command.ts'
import { kubectlCommands } from './commands/index.ts'
import { pathOf, type ResourceMapping } from './discovery.ts'
import { type FlagSpec, globalFlags, parseFlags } from './flags.ts'
import { Invocation } from './invocation.ts'
import { isList, listAt, nameOf, textAt } from './object.ts'

/**
 * Candidates for `words[index]`, of which the text so far is the beginning. `words[0]` is kubectl itself. Undefined: files.
 */
export async function completeKubectl(
  words: readonly string[],
  index: number,
  process: Process,
): Promise<string[] | undefined> {
  const word = words[index] ?? ''
  const matching = (values: readonly string[]) => values.filter((value) => value.startsWith(word))
  const before = words.slice(1, index)
  if (before.includes('--')) return undefined
  const { command, rest, path } = commandOf(before)
  if (!command) {
    const global = flagAwaitingValue(globalFlags, before.at(-1) ?? '')
    if (global)
      return completeValue(global, word, process, rest.slice(0, -1), { name: '', summary: '' }, path)
    return matching(kubectlCommands.map(({ name }) => name))
  }
  const specs = { ...globalFlags, ...command.flags }
  const previous = before.at(-1) ?? ''
  const awaiting = flagAwaitingValue(specs, previous)
  if (awaiting) return completeValue(awaiting, word, process, rest.slice(0, -1), command, path)
  const assigned = /^(--[\w-]+)=(.*)$/.exec(word)
  if (assigned) {
    const name = assigned[1]?.slice(2) ?? ''
    const spec = specs[name]
    const values =
      spec && (await completeValue({ name, spec }, assigned[2] ?? '', process, rest, command, path))
    return values?.map((value) => `${assigned[1]}=${value}`)
  }
  if (word.startsWith('-'))
    return matching(
      Object.entries(specs)
        .filter(([, spec]) => !spec.hidden)
        .map(([name, spec]) =>
          spec.type === 'boolean' || spec.bare !== undefined ? `--${name}` : `--${name}=`,
        )
        .sort(),
    )
  if (command.subcommands && !command.run) return matching(command.subcommands.map(({ name }) => name))
  const invocation = invocationOf(process, command, rest, path)
  if (!invocation) return []
  const subcommands = invocation.args.length === 0 ? (command.subcommands ?? []).map(({ name }) => name) : []
  const values = await completeArgument(invocation, command, word)
  return values === undefined && subcommands.length === 0
    ? undefined
    : [...matching(subcommands), ...(values ?? [])]
}

function commandOf(words: readonly string[]): {
  command: KubectlCommand | undefined
  rest: string[]
  path: string
} {
  let commands: readonly KubectlCommand[] = kubectlCommands
  let command: KubectlCommand | undefined
  let path = 'kubectl'
  const rest: string[] = []
  for (const [position, word] of words.entries()) {
    const found = commands.find(({ name, aliases }) => name === word || aliases?.includes(word))
    const isValue =
      flagAwaitingValue({ ...globalFlags, ...command?.flags }, words[position - 1] ?? '') !== undefined
    if (found && !isValue && !(command && rest.some((other) => !other.startsWith('-')))) {
      command = found
      path += ` ${found.name}`
      commands = found.subcommands ?? []
    } else rest.push(word)
  }
  return { command, rest, path }
}

interface NamedFlag {
  readonly name: string
  readonly spec: FlagSpec
}

function flagAwaitingValue(specs: Readonly<Record<string, FlagSpec>>, word: string): NamedFlag | undefined {
  if (!word.startsWith('-') || word.includes('=') || word === '-' || word === '--') return undefined
  const name = word.startsWith('--')
    ? word.slice(2)
    : Object.keys(specs).find((key) => specs[key]?.short === word.slice(-1))
  const spec = name === undefined ? undefined : specs[name]
  if (name === undefined || !spec || spec.type === 'boolean' || spec.bare !== undefined) return undefined
  return { name, spec }
}

function invocationOf(
  process: Process,
  command: KubectlCommand,
  rest: readonly string[],
  path: string,
): Invocation | undefined {
  try {
    return new Invocation(process, command, parseFlags({ ...globalFlags, ...command.flags }, rest, path))
  } catch {
    // A line that is not finished need not be right; then there is nothing to offer.
    return undefined
  }
}

async function completeValue(
  { name, spec }: NamedFlag,
  word: string,
  process: Process,
  rest: readonly string[],
  command: KubectlCommand,
  path: string,
): Promise<string[] | undefined> {
  if (spec.values) return spec.values.filter((value) => value.startsWith(word))
  if (name === 'filename' || name === 'kubeconfig' || name === 'patch-file' || name === 'from-file')
    return undefined
  const invocation = invocationOf(process, command, rest, path)
  if (!invocation) return []
  if (name === 'namespace')
    return names(invocation, { group: '', version: 'v1', plural: 'namespaces', namespaced: false }, word)
  if (name === 'context') return contexts(invocation).filter((value) => value.startsWith(word))
  if (name === 'container') {
    const [type = '', podName = type] = (invocation.args[0] ?? '').split('/')
    const pod = await invocation.client
      .json(`/api/v1/namespaces/${invocation.namespace}/pods/${podName}`)
      .catch(() => undefined)
    return pod
      ? ['containers', 'initContainers', 'ephemeralContainers']
          .flatMap((field) => listAt(pod, 'spec', field).map((container) => textAt(container, 'name') ?? ''))
          .filter((value) => value.startsWith(word))
      : []
  }
  return []
}

function contexts(invocation: Invocation): string[] {
  return listAt(invocation.config.document, 'contexts').map((entry) => textAt(entry, 'name') ?? '')
}

const podType = { group: '', version: 'v1', plural: 'pods', namespaced: true }
const nodeType = { group: '', version: 'v1', plural: 'nodes', namespaced: false }

async function completeArgument(
  invocation: Invocation,
  command: KubectlCommand,
  word: string,
): Promise<string[] | undefined> {
  const { args } = invocation
  const kind = command.arguments ?? 'none'
  if (kind === 'files') return undefined
  if (kind === 'none') return []
  if (typeof kind !== 'string') return kind.filter((value) => value.startsWith(word) && !args.includes(value))
  if (kind === 'contexts') return contexts(invocation).filter((name) => name.startsWith(word))
  if (kind === 'nodes') return names(invocation, nodeType, word)
  if (kind === 'pods') return args.length > 0 ? [] : names(invocation, podType, word)
  if (word.includes('/')) {
    const [type = '', prefix = ''] = word.split('/')
    const mapping = await invocation.discovery.find(type).catch(() => undefined)
    return mapping ? (await names(invocation, mapping, prefix)).map((name) => `${type}/${name}`) : []
  }
  if (kind === 'pods-and-types') {
    if (args.length > 0) return []
    const types = ['deployment/', 'daemonset/', 'job/', 'replicaset/', 'service/', 'statefulset/']
    return [
      ...(await names(invocation, podType, word)),
      ...(word === '' ? [] : types.filter((type) => type.startsWith(word))),
    ]
  }
  const [types] = args
  if (types !== undefined && !types.includes('/')) {
    const mapping = await invocation.discovery.find(types.split(',')[0] ?? '').catch(() => undefined)
    return mapping ? (await names(invocation, mapping, word)).filter((name) => !args.includes(name)) : []
  }
  return typesFor(invocation, command, word)
}

async function typesFor(invocation: Invocation, command: KubectlCommand, word: string): Promise<string[]> {
  const comma = word.lastIndexOf(',') + 1
  const start = word.slice(0, comma)
  const last = word.slice(comma)
  const all = await invocation.discovery.all().catch((): readonly ResourceMapping[] => [])
  const known =
    command.resourceTypes ?? all.filter((mapping) => mapping.preferred).map(({ plural }) => plural)
  const types = [...new Set(known)].sort()
  const exact = types.filter((type) => type.startsWith(last))
  const shorts = all.filter(({ shortNames, singular }) =>
    [...shortNames, singular].some((name) => name === last),
  )
  return [...exact, ...(exact.length === 0 && shorts.length > 0 ? [last] : [])].map((type) => start + type)
}

async function names(
  invocation: Invocation,
  mapping: Pick<ResourceMapping, 'group' | 'version' | 'plural' | 'namespaced'>,
  word: string,
): Promise<string[]> {
  const namespace = mapping.namespaced ? invocation.namespace : undefined
  const list = await invocation.client.json(pathOf(mapping, namespace)).catch(() => undefined)
  return list && isList(list)
    ? list.items
        .map(nameOf)
        .filter((name) => name.startsWith(word))
        .sort()
    : []
}
