// stat(1).
import type { Command } from './command.ts'
import { complain, pathOf } from './files-of.ts'
import { formatMode } from './format-stat.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const statCommand: Command = {
  name: 'stat',
  summary: 'tell size, mode and time of files',
  group: 'files',
  usage: 'stat [-c FORMAT] FILE...',
  flags: { '-c': 'format with %n %s %a %A %F %Y %y' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      c: '=format',
      format: '=format',
      L: 'follow',
      t: 'terse',
    })
    if (options.operands.length === 0) throw new UsageError('missing operand')
    let status = 0
    for (const operand of options.operands) {
      const stat = process.files.stat(pathOf(process, operand), { followLinks: options.has('follow') })
      if (!stat) {
        await complain(process, `cannot statx '${operand}': No such file or directory`)
        status = 1
        continue
      }
      const octal = (stat.mode & 0o7777).toString(8)
      const kind =
        stat.type === 'directory'
          ? 'directory'
          : stat.type === 'symlink'
            ? 'symbolic link'
            : stat.size === 0
              ? 'regular empty file'
              : 'regular file'
      const time = `${new Date(stat.modifiedAt).toISOString().replace('T', ' ').replace('Z', '000000')} +0000`
      const format = options.value('format')
      if (format !== undefined) {
        const values: Readonly<Record<string, string>> = {
          n: operand,
          s: String(stat.size),
          a: octal,
          A: formatMode(stat),
          F: kind,
          Y: String(Math.floor(stat.modifiedAt / 1000)),
          y: time,
          U: 'root',
          G: 'root',
          u: '0',
          g: '0',
          '%': '%',
        }
        await process.stdout.write(
          `${format.replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole)}\n`,
        )
        continue
      }
      const link = stat.linkTarget === undefined ? '' : ` -> ${stat.linkTarget}`
      await process.stdout.write(
        `  File: ${operand}${link}\n  Size: ${String(stat.size).padEnd(10)}\tBlocks: ${String(Math.ceil(stat.size / 4096) * 8).padEnd(10)} IO Block: 4096   ${kind}\nAccess: (${octal.padStart(4, '0')}/${formatMode(stat)})  Uid: (    0/    root)   Gid: (    0/    root)\nModify: ${time}\n`,
      )
    }
    return status
  }),
}
