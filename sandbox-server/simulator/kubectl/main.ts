// The kubectl program: finds the command, parses its flags, runs it, and words its errors.
import { BrokenPipe, type Process, type Program, Signalled } from '../node/process.ts'
import type { KubectlCommand } from './command.ts'
import { kubectlCommands } from './commands/index.ts'
import { CliError, ExitError, exitCodeOf, printedError } from './errors.ts'
import { globalFlags, parseFlags } from './flags.ts'
import { commandHelp, optionsHelp, rootHelp } from './help.ts'
import { Invocation } from './invocation.ts'

export const kubectl: Program = async (process) => {
  try {
    await run(process)
    return 0
  } catch (error) {
    if (error instanceof Signalled || process.signal.aborted) throw process.signal.reason ?? error
    if (error instanceof ExitError) return error.exitCode
    if (error instanceof BrokenPipe) throw error
    const text = printedError(error)
    await process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
    return exitCodeOf(error)
  }
}

async function run(process: Process): Promise<void> {
  const { leading, words } = splitLeadingFlags(process.argv.slice(1))
  const [name, ...rest] = words
  const wantsHelp = leading.some((word) => word === '-h' || word === '--help')
  if (name === undefined) {
    await process.stdout.write(rootHelp())
    return
  }
  if (name === 'help') return help(process, rest)
  if (name === 'options') {
    await process.stdout.write(optionsHelp())
    return
  }
  const command = find(kubectlCommands, name)
  if (!command) throw unknownCommand(name)
  await dispatch(
    process,
    command,
    `kubectl ${command.name}`,
    [...rest],
    wantsHelp ? ['-h', ...leading] : leading,
  )
}

async function dispatch(
  process: Process,
  command: KubectlCommand,
  path: string,
  words: readonly string[],
  leading: readonly string[],
): Promise<void> {
  if (command.subcommands) {
    const [name = '', ...rest] = words
    const sub = find(command.subcommands, name)
    if (sub) return dispatch(process, sub, `${path} ${sub.name}`, rest, leading)
    const asksHelp = [...words, ...leading].some((word) => word === '-h' || word === '--help')
    if (!command.run) {
      if (name === '' || asksHelp) {
        await process.stdout.write(commandHelp(command, path))
        if (asksHelp) return
        throw new ExitError(1)
      }
      if (name.startsWith('-')) throw new CliError(`unknown flag: ${name}\nSee '${path} --help' for usage.`)
      throw new CliError(
        `unknown command ${JSON.stringify(words.join(' '))}\nSee '${path} -h' for help and examples`,
      )
    }
  }
  const specs = { ...globalFlags, ...command.flags }
  const line = parseFlags(specs, [...leading, ...words], path)
  if (line.flags.boolean('help')) {
    await process.stdout.write(commandHelp(command, path))
    return
  }
  const invocation = new Invocation(process, command, line)
  try {
    await command.run?.(invocation)
  } finally {
    await invocation.flushWarnings()
  }
}

function find(commands: readonly KubectlCommand[], name: string): KubectlCommand | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name))
}

/** Global flags before the command's name: `kubectl -n demo get pods`. */
function splitLeadingFlags(words: readonly string[]): { leading: string[]; words: string[] } {
  const leading: string[] = []
  let index = 0
  for (; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('-') || word === '-' || word === '--') break
    leading.push(word)
    const name = word.startsWith('--')
      ? word.slice(2)
      : Object.keys(globalFlags).find((key) => globalFlags[key]?.short === word.slice(1))
    const spec = name === undefined || word.includes('=') ? undefined : globalFlags[name]
    const next = words[index + 1]
    if (spec && spec.type !== 'boolean' && next !== undefined) {
      leading.push(next)
      index++
    }
  }
  return { leading, words: words.slice(index) }
}

async function help(process: Process, words: readonly string[]): Promise<void> {
  let commands: readonly KubectlCommand[] = kubectlCommands
  let path = 'kubectl'
  let command: KubectlCommand | undefined
  for (const word of words) {
    command = find(commands, word)
    if (!command) throw unknownCommand(word)
    path += ` ${command.name}`
    commands = command.subcommands ?? []
  }
  await process.stdout.write(command ? commandHelp(command, path) : rootHelp())
}

/** cobra's suggestions: names within an edit distance of 2, or that begin like the word. */
function unknownCommand(name: string): CliError {
  const near = kubectlCommands
    .map((command) => command.name)
    .filter((known) => distance(name.toLowerCase(), known) <= 2 || known.startsWith(name.toLowerCase()))
  const hint =
    near.length > 0 ? `\n\nDid you mean this?\n${near.map((known) => `\t${known}\n`).join('')}` : ''
  return new CliError(`unknown command ${JSON.stringify(name)} for "kubectl"${hint}`)
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (next[j - 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] ?? 0
}
