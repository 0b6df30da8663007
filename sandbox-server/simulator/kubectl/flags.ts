// Command line flags. Source of behaviour and messages: github.com/spf13/pflag.
import { CliError } from './errors.ts'
import { parseDuration, quote } from './output/go-text.ts'

export interface FlagSpec {
  /** `list` splits at commas, `array` does not. */
  readonly type: 'boolean' | 'string' | 'integer' | 'duration' | 'list' | 'array'
  readonly short?: string
  /** As help prints it. */
  readonly default?: string
  /** Value of the flag given without one, where it need not have one: `--dry-run`, `--cascade`. */
  readonly bare?: string
  readonly summary: string
  /** Values for completion. */
  readonly values?: readonly string[]
  readonly hidden?: boolean
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>

export interface ParsedLine {
  readonly flags: Flags
  readonly args: readonly string[]
  /** Number of arguments before `--`, or -1 where there was none. */
  readonly argsBeforeDash: number
}

export class Flags {
  readonly #specs: FlagSpecs
  readonly #given: ReadonlyMap<string, readonly string[]>

  constructor(specs: FlagSpecs, given: ReadonlyMap<string, readonly string[]>) {
    this.#specs = specs
    this.#given = given
  }

  has(name: string): boolean {
    return this.#given.has(name)
  }

  string(name: string): string {
    const value = this.#given.get(name)?.at(-1)
    if (value !== undefined) return value
    const fallback = this.#specs[name]?.default ?? ''
    return fallback
  }

  boolean(name: string): boolean {
    return parseBoolean(this.string(name)) ?? false
  }

  integer(name: string): number {
    return Number.parseInt(this.string(name) || '0', 10)
  }

  /** Milliseconds. */
  duration(name: string): number {
    const text = this.string(name)
    return parseDuration(text) ?? (/^[-+]?\d+$/.test(text) ? Number(text) * 1000 : 0)
  }

  list(name: string): string[] {
    const values = this.#given.get(name) ?? []
    return this.#specs[name]?.type === 'list' ? values.flatMap((value) => value.split(',')) : [...values]
  }
}

function parseBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return undefined
}

/** Parses `words` (without the command's name). `command` is the full name, for messages. */
export function parseFlags(specs: FlagSpecs, words: readonly string[], command: string): ParsedLine {
  const given = new Map<string, string[]>()
  const args: string[] = []
  let argsBeforeDash = -1
  const fail = (message: string): never => {
    throw new CliError(`${message}\nSee '${command} --help' for usage.`)
  }
  const byShort = new Map(
    Object.entries(specs).flatMap(([name, spec]) => (spec.short ? [[spec.short, name] as const] : [])),
  )
  const set = (name: string, spec: FlagSpec, value: string): void => {
    const problem = problemWith(spec, value)
    if (problem) {
      const shown = spec.short ? `-${spec.short}, --${name}` : `--${name}`
      fail(`invalid argument ${quote(value)} for ${quote(shown)} flag: ${problem}`)
    }
    given.set(name, [...(given.get(name) ?? []), value])
  }
  const bareValue = (spec: FlagSpec) => spec.bare ?? (spec.type === 'boolean' ? 'true' : undefined)

  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') {
      argsBeforeDash = args.length
      args.push(...words.slice(index + 1))
      break
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=')
      const name = word.slice(2, equals < 0 ? undefined : equals)
      const spec = specs[name]
      if (!spec) fail(`unknown flag: --${name}`)
      else if (equals >= 0) set(name, spec, word.slice(equals + 1))
      else {
        const bare = bareValue(spec)
        const next = words[index + 1]
        if (bare !== undefined) set(name, spec, bare)
        else if (next === undefined) fail(`flag needs an argument: --${name}`)
        else {
          set(name, spec, next)
          index++
        }
      }
      continue
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word)
      continue
    }
    for (let rest = word.slice(1); rest !== ''; ) {
      const letter = rest.slice(0, 1)
      const name = byShort.get(letter)
      const spec = name === undefined ? undefined : specs[name]
      if (name === undefined || !spec) {
        fail(`unknown shorthand flag: '${letter}' in ${word}`)
        break
      }
      const after = rest.slice(1)
      const bare = bareValue(spec)
      if (after.startsWith('=')) {
        set(name, spec, after.slice(1))
        break
      }
      if (bare !== undefined) {
        set(name, spec, bare)
        rest = after
        continue
      }
      const next = words[index + 1]
      if (after !== '') set(name, spec, after)
      else if (next === undefined) fail(`flag needs an argument: '${letter}' in ${word}`)
      else {
        set(name, spec, next)
        index++
      }
      break
    }
  }
  return { flags: new Flags(specs, given), args, argsBeforeDash }
}

