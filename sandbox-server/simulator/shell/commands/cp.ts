// cp(1).
import { resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

/** Where sources go: into the last operand where it is a directory. Throws UsageError. */
export function targetsOf(
  process: Process,
  operands: readonly string[],
): { source: string; target: string }[] {
  const [first] = operands
  if (first === undefined) throw new UsageError('missing file operand')
  const sources = operands.slice(0, -1)
  const destination = operands.at(-1)
  if (destination === undefined || sources.length === 0)
    throw new UsageError(`missing destination file operand after '${first}'`)
  const into = process.files.stat(pathOf(process, destination))?.type === 'directory'
  if (sources.length > 1 && !into) throw new UsageError(`target '${destination}' is not a directory`)
  return sources.map((source) => {
    const name = pathOf(process, source).split('/').at(-1) ?? ''
    return { source, target: into ? `${destination.replace(/\/$/, '')}/${name}` : destination }
  })
}

function copyTree(process: Process, from: string, to: string): void {
  const { files } = process
  const stat = files.stat(from, { followLinks: false })
  if (stat?.type === 'directory') {
    if (files.stat(to)?.type !== 'directory') files.makeDirectory(to)
    for (const name of files.list(from)) copyTree(process, resolvePath(from, name), resolvePath(to, name))
  } else if (stat?.type === 'symlink') files.link(stat.linkTarget ?? '', to)
  else files.write(to, files.read(from), { mode: stat?.mode ?? 0o644 })
}

export const cpCommand: Command = {
  name: 'cp',
  summary: 'copy files',
  group: 'files',
  usage: 'cp [-rfv] SOURCE... TARGET',
  flags: { '-r': 'directories with what is in them', '-v': 'tell what is done', '-n': 'never overwrite' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      r: 'recursive',
      R: 'recursive',
      recursive: 'recursive',
      a: 'recursive',
      archive: 'recursive',
      f: 'force',
      force: 'force',
      v: 'verbose',
      verbose: 'verbose',
      n: 'keep',
      p: 'preserve',
      i: 'force',
      L: 'follow',
      T: 'plain',
    })
    let status = 0
    for (const { source, target } of targetsOf(process, options.operands)) {
      const from = pathOf(process, source)
      const to = pathOf(process, target)
      const fail = async (message: string) => {
        await complain(process, message)
        status = 1
      }
      const stat = process.files.stat(from)
      if (!stat) await fail(`cannot stat '${source}': No such file or directory`)
      else if (stat.type === 'directory' && !options.has('recursive'))
        await fail(`-r not specified; omitting directory '${source}'`)
      else if (from === to) await fail(`'${source}' and '${target}' are the same file`)
      else if (stat.type === 'directory' && `${to}/`.startsWith(`${from}/`))
        await fail(`cannot copy a directory, '${source}', into itself, '${target}'`)
      else if (!(options.has('keep') && process.files.stat(to))) {
        try {
          if (stat.type === 'directory') copyTree(process, from, to)
          else process.files.write(to, process.files.read(from), { mode: stat.mode })
          if (options.has('verbose')) await process.stdout.write(`'${source}' -> '${target}'\n`)
        } catch (error) {
          await fail(`cannot create regular file '${target}': ${errorText(error)}`)
        }
      }
    }
    return status
  }),
}
