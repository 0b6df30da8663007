#!/usr/bin/env node
import { stripVTControlCharacters } from 'node:util'
// The `fairlead` command. Each subcommand is a file of its own; errors end it with what to do next, never with a stack.
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty'
import { version } from '../platform/repository.ts'
import { subCommands } from './commands.ts'
import { explain } from './explain.ts'

const root: CommandDef = defineCommand({
  meta: { name: 'fairlead', version, description: 'Learn Kubernetes networking on a cluster of your own' },
  subCommands,
})

/** The command that the words name, and the words before it. */
async function find(
  words: readonly string[],
): Promise<{ command: CommandDef; parent: CommandDef; path: string[] }> {
  let command = root
  let parent = root
  const path: string[] = []
  for (const word of words) {
    const children = (await resolve(command.subCommands)) ?? {}
    const child = children[word]
    if (child === undefined) break
    parent = command
    command = (await resolve(child)) ?? command
    path.push(word)
  }
  return { command, parent, path }
}

async function resolve<T>(
  value: T | Promise<T> | (() => T | Promise<T>) | undefined,
): Promise<T | undefined> {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value
}

async function main(words: readonly string[]): Promise<number> {
  const { command, parent, path } = await find(words)
  const rest = words.slice(path.length)
  const plain = (text: string) => (process.stdout.isTTY ? text : stripVTControlCharacters(text))
  const usage = async () => plain(`${await renderUsage(command, path.length > 0 ? parent : undefined)}\n`)
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(await usage())
    return 0
  }
  if (path.length === 0 && (rest.includes('--version') || rest.includes('-v'))) {
    process.stdout.write(`${version}\n`)
    return 0
  }
  if (command.subCommands !== undefined) {
    process.stderr.write(await usage())
    if (rest[0] !== undefined)
      process.stderr.write(`\nThere is no command ${[...path, rest[0]].join(' ')}.\n`)
    return 2
  }
  const unknown = unknownFlag(rest, (await resolve(command.args)) ?? {})
  if (unknown !== undefined) {
    process.stderr.write(`There is no flag ${unknown}. See: fairlead ${path.join(' ')} --help\n`)
    return 2
  }
  const { result } = await runCommand(command, { rawArgs: [...rest] })
  return typeof result === 'number' ? result : 0
}

/** citty takes any flag; a mistyped one should not be dropped in silence. */
function unknownFlag(words: readonly string[], args: ArgsDef): string | undefined {
  const known = Object.entries(args).flatMap(([name, definition]) => {
    const alias = 'alias' in definition ? definition.alias : undefined
    return [name, `no-${name}`, ...[alias ?? []].flat()]
  })
  return words.find(
    (word) => word.startsWith('-') && !known.includes(word.replace(/^--?/, '').split('=')[0] ?? ''),
  )
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    const { text, code } = explain(error)
    process.stderr.write(`${text}\n`)
    process.exit(code)
  },
)
