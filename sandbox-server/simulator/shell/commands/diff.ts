// diff(1): the normal and the unified format, and directories with -r.
import { resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import type { Command } from './command.ts'
import { complain, errorText, pathOf, readTextInput } from './files-of.ts'
import { diffLines, type Hunk } from './line-diff.ts'
import { type ParsedOptions, parseOptions, UsageError, withUsage } from './options.ts'

export const diffCommand: Command = {
  name: 'diff',
  summary: 'compare two files line by line',
  group: 'text',
  usage: 'diff [-uqiwrN] FILE1 FILE2',
  flags: {
    '-u': 'unified, with context',
    '-q': 'only tell whether they differ',
    '-i': 'ignore case',
    '-w': 'ignore blanks',
    '-r': 'compare directories',
    '-N': 'take missing files for empty',
  },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1).filter((arg) => !arg.startsWith('--color'))
    const options = parseOptions(
      args,
      {
        u: 'unified',
        unified: 'unified',
        U: '=context',
        q: 'brief',
        brief: 'brief',
        i: 'ignore-case',
        w: 'ignore-space',
        b: 'ignore-space',
        r: 'recursive',
        recursive: 'recursive',
        N: 'new',
        'new-file': 'new',
        a: 'text',
        s: 'same',
      },
      { status: 2 },
    )
    const [left, right] = options.operands
    if (left === undefined || right === undefined)
      throw new UsageError(`missing operand after '${left ?? 'diff'}'`, 2)
    try {
      return await compare(process, left, right, options)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      await complain(process, errorText(error))
      return 2
    }
  }),
}

async function compare(
  process: Process,
  left: string,
  right: string,
  options: ParsedOptions,
): Promise<number> {
  const type = (name: string) => (name === '-' ? 'file' : process.files.stat(pathOf(process, name))?.type)
  for (const name of [left, right]) {
    if (type(name) === undefined && !options.has('new')) {
      await complain(process, `${name}: No such file or directory`)
      return 2
    }
  }
  if (type(left) === 'directory' && type(right) === 'directory')
    return compareDirectories(process, left, right, options)
  const text = async (name: string) => (type(name) === undefined ? '' : readTextInput(process, name))
  const a = await text(left)
  const b = await text(right)
  if (a === b) return 0
  const key = (line: string) => {
    const spaced = options.has('ignore-space') ? line.replace(/\s+/g, '') : line
    return options.has('ignore-case') ? spaced.toLowerCase() : spaced
  }
  const hunks = diffLines(linesOf(a), linesOf(b), key)
  if (hunks.length === 0) return 0
  if (options.has('brief')) {
    await process.stdout.write(`Files ${left} and ${right} differ\n`)
    return 1
  }
  const unified = options.has('unified') || options.value('context') !== undefined
  const context = Number(options.value('context') ?? 3)
  const time = (name: string) => {
    const at = process.files.stat(pathOf(process, name))?.modifiedAt ?? process.clock.now()
    return `${new Date(at).toISOString().replace('T', ' ').replace('Z', '000000')} +0000`
  }
  const colour = process.stdout.isTerminal === true
  const output = unified
    ? `--- ${left}\t${time(left)}\n+++ ${right}\t${time(right)}\n${unifiedOf(linesOf(a), linesOf(b), hunks, context)}`
    : normalOf(linesOf(a), linesOf(b), hunks)
  await process.stdout.write(colour ? paint(output, unified) : output)
  return 1
}

async function compareDirectories(
  process: Process,
  left: string,
  right: string,
  options: ParsedOptions,
): Promise<number> {
  let status = 0
  const names = (directory: string) => process.files.list(pathOf(process, directory))
  const all = [...new Set([...names(left), ...names(right)])].sort()
  for (const name of all) {
    const paths = [left, right].map((directory) => `${directory.replace(/\/$/, '')}/${name}`)
    const [a = '', b = ''] = paths
    const has = (path: string) => process.files.stat(resolvePath(process.cwd, path)) !== undefined
    if (!options.has('new') && has(a) !== has(b)) {
      await process.stdout.write(`Only in ${has(a) ? left : right}: ${name}\n`)
      status = 1
    } else if (options.has('recursive') || process.files.stat(pathOf(process, a))?.type === 'file') {
      status = Math.max(status, await compare(process, a, b, options))
    }
  }
  return status
}

/** Lines without their ends; a last line without one keeps a mark that diff prints. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  else lines[lines.length - 1] = `${lines.at(-1)}\n\\ No newline at end of file`
  return lines
}

function normalOf(a: readonly string[], b: readonly string[], hunks: readonly Hunk[]): string {
  const range = (start: number, count: number) =>
    count <= 1 ? String(start + count) : `${start + 1},${start + count}`
  let text = ''
  for (const { aStart, aCount, bStart, bCount } of hunks) {
    const letter = aCount === 0 ? 'a' : bCount === 0 ? 'd' : 'c'
    text += `${range(aStart, aCount)}${letter}${range(bStart, bCount)}\n`
    for (const line of a.slice(aStart, aStart + aCount)) text += `< ${line}\n`
    if (letter === 'c') text += '---\n'
    for (const line of b.slice(bStart, bStart + bCount)) text += `> ${line}\n`
  }
  return text
}

function unifiedOf(
  a: readonly string[],
  b: readonly string[],
  hunks: readonly Hunk[],
  context: number,
): string {
  const groups: Hunk[][] = []
  for (const hunk of hunks) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group && before && hunk.aStart - (before.aStart + before.aCount) <= context * 2) group.push(hunk)
    else groups.push([hunk])
  }
  let text = ''
  for (const group of groups) {
    const first = group[0]
    const last = group.at(-1)
    if (!first || !last) continue
    const aFrom = Math.max(0, first.aStart - context)
    const bFrom = Math.max(0, first.bStart - context)
    const aTo = Math.min(a.length, last.aStart + last.aCount + context)
    const bTo = Math.min(b.length, last.bStart + last.bCount + context)
    const range = (from: number, to: number) =>
      to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`
    text += `@@ -${range(aFrom, aTo)} +${range(bFrom, bTo)} @@\n`
    let at = aFrom
    for (const hunk of group) {
      for (; at < hunk.aStart; at++) text += ` ${a[at]}\n`
      for (; at < hunk.aStart + hunk.aCount; at++) text += `-${a[at]}\n`
      for (const line of b.slice(hunk.bStart, hunk.bStart + hunk.bCount)) text += `+${line}\n`
    }
    for (; at < aTo; at++) text += ` ${a[at]}\n`
  }
  return text
}

function paint(text: string, unified: boolean): string {
  return text.replace(/^.*$/gm, (line) => {
    if (line === '') return line
    const first = line.charAt(0)
    if (unified ? /^(---|\+\+\+) /.test(line) : false) return `\x1b[1m${line}\x1b[0m`
    if (first === '@') return `\x1b[36m${line}\x1b[0m`
    if (first === '-' || first === '<') return `\x1b[31m${line}\x1b[0m`
    return first === '+' || first === '>' ? `\x1b[32m${line}\x1b[0m` : line
  })
}