function problemWith(spec: FlagSpec, value: string): string | undefined {
  if (spec.type === 'boolean' && parseBoolean(value) === undefined)
    return `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`
  if (spec.type === 'integer' && !/^[-+]?\d+$/.test(value))
    return `strconv.ParseInt: parsing ${quote(value)}: invalid syntax`
  if (spec.type === 'duration' && parseDuration(value) === undefined)
    return /^[-+]?[\d.]+$/.test(value)
      ? `time: missing unit in duration ${quote(value)}`
      : `time: invalid duration ${quote(value)}`
  return undefined
}

/** Flags that every command has (`kubectl options`). */
export const globalFlags: FlagSpecs = {
  as: { type: 'string', default: '', summary: 'Username to impersonate for the operation' },
  'as-group': { type: 'array', default: '[]', summary: 'Group to impersonate; can be given several times' },
  cluster: { type: 'string', default: '', summary: 'The name of the kubeconfig cluster to use' },
  context: { type: 'string', default: '', summary: 'The name of the kubeconfig context to use' },
  kubeconfig: { type: 'string', default: '', summary: 'Path to the kubeconfig file' },
  namespace: {
    type: 'string',
    short: 'n',
    default: '',
    summary: 'If present, the namespace scope for this CLI request',
  },
  'request-timeout': {
    type: 'string',
    default: '0',
    summary: 'How long to wait for one request; 0 does not time out',
  },
  server: { type: 'string', short: 's', default: '', summary: 'The address of the Kubernetes API server' },
  user: { type: 'string', default: '', summary: 'The name of the kubeconfig user to use' },
  v: { type: 'integer', short: 'v', default: '0', summary: 'Log verbosity; accepted and ignored here' },
  'warnings-as-errors': {
    type: 'boolean',
    default: 'false',
    summary: 'Treat warnings from the server as errors',
  },
  help: { type: 'boolean', short: 'h', default: 'false', summary: 'Help for this command', hidden: true },
}

/** Groups of flags that several commands share. */
export const fileFlags: FlagSpecs = {
  filename: {
    type: 'list',
    short: 'f',
    default: '[]',
    summary: 'File or directory with manifests; - reads the standard input',
  },
  kustomize: {
    type: 'string',
    short: 'k',
    default: '',
    summary: 'Kustomization directory; not simulated here',
  },
  recursive: {
    type: 'boolean',
    short: 'R',
    default: 'false',
    summary: 'Look for manifests in subdirectories too',
  },
}

export const selectorFlag: FlagSpecs = {
  selector: {
    type: 'string',
    short: 'l',
    default: '',
    summary: "Label query: '=', '==', '!=', 'in', 'notin', and a key alone",
  },
}

export const fieldSelectorFlag: FlagSpecs = {
  'field-selector': {
    type: 'string',
    default: '',
    summary: "Field query: '=', '==' and '!=', such as status.phase=Running",
  },
}

export const allNamespacesFlag: FlagSpecs = {
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    default: 'false',
    summary: 'Look in every namespace',
  },
}

export const dryRunFlag: FlagSpecs = {
  'dry-run': {
    type: 'string',
    default: 'none',
    bare: 'unchanged',
    summary: '"none", "client" (print only) or "server" (send without keeping)',
    values: ['none', 'client', 'server'],
  },
}

export const fieldManagerFlag = (name: string): FlagSpecs => ({
  'field-manager': { type: 'string', default: name, summary: 'Name to own the fields under' },
})

export const outputFormats = [
  'json',
  'yaml',
  'kyaml',
  'name',
  'go-template',
  'go-template-file',
  'template',
  'templatefile',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
] as const

export const printFlags: FlagSpecs = {
  output: {
    type: 'string',
    short: 'o',
    default: '',
    summary: `Output format. One of: (${outputFormats.join(', ')})`,
    values: outputFormats,
  },
  template: { type: 'string', default: '', summary: 'Template for -o go-template or go-template-file' },
  'show-managed-fields': {
    type: 'boolean',
    default: 'false',
    summary: 'Keep metadata.managedFields in JSON and YAML',
  },
  'allow-missing-template-keys': {
    type: 'boolean',
    default: 'true',
    summary: 'Print nothing for a field that a template names and the object lacks',
  },
}
