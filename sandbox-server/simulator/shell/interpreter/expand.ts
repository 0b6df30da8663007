// Word expansion in bash's order: braces, tilde, parameters, commands and arithmetic, then field splitting and pathnames.

import { evaluateArithmetic } from './arithmetic.ts'
import type { PartOf, WordNode, WordPart } from './ast.ts'
import { braceWords } from './brace.ts'
import { ShellError } from './control.ts'
import { expandGlob } from './glob.ts'
import { type ExpansionTools, expandParameter } from './parameter.ts'
import { escapePattern, isPattern } from './pattern.ts'
import type { Run } from './shell.ts'
import { collector } from './streams.ts'

/** A piece of a field: quoted pieces are neither split nor matched against files. */
interface Piece {
  readonly text: string
  readonly quoted: boolean
}

/** A field under construction; `open` once something (even an empty quote) is in it. */
class Fields {
  readonly done: Piece[][] = []
  current: Piece[] | undefined
  add(text: string, quoted: boolean): void {
    if (text === '' && !quoted) return
    this.current ??= []
    this.current.push({ text, quoted })
  }
  split(): void {
    if (this.current) this.done.push(this.current)
    this.current = undefined
  }
  finish(): Piece[][] {
    this.split()
    return this.done
  }
}

/** All the fields that the words of a command make. */
export async function expandWords(words: readonly WordNode[], run: Run): Promise<string[]> {
  const result: string[] = []
  for (const word of words) {
    const only = word.parts.length === 1 ? word.parts[0] : undefined
    if (only?.type === 'Literal' || only?.type === 'SingleQuoted') {
      result.push(only.value)
      continue
    }
    for (const each of braceWords(word)) {
      const fields = new Fields()
      for (const part of each.parts) await expandPart(part, fields, run)
      for (const pieces of fields.finish()) result.push(...matchFiles(pieces, run))
    }
  }
  return result
}

function matchFiles(pieces: readonly Piece[], run: Run): string[] {
  const { shell } = run
  const plain = pieces.map(({ text }) => text).join('')
  if (shell.options.noglob) return [plain]
  const pattern = pieces.map(({ text, quoted }) => (quoted ? escapePattern(text) : text)).join('')
  if (!isPattern(pattern)) return [plain]
  const found = expandGlob(pattern, shell.process.files, shell.cwd, shell.options.dotglob)
  if (found.length > 0) return found
  return shell.options.nullglob ? [] : [plain]
}

/** One string, without splitting and pathnames: assignments, case words, here-strings, redirection targets. */
export async function expandToString(word: WordNode, run: Run): Promise<string> {
  let text = ''
  for (const part of word.parts) text += await partToString(part, run)
  return text
}

/** A pattern: what was quoted stands for itself. */
export async function expandToPattern(word: WordNode, run: Run): Promise<string> {
  let pattern = ''
  for (const part of word.parts) {
    if (part.type === 'Glob') pattern += part.pattern
    else if (part.type === 'ParameterExpansion' || part.type === 'CommandSubstitution') {
      pattern += await partToString(part, run)
    } else pattern += escapePattern(await partToString(part, run))
  }
  return pattern
}

/** For =~: what was quoted matches literally, the rest is a regular expression. */
export async function expandToRegExp(word: WordNode, run: Run): Promise<string> {
  let source = ''
  for (const part of word.parts) {
    const text = await partToString(part, run)
    const quoted = part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'Escaped'
    source += quoted ? text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&') : text
  }
  return source
}

async function expandPart(part: WordPart, fields: Fields, run: Run): Promise<void> {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'Escaped':
      return fields.add(part.value, true)
    case 'Glob':
      return fields.add(part.pattern, false)
    case 'DoubleQuoted':
      return expandQuoted(part, fields, run)
    case 'TildeExpansion':
      return fields.add(tilde(part, run), true)
    case 'ParameterExpansion': {
      const values = await expandParameter(part, run, tools(run), false)
      for (const [index, value] of values.entries()) {
        if (index > 0) fields.split()
        if (typeof value === 'string') splitInto(value, fields, run)
        else for (const each of value.parts) await expandPart(each, fields, run)
      }
      return
    }
    case 'CommandSubstitution':
      return splitInto(await substitute(part, run), fields, run)
    case 'ArithmeticExpansion':
      return fields.add(await arithmetic(part, run), false)
    case 'ProcessSubstitution':
      return fields.add(await processSubstitution(part, run), true)
    case 'BraceExpansion':
      return fields.add(await partToString(part, run), true)
  }
}

async function expandQuoted(part: PartOf<'DoubleQuoted'>, fields: Fields, run: Run): Promise<void> {
  // Only "$@" (and "${a[@]}") may make no field at all.
  const list = part.parts.length === 1 && isList(part.parts[0])
  if (!list) fields.add('', true)
  for (const each of part.parts) {
    if (each.type === 'ParameterExpansion') {
      const values = await expandParameter(each, run, tools(run), true)
      for (const [index, value] of values.entries()) {
        if (index > 0) fields.split()
        fields.add(typeof value === 'string' ? value : await expandToString(value, run), true)
      }
    } else fields.add(await partToString(each, run), true)
  }
}

