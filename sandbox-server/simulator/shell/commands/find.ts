// find(1): names, types, sizes, times, -exec, -delete, -o, ! and parentheses.
import { type FileStat, resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import { matchesPattern } from '../interpreter/pattern.ts'
import type { Command } from './command.ts'
import { complain, pathOf } from './files-of.ts'
import { UsageError, withUsage } from './options.ts'

interface Found {
  readonly shown: string
  readonly path: string
  readonly name: string
  readonly stat: FileStat
  readonly depth: number
}

type Test = (found: Found) => boolean | Promise<boolean>

export const findCommand: Command = {
  name: 'find',
  summary: 'search a directory tree',
  group: 'files',
  usage: 'find [PATH]... [-name PATTERN] [-type f|d|l] [-exec COMMAND {} ;]',
  flags: {
    '-name': 'by name',
    '-iname': 'by name, ignoring case',
    '-path': 'by path',
    '-type': 'f, d or l',
    '-maxdepth': 'levels',
    '-mindepth': 'levels',
    '-size': 'by size',
    '-mmin': 'by minutes since the change',
    '-newer': 'newer than a file',
    '-empty': 'empty ones',
    '-exec': 'run a command',
    '-delete': 'remove them',
    '-print0': 'end names with a zero',
  },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    const split = args.findIndex((arg) => /^[-!(]/.test(arg))
    const roots = split < 0 ? args : args.slice(0, split)
    const parser = new FindParser(process, split < 0 ? [] : args.slice(split))
    const test = parser.parse()
    let status = 0
    const visit = async (found: Found): Promise<void> => {
      process.signal.throwIfAborted()
      const inside = async () => {
        if (found.stat.type !== 'directory' || found.depth >= parser.maxDepth) return
        for (const name of process.files.list(found.path)) {
          const path = resolvePath(found.path, name)
          const stat = process.files.stat(path, { followLinks: false })
          if (stat)
            await visit({
              shown: `${found.shown.replace(/\/$/, '')}/${name}`,
              path,
              name,
              stat,
              depth: found.depth + 1,
            })
        }
      }
      if (parser.deepFirst) await inside()
      if (found.depth >= parser.minDepth && (await test(found)) && !parser.acts)
        await process.stdout.write(`${found.shown}\n`)
      if (!parser.deepFirst) await inside()
    }
    for (const root of roots.length === 0 ? ['.'] : roots) {
      const path = pathOf(process, root)
      const stat = process.files.stat(path, { followLinks: false })
      if (stat) await visit({ shown: root, path, name: root.split('/').at(-1) || root, stat, depth: 0 })
      else {
        await complain(process, `'${root}': No such file or directory`)
        status = 1
      }
    }
    await parser.finish()
    return status
  }),
}

class FindParser {
  maxDepth = Number.POSITIVE_INFINITY
  minDepth = 0
  deepFirst = false
  /** Whether an action stands in the expression, so that -print is not implied. */
  acts = false
  readonly #process: Process
  readonly #args: readonly string[]
  readonly #batches: { command: readonly string[]; paths: string[] }[] = []
  #at = 0

  constructor(process: Process, args: readonly string[]) {
    this.#process = process
    this.#args = args
  }

