// Built-ins about variables: export, unset, local, declare, readonly.
import { assign, assignText } from '../assign.ts'
import type { WordNode } from '../ast.ts'
import type { Builtin } from '../builtin.ts'
import { ShellError } from '../control.ts'
import { quoteForShell } from '../quote.ts'
import { complain, type Run, stdoutOf } from '../shell.ts'

interface Declaration {
  exported?: boolean
  readonly?: boolean
  integer?: boolean
  kind?: 'indexed' | 'associative'
  local?: boolean
}

async function declare(names: readonly string[], declaration: Declaration, run: Run): Promise<number> {
  const { variables } = run.shell
  let status = 0
  for (const arg of names) {
    const match = /^([A-Za-z_]\w*)(\+?=([\s\S]*))?$/.exec(arg)
    if (!match?.[1]) {
      await complain(run, `export: \`${arg}': not a valid identifier`)
      status = 1
      continue
    }
    const [, name, assignment, value = ''] = match
    if (declaration.local) variables.makeLocal(name)
    const variable = variables.writable(name)
    if (declaration.kind && variable.kind !== declaration.kind)
      variables.setArray(name, new Map(), declaration.kind)
    if (declaration.integer !== undefined) variable.integer = declaration.integer
    if (declaration.exported !== undefined) variable.exported = declaration.exported
    if (assignment !== undefined) {
      const array = /^\(([\s\S]*)\)$/.exec(value)
      if (array) await assignArrayText(name, value, run)
      else await assignText(name, value, assignment.startsWith('+'), run)
    }
    if (declaration.readonly) variable.readonly = true
  }
  return status
}

/** `declare -A m=([k]=v)`: the parser gives the parentheses as text. */
async function assignArrayText(name: string, text: string, run: Run): Promise<void> {
  const command = run.shell.parse(`${name}=${text}`).statements[0]?.pipelines[0]?.commands[0]
  const assignment = command?.type === 'SimpleCommand' ? command.assignments[0] : undefined
  const words: readonly WordNode[] | null | undefined = assignment?.array
  if (assignment && words) await assign(assignment, run)
}

async function print(run: Run, prefix: string, keep: (name: string) => boolean): Promise<number> {
  const { variables } = run.shell
  let text = ''
  for (const name of variables.names()) {
    if (!keep(name)) continue
    const value = variables.find(name)?.value
    if (value instanceof Map) {
      const elements = [...value]
        .map(([key, each]) => `[${key}]="${each.replace(/["\\$`]/g, '\\$&')}"`)
        .join(' ')
      text += `${prefix} ${name}=(${elements})\n`
    } else text += value === undefined ? `${prefix} ${name}\n` : `${prefix} ${name}=${doubleQuote(value)}\n`
  }
  await stdoutOf(run).write(text)
  return 0
}

function doubleQuote(value: string): string {
  return /[\n\t]/.test(value) ? quoteForShell(value) : `"${value.replace(/["\\$`]/g, '\\$&')}"`
}

async function declareCommand(args: readonly string[], run: Run): Promise<number> {
  const flags = args.slice(1).filter((arg) => /^[-+][a-zA-Z]+$/.test(arg))
  const names = args.slice(1).filter((arg) => !/^[-+][a-zA-Z]+$/.test(arg))
  const has = (letter: string) => flags.some((flag) => flag.startsWith('-') && flag.includes(letter))
  const lacks = (letter: string) => flags.some((flag) => flag.startsWith('+') && flag.includes(letter))
  const { shell } = run
  if (has('f') || has('F')) {
    for (const name of shell.functions.keys()) await stdoutOf(run).write(`declare -f ${name}\n`)
    return 0
  }
  if (has('p') || names.length === 0) {
    return print(run, 'declare --', (name) => names.length === 0 || names.includes(name))
  }
  const declaration: Declaration = { local: shell.variables.inFunction && !has('g') }
  if (has('x')) declaration.exported = true
  if (lacks('x')) declaration.exported = false
  if (has('r')) declaration.readonly = true
  if (has('i')) declaration.integer = true
  if (has('a')) declaration.kind = 'indexed'
  if (has('A')) declaration.kind = 'associative'
  return declare(names, declaration, run)
}

async function unset(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const functions = args.includes('-f')
  for (const name of args.slice(1).filter((arg) => !/^-[fvn]$/.test(arg))) {
    const element = /^(\w+)\[(.*)\]$/.exec(name)
    if (element?.[1] !== undefined) {
      const value = shell.variables.find(element[1])?.value
      if (value instanceof Map) value.delete((element[2] ?? '').replace(/^["']|["']$/g, ''))
    } else if (!functions && shell.variables.find(name)) shell.variables.unset(name)
    else shell.functions.delete(name)
  }
  return 0
}

export const variableBuiltins: Readonly<Record<string, Builtin>> = {
  export: {
    usage: 'export [-n] [NAME[=VALUE]]...',
    summary: 'give variables to the programs that run',
    run: (args, run) => {
      const names = args.slice(1).filter((arg) => !/^-[npf]+$/.test(arg))
      if (names.length === 0) {
        return print(run, 'declare -x', (name) => run.shell.variables.find(name)?.exported === true)
      }
      return declare(names, { exported: !args.includes('-n') }, run)
    },
  },
  readonly: {
    usage: 'readonly [NAME[=VALUE]]...',
    summary: 'make variables unchangeable',
    run: (args, run) =>
      declare(
        args.slice(1).filter((arg) => !arg.startsWith('-')),
        { readonly: true },
        run,
      ),
  },
  local: {
    usage: 'local [NAME[=VALUE]]...',
    summary: "make variables of a function's own",
    run: (args, run) => {
      if (!run.shell.variables.inFunction) throw new ShellError('local: can only be used in a function')
      return declareCommand(args, run)
    },
  },
  declare: { usage: 'declare [-aAirx] [NAME[=VALUE]]...', summary: 'declare variables', run: declareCommand },
  typeset: { usage: 'typeset [-aAirx] [NAME[=VALUE]]...', summary: 'declare variables', run: declareCommand },
  unset: { usage: 'unset [-f] NAME...', summary: 'forget variables or functions', run: unset },
}
