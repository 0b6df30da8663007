// chmod(1): octal and symbolic modes.
import { resolvePath } from '../../node/file-system.ts'
import type { Command } from './command.ts'
import { complain, errorText, pathOf } from './files-of.ts'
import { UsageError, withUsage } from './options.ts'

/** The new mode by `755` or `u+x,go-w`. Throws UsageError. */
export function changeMode(mode: number, change: string): number {
  if (/^[0-7]{1,4}$/.test(change)) return Number.parseInt(change, 8)
  let result = mode
  for (const part of change.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(part)
    if (!match) throw new UsageError(`invalid mode: '${change}'`)
    const [, who = '', operator = '+', letters = ''] = match
    const shifts =
      who === '' || who.includes('a') ? [6, 3, 0] : [...who].map((w) => ({ u: 6, g: 3, o: 0 })[w] ?? 0)
    let bits = 0
    for (const letter of letters)
      bits |= letter === 'r' ? 4 : letter === 'w' ? 2 : letter === 'x' || letter === 'X' ? 1 : 0
    for (const shift of shifts) {
      if (operator === '+') result |= bits << shift
      else if (operator === '-') result &= ~(bits << shift)
      else result = (result & ~(7 << shift)) | (bits << shift)
    }
  }
  return result
}

export const chmodCommand: Command = {
  name: 'chmod',
  summary: "change files' modes",
  group: 'files',
  usage: 'chmod [-R] MODE FILE...',
  flags: { '-R': 'with what is in directories' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    const recursive = args.some((arg) => arg === '-R' || arg === '--recursive')
    const [mode, ...operands] = args.filter((arg) => arg !== '-R' && arg !== '-v' && arg !== '--recursive')
    if (mode === undefined || operands.length === 0) throw new UsageError('missing operand')
    let status = 0
    const change = (path: string): void => {
      const stat = process.files.stat(path)
      if (!stat) throw new Error('No such file or directory')
      process.files.chmod(path, changeMode(stat.mode & 0o7777, mode))
      if (recursive && stat.type === 'directory')
        for (const name of process.files.list(path)) change(resolvePath(path, name))
    }
    for (const operand of operands) {
      try {
        change(pathOf(process, operand))
      } catch (error) {
        if (error instanceof UsageError) throw error
        await complain(process, `cannot access '${operand}': ${errorText(error)}`)
        status = 1
      }
    }
    return status
  }),
}
