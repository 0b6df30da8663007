// Command-line options as GNU's getopt_long takes them: -abc, -n5, -n 5, --name=value, -- and operands anywhere.
import type { Process } from '../../node/process.ts'

export interface OptionSpec {
  /** Short options by letter, long by name, to the name they get here. A leading `=` on the name: takes a value. */
  readonly [option: string]: string
}

export interface ParsedOptions {
  has(name: string): boolean
  value(name: string): string | undefined
  values(name: string): readonly string[]
  readonly operands: readonly string[]
}

export class UsageError extends Error {
  readonly status: number
  constructor(message: string, status = 1) {
    super(message)
    this.status = status
  }
}

/** Throws UsageError in getopt's words. `operandsFirst`: the first operand ends the options (env, xargs, timeout). */
export function parseOptions(
  args: readonly string[],
  spec: OptionSpec,
  settings: { readonly stopAtOperand?: boolean; readonly status?: number } = {},
): ParsedOptions {
  const found = new Map<string, string[]>()
  const operands: string[] = []
  const add = (name: string, value: string) => found.set(name, [...(found.get(name) ?? []), value])
  const fail = (message: string): never => {
    throw new UsageError(message, settings.status)
  }
  let i = 0
  for (; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(i + 1))
      break
    }
    if (arg.startsWith('--')) {
      const [, name = '', value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? []
      const names = Object.keys(spec).filter((each) => each.length > 1 && each.startsWith(name))
      const known = spec[name] ?? (names.length === 1 ? spec[names[0] ?? ''] : undefined)
      if (known === undefined) fail(`unrecognized option '--${name}'`)
      else if (!known.startsWith('=')) add(known, '')
      else if (value !== undefined) add(known.slice(1), value)
      else if (i + 1 < args.length) add(known.slice(1), args[++i] ?? '')
      else fail(`option '--${name}' requires an argument`)
      continue
    }
    if (!/^-./.test(arg)) {
      operands.push(arg)
      if (settings.stopAtOperand) {
        operands.push(...args.slice(i + 1))
        break
      }
      continue
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at)
      const known = spec[letter]
      if (known === undefined) fail(`invalid option -- '${letter}'`)
      else if (!known.startsWith('=')) add(known, '')
      else {
        const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i]
        if (value === undefined) fail(`option requires an argument -- '${letter}'`)
        else add(known.slice(1), value)
        break
      }
    }
  }
  return {
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    values: (name) => found.get(name) ?? [],
    operands,
  }
}

/** Runs a command's body; a UsageError becomes its message and the pointer to the help. */
export function withUsage(
  body: (process: Process) => Promise<number>,
): (process: Process) => Promise<number> {
  return async (process) => {
    try {
      return await body(process)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const name = nameOf(process)
      await process.stderr.write(`${name}: ${error.message}\nTry 'help ${name}' for more information.\n`)
      return error.status
    }
  }
}

export function nameOf(process: Process): string {
  return (process.argv[0] ?? '').replace(/^.*\//, '')
}