  parse(): Test {
    if (this.#args.length === 0) return () => true
    const test = this.#or()
    if (this.#at < this.#args.length)
      throw new UsageError(`paths must precede expression: \`${this.#args[this.#at]}'`)
    return test
  }

  /** Runs what `-exec ... +` gathered. */
  async finish(): Promise<void> {
    for (const { command, paths } of this.#batches) {
      if (paths.length > 0)
        await this.#process.spawn(command.flatMap((word) => (word === '{}' ? paths : [word])))
    }
  }

  #or(): Test {
    let left = this.#and()
    while (this.#args[this.#at] === '-o' || this.#args[this.#at] === '-or') {
      this.#at++
      const before = left
      const right = this.#and()
      left = async (found) => (await before(found)) || (await right(found))
    }
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (;;) {
      const next = this.#args[this.#at]
      if (next === undefined || next === '-o' || next === '-or' || next === ')') return left
      if (next === '-a' || next === '-and') this.#at++
      const before = left
      const right = this.#not()
      left = async (found) => (await before(found)) && (await right(found))
    }
  }

  #not(): Test {
    const next = this.#args[this.#at]
    if (next === '!' || next === '-not') {
      this.#at++
      const test = this.#not()
      return async (found) => !(await test(found))
    }
    if (next === '(') {
      this.#at++
      const test = this.#or()
      if (this.#args[this.#at] !== ')')
        throw new UsageError("invalid expression; expected to find a ')' but didn't see one")
      this.#at++
      return test
    }
    return this.#primary()
  }

  #primary(): Test {
    const name = this.#args[this.#at++] ?? ''
    const value = () => {
      const text = this.#args[this.#at++]
      if (text === undefined) throw new UsageError(`missing argument to \`${name}'`)
      return text
    }
    const { files, clock, stdout } = this.#process
    switch (name) {
      case '-name':
      case '-iname': {
        const pattern = value()
        return (found) => matchesPattern(found.name, pattern, name === '-iname')
      }
      case '-path':
      case '-wholename': {
        const pattern = value()
        return (found) => matchesPattern(found.shown, pattern)
      }
      case '-type': {
        const type = value()
        return ({ stat }) =>
          type.includes(stat.type === 'directory' ? 'd' : stat.type === 'symlink' ? 'l' : 'f')
      }
      case '-maxdepth':
        this.maxDepth = Number(value())
        return () => true
      case '-mindepth':
        this.minDepth = Number(value())
        return () => true
      case '-depth':
        this.deepFirst = true
        return () => true
      case '-empty':
        return ({ stat, path }) =>
          stat.type === 'directory' ? files.list(path).length === 0 : stat.size === 0
      case '-size': {
        const text = value()
        const unit =
          ({ c: 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 } as Readonly<Record<string, number>>)[
            text.at(-1) ?? ''
          ] ?? 512
        return ({ stat }) => compare(Math.ceil(stat.size / unit), text)
      }
      case '-mmin':
      case '-mtime': {
        const text = value()
        const unit = name === '-mmin' ? 60_000 : 86_400_000
        return ({ stat }) => compare(Math.floor((clock.now() - stat.modifiedAt) / unit), text)
      }
      case '-newer': {
        const at = files.stat(pathOf(this.#process, value()))?.modifiedAt ?? 0
        return ({ stat }) => stat.modifiedAt > at
      }
      case '-print':
      case '-print0':
        this.acts = true
        return async ({ shown }) => {
          await stdout.write(`${shown}${name === '-print' ? '\n' : '\0'}`)
          return true
        }
      case '-delete':
        this.acts = true
        this.deepFirst = true
        return ({ path }) => {
          files.remove(path)
          return true
        }
      case '-exec':
        return this.#exec()
      case '-prune':
      case '-true':
        return () => true
      default:
        throw new UsageError(`unknown predicate \`${name}'`)
    }
  }

  #exec(): Test {
    this.acts = true
    const rest = this.#args.slice(this.#at)
    const end = rest.findIndex((arg, index) => arg === ';' || (arg === '+' && rest[index - 1] === '{}'))
    if (end < 0) throw new UsageError("missing argument to `-exec'")
    const command = rest.slice(0, end)
    this.#at += end + 1
    if (rest[end] === ';') {
      return async ({ shown }) =>
        (await this.#process.spawn(command.map((word) => word.replaceAll('{}', shown)))) === 0
    }
    const batch = { command, paths: [] as string[] }
    this.#batches.push(batch)
    return ({ shown }) => {
      batch.paths.push(shown)
      return true
    }
  }
}

/** `+5` more than, `-5` less than, `5` exactly. */
function compare(value: number, text: string): boolean {
  const number = Number.parseInt(text.replace(/^[-+]/, ''), 10)
  return text.startsWith('+') ? value > number : text.startsWith('-') ? value < number : value === number
}
