// sleep(1).
import type { Command } from './command.ts'
import { UsageError, withUsage } from './options.ts'

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Milliseconds of `1.5`, `2m`. */
export function parseDuration(text: string): number {
  const match = /^(\d*\.?\d+)([smhd]?)$/.exec(text)
  if (!match?.[1]) throw new UsageError(`invalid time interval '${text}'`)
  return Number(match[1]) * (units[match[2] || 's'] ?? 1) * 1000
}

export const sleepCommand: Command = {
  name: 'sleep',
  summary: 'wait',
  group: 'system',
  usage: 'sleep SECONDS[smhd]...',
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    if (args.length === 0) throw new UsageError('missing operand')
    if (args[0] === 'infinity')
      await new Promise((_, reject) =>
        process.signal.addEventListener('abort', () => reject(process.signal.reason)),
      )
    const ms = args.reduce((sum, arg) => sum + parseDuration(arg), 0)
    await process.clock.sleep(ms, process.signal)
    return 0
  }),
}