function isList(part: WordPart | undefined): boolean {
  if (part?.type !== 'ParameterExpansion') return false
  const keys = part.operation?.type === 'ArrayKeys' && !part.operation.star
  return part.parameter === '@' || part.parameter.endsWith('[@]') || keys
}

async function partToString(part: WordPart, run: Run): Promise<string> {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'Escaped':
      return part.value
    case 'Glob':
      return part.pattern
    case 'DoubleQuoted': {
      let text = ''
      for (const each of part.parts) text += await partToString(each, run)
      return text
    }
    case 'TildeExpansion':
      return tilde(part, run)
    case 'ParameterExpansion': {
      const values = await expandParameter(part, run, tools(run), true)
      const texts: string[] = []
      for (const value of values)
        texts.push(typeof value === 'string' ? value : await expandToString(value, run))
      return texts.join(' ')
    }
    case 'CommandSubstitution':
      return substitute(part, run)
    case 'ArithmeticExpansion':
      return arithmetic(part, run)
    case 'ProcessSubstitution':
      return processSubstitution(part, run)
    case 'BraceExpansion': {
      const texts: string[] = []
      for (const word of braceWords({ type: 'Word', parts: [part] }))
        texts.push(await expandToString(word, run))
      return texts.join(' ')
    }
  }
}

function tools(run: Run): ExpansionTools {
  return {
    string: (word) => expandToString(word, run),
    pattern: (word) => expandToPattern(word, run),
    number: async (expression) =>
      Number(
        await evaluateArithmetic(expression.expression, { run, expand: (word) => expandToString(word, run) }),
      ),
  }
}

async function arithmetic(part: PartOf<'ArithmeticExpansion'>, run: Run): Promise<string> {
  const context = { run, expand: (word: WordNode) => expandToString(word, run) }
  return String(await evaluateArithmetic(part.expression.expression, context))
}

function tilde(part: PartOf<'TildeExpansion'>, run: Run): string {
  const { variables } = run.shell
  if (part.user === null) return variables.get('HOME') ?? '/root'
  if (part.user === '+') return variables.get('PWD') ?? '~+'
  if (part.user === '-') return variables.get('OLDPWD') ?? '~-'
  return part.user === 'root' ? '/root' : `~${part.user}`
}

async function substitute(part: PartOf<'CommandSubstitution'>, run: Run): Promise<string> {
  const { shell } = run
  const only = part.body.statements.length === 1 ? part.body.statements[0]?.pipelines : undefined
  const command = only?.length === 1 && only[0]?.commands.length === 1 ? only[0].commands[0] : undefined
  const redirection = command?.type === 'SimpleCommand' && !command.name ? command.redirections[0] : undefined
  const output = collector()
  let body = part.body
  if (
    redirection?.operator === '<' &&
    command?.type === 'SimpleCommand' &&
    command.assignments.length === 0
  ) {
    // $(< file)
    body = { ...body, statements: shell.parse('cat').statements }
    const fake = body.statements[0]?.pipelines[0]?.commands[0]
    if (fake?.type === 'SimpleCommand') fake.redirections = [redirection]
  }
  const fds = new Map(run.fds)
  fds.set(1, { writer: output })
  shell.substitutions++
  shell.status = await run.engine.subshell(body, { ...run, fds })
  return output.text().replaceAll('\0', '').replace(/\n+$/, '')
}

/** <(command): its output in a file of /tmp, since there are no named pipes; the command ends before its reader starts. */
async function processSubstitution(part: PartOf<'ProcessSubstitution'>, run: Run): Promise<string> {
  if (part.direction === 'output') throw new ShellError('>( ) is not supported in this shell; use a pipe')
  const output = collector()
  const fds = new Map(run.fds)
  fds.set(1, { writer: output })
  await run.engine.subshell(part.body, { ...run, fds })
  const path = `/tmp/sh-np.${run.shell.nextPid.value++}`
  run.shell.process.files.makeDirectory('/tmp', { recursive: true })
  run.shell.process.files.write(path, output.bytes())
  return path
}

function splitInto(value: string, fields: Fields, run: Run): void {
  const ifs = run.shell.variables.get('IFS') ?? ' \t\n'
  if (ifs === '' || value === '') {
    fields.add(value, false)
    return
  }
  const white = [...ifs].filter((character) => ' \t\n'.includes(character)).join('')
  let start = 0
  let i = 0
  const isWhite = (at: number) => white.includes(value.charAt(at)) && value.charAt(at) !== ''
  if (isWhite(0)) {
    while (i < value.length && isWhite(i)) i++
    fields.split()
    start = i
  }
  while (i < value.length) {
    if (!ifs.includes(value.charAt(i))) {
      i++
      continue
    }
    const text = value.slice(start, i)
    let other = !isWhite(i)
    i++
    while (i < value.length && (isWhite(i) || (!other && ifs.includes(value.charAt(i))))) {
      if (!isWhite(i)) other = true
      i++
    }
    if (text === '' && other && !fields.current) fields.add('', true)
    fields.add(text, false)
    fields.split()
    start = i
  }
  if (start < value.length) fields.add(value.slice(start), false)
}
