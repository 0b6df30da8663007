// Tab completion: commands, files, variables, and what each command's own object offers.
import { type FileSystem, resolvePath } from '../node/file-system.ts'
import type { Completion } from './commands/command.ts'
import { findCommand } from './commands/registry.ts'
import type { Run } from './interpreter/shell.ts'
import type { Completer, CompletionResult } from './line-editor/line-editor.ts'

interface Word {
  text: string
  readonly start: number
  /** The quote that is open at the end. */
  quote: '' | '"' | "'"
}

export interface ParsedLine {
  /** Words of the command that the cursor is in, the one under the cursor last. */
  readonly words: readonly Word[]
  readonly redirection: boolean
}

/** The command under the cursor, as far as completion needs it. */
export function parseForCompletion(line: string): ParsedLine {
  let words: Word[] = []
  let current: Word | undefined
  let quote: '' | '"' | "'" = ''
  let redirection = false
  const open = (at: number): Word => {
    current ??= { text: '', start: at, quote: '' }
    return current
  }
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (quote !== '') {
      if (character === quote) quote = ''
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(line.charAt(i + 1)))
        open(i).text += line.charAt(++i)
      else open(i).text += character
      continue
    }
    if (character === '"' || character === "'") {
      open(i)
      quote = character
    } else if (character === '\\' && i + 1 < line.length) {
      open(i).text += line.charAt(i + 1)
      i++
    } else if (
      /[|;&(\n{]/.test(character) &&
      !(character === '{' && current) &&
      !(character === '&' && line.charAt(i - 1) === '>')
    ) {
      words = []
      current = undefined
      redirection = false
    } else if (character === '<' || character === '>') {
      current = undefined
      redirection = true
    } else if (/\s/.test(character)) {
      if (current) {
        if (redirection) redirection = false
        else words.push(current)
      }
      current = undefined
    } else open(i).text += character
  }
  const last = open(line.length)
  last.quote = quote
  return { words: [...words, last], redirection }
}

const keywords = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', 'time', '{'])
const wrappers = new Set(['sudo', 'command', 'exec', 'nohup', 'watch', 'xargs', 'env', 'timeout', 'builtin'])

export function createCompleter(run: Run): Completer {
  return async (line, position) => {
    const parsed = parseForCompletion(line.slice(0, position))
    const words = commandWords(parsed.words)
    const word = words.at(-1)
    if (!word) return undefined
    const candidates = await candidatesFor(words, word, parsed.redirection, run)
    const matching = unique(candidates.filter((each) => each.value.startsWith(word.text)))
    return matching.length === 0 ? undefined : resultOf(matching, word)
  }
}

/** Drops assignments, keywords and wrappers in front of the command. */
function commandWords(words: readonly Word[]): readonly Word[] {
  let from = 0
  while (from < words.length - 1) {
    const text = words[from]?.text ?? ''
    if (/^\w+=/.test(text) || keywords.has(text)) from++
    else if (wrappers.has(text)) {
      from++
      while (from < words.length - 1 && /^-|^\d+s?$/.test(words[from]?.text ?? '')) from++
    } else break
  }
  return words.slice(from)
}

async function candidatesFor(
  words: readonly Word[],
  word: Word,
  redirection: boolean,
  run: Run,
): Promise<readonly Completion[]> {
  const { shell } = run
  const variable = /^(.*\$\{?)(\w*)$/.exec(word.text)
  if (variable && word.quote !== "'") {
    const [, before = ''] = variable
    return shell.variables
      .names()
      .map((name) => ({ value: `${before}${name}${before.endsWith('{') ? '}' : ''}` }))
  }
  const { files } = shell.process
  const home = shell.variables.get('HOME') ?? '/root'
  if (redirection) return completeFiles(word.text, files, shell.cwd, home)
  if (words.length === 1) {
    if (word.text.includes('/')) return completeFiles(word.text, files, shell.cwd, home)
    const names = [
      ...shell.process.programs(),
      ...run.engine.builtinNames(),
      ...shell.functions.keys(),
      ...shell.aliases.keys(),
    ]
    return names.filter((name) => /^[\w.-]/.test(name)).map((value) => ({ value }))
  }
  let texts = words.slice(0, -1).map(({ text }) => text)
  const alias = shell.aliases.get(texts[0] ?? '')
  if (alias !== undefined) texts = [...alias.trim().split(/\s+/), ...texts.slice(1)]
  const command = findCommand((texts[0] ?? '').replace(/^.*\//, ''))
  if (!command) {
    if (texts[0] === 'cd') return directoriesOnly(word.text, files, shell.cwd, home)
    if (texts[0] === 'export' || texts[0] === 'unset')
      return shell.variables.names().map((value) => ({ value }))
    if (texts[0] === 'type' || texts[0] === 'help')
      return run.engine.builtinNames().map((value) => ({ value }))
    return completeFiles(word.text, files, shell.cwd, home)
  }
  const process = { ...shell.process, cwd: shell.cwd, env: shell.variables.environment() }
  const own = await Promise.resolve(command.complete?.({ words: texts, word: word.text, process })).catch(
    () => undefined,
  )
  if (own !== undefined) return own
  if (word.text.startsWith('-') && command.flags)
    return Object.keys(command.flags).map((value) => ({ value, partial: value.endsWith('=') }))
  return completeFiles(word.text, files, shell.cwd, home)
}

export function completeFiles(word: string, files: FileSystem, cwd: string, home: string): Completion[] {
  const slash = word.lastIndexOf('/')
  const shown = word.slice(0, slash + 1)
  const real = shown.startsWith('~/') ? home + shown.slice(1) : shown
  const directory = resolvePath(cwd, real === '' ? '.' : real)
  if (files.stat(directory)?.type !== 'directory') return []
  const prefix = word.slice(slash + 1)
  return files
    .list(directory)
    .filter((name) => name.startsWith(prefix) && (!name.startsWith('.') || prefix.startsWith('.')))
    .map((name) => {
      const isDirectory = files.stat(resolvePath(directory, name))?.type === 'directory'
      return isDirectory ? { value: `${shown}${name}/`, partial: true } : { value: shown + name }
    })
}

function directoriesOnly(word: string, files: FileSystem, cwd: string, home: string): Completion[] {
  return completeFiles(word, files, cwd, home).filter((each) => each.partial)
}

function unique(candidates: readonly Completion[]): Completion[] {
  return [...new Map(candidates.map((each) => [each.value, each])).values()].sort((a, b) =>
    a.value < b.value ? -1 : 1,
  )
}

function resultOf(matching: readonly Completion[], word: Word): CompletionResult {
  const [only] = matching
  if (only && matching.length === 1) {
    const close = only.partial ? '' : `${word.quote} `
    return { start: word.start, insert: quoted(only.value, word.quote) + close, candidates: [only.value] }
  }
  const prefix = commonPrefix(matching.map(({ value }) => value))
  return {
    start: word.start,
    insert: prefix.length > word.text.length ? quoted(prefix, word.quote) : undefined,
    candidates: matching.map(({ value }) => value.replace(/^.*\/(?=[^/])/, '')),
  }
}

function quoted(text: string, quote: '' | '"' | "'"): string {
  if (quote !== '') return quote + (quote === '"' ? text.replace(/["\\`]/g, '\\$&') : text)
  return text.replace(/[\s"'`\\&;|<>()*?[\]#!]/g, '\\$&')
}

function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...rest] = texts
  let length = first.length
  for (const text of rest) {
    while (length > 0 && !text.startsWith(first.slice(0, length))) length--
  }
  return first.slice(0, length)
}
