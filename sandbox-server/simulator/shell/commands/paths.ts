// basename(1), dirname(1), readlink(1), realpath(1).
import { type FileSystem, resolvePath } from '../../node/file-system.ts'
import type { Command } from './command.ts'
import { complain, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const basenameCommand: Command = {
  name: 'basename',
  summary: 'the last part of a path',
  group: 'files',
  usage: 'basename PATH [SUFFIX]',
  program: withUsage(async (process) => {
    const [path, suffix] = parseOptions(process.argv.slice(1), { a: 'all' }).operands
    if (path === undefined) throw new UsageError('missing operand')
    const name = path.replace(/\/+$/, '').split('/').at(-1) || '/'
    await process.stdout.write(
      `${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
    )
    return 0
  }),
}

export const dirnameCommand: Command = {
  name: 'dirname',
  summary: 'a path without its last part',
  group: 'files',
  usage: 'dirname PATH...',
  program: withUsage(async (process) => {
    const { operands } = parseOptions(process.argv.slice(1), {})
    if (operands.length === 0) throw new UsageError('missing operand')
    for (const operand of operands) {
      const path = operand.replace(/\/+$/, '')
      const at = path.lastIndexOf('/')
      await process.stdout.write(`${at < 0 ? '.' : path.slice(0, at) || '/'}\n`)
    }
    return 0
  }),
}

/** The path with every link in it followed; undefined where something is missing on the way. */
export function realPath(files: FileSystem, path: string, depth = 0): string | undefined {
  let current = '/'
  for (const part of path.split('/').filter((each) => each !== '')) {
    const next = resolvePath(current, part)
    const stat = files.stat(next, { followLinks: false })
    if (!stat) return undefined
    if (stat.type !== 'symlink') {
      current = next
      continue
    }
    if (depth > 40) return undefined
    const target = realPath(files, resolvePath(current, stat.linkTarget ?? ''), depth + 1)
    if (target === undefined) return undefined
    current = target
  }
  return current
}

export const readlinkCommand: Command = {
  name: 'readlink',
  summary: 'where a symbolic link leads',
  group: 'files',
  usage: 'readlink [-f] FILE',
  flags: { '-f': 'follow every link' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), { f: 'follow', e: 'follow', m: 'follow', n: 'plain' })
    const [operand] = options.operands
    if (operand === undefined) throw new UsageError('missing operand')
    const path = pathOf(process, operand)
    const target = options.has('follow')
      ? realPath(process.files, path)
      : process.files.stat(path, { followLinks: false })?.linkTarget
    if (target === undefined) return 1
    await process.stdout.write(`${target}\n`)
    return 0
  }),
}

export const realpathCommand: Command = {
  name: 'realpath',
  summary: 'the absolute path without links',
  group: 'files',
  usage: 'realpath FILE...',
  program: withUsage(async (process) => {
    let status = 0
    for (const operand of parseOptions(process.argv.slice(1), { s: 'plain', e: 'existing', m: 'missing' })
      .operands) {
      const path = realPath(process.files, pathOf(process, operand))
      if (path === undefined) {
        await complain(process, `${operand}: No such file or directory`)
        status = 1
      } else await process.stdout.write(`${path}\n`)
    }
    return status
  }),
}
