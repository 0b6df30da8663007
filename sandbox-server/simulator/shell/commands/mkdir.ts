// mkdir(1) and rmdir(1).
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const mkdirCommand: Command = {
  name: 'mkdir',
  summary: 'make directories',
  group: 'files',
  usage: 'mkdir [-p] DIRECTORY...',
  flags: { '-p': 'with the directories above, and no complaint where it exists' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      p: 'parents',
      parents: 'parents',
      v: 'verbose',
      m: '=mode',
      mode: '=mode',
    })
    if (options.operands.length === 0) throw new UsageError('missing operand')
    let status = 0
    for (const operand of options.operands) {
      try {
        process.files.makeDirectory(pathOf(process, operand), { recursive: options.has('parents') })
      } catch (error) {
        await complain(process, `cannot create directory '${operand}': ${errorText(error)}`)
        status = 1
      }
    }
    return status
  }),
}

export const rmdirCommand: Command = {
  name: 'rmdir',
  summary: 'remove empty directories',
  group: 'files',
  usage: 'rmdir DIRECTORY...',
  program: withUsage(async (process) => {
    const { operands } = parseOptions(process.argv.slice(1), { p: 'parents', v: 'verbose' })
    if (operands.length === 0) throw new UsageError('missing operand')
    let status = 0
    for (const operand of operands) {
      const path = pathOf(process, operand)
      try {
        const stat = process.files.stat(path, { followLinks: false })
        if (stat && stat.type !== 'directory') throw new Error('Not a directory')
        if (stat && process.files.list(path).length > 0) throw new Error('Directory not empty')
        process.files.remove(path, { recursive: true })
      } catch (error) {
        await complain(process, `failed to remove '${operand}': ${errorText(error)}`)
        status = 1
      }
    }
    return status
  }),
}
