// timeout(1).
import { Signalled } from '../../node/process.ts'
import { toSignal } from '../interpreter/jobs.ts'
import type { Command } from './command.ts'
import { complain } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'
import { parseDuration } from './sleep.ts'

export const timeoutCommand: Command = {
  name: 'timeout',
  summary: 'run a command for a limited time',
  group: 'system',
  usage: 'timeout [-s SIGNAL] SECONDS[smhd] COMMAND [ARGUMENT]...',
  flags: { '-s': 'the signal to send', '-k': 'kill after' },
  program: withUsage(async (process) => {
    const options = parseOptions(
      process.argv.slice(1),
      {
        s: '=signal',
        signal: '=signal',
        k: '=kill',
        'kill-after': '=kill',
        'preserve-status': 'preserve',
        foreground: 'foreground',
      },
      { stopAtOperand: true, status: 125 },
    )
    const [duration, ...command] = options.operands
    if (duration === undefined || command.length === 0) throw new UsageError('missing operand', 125)
    const ms = parseDuration(duration)
    const controller = new AbortController()
    const ended = () => controller.abort(process.signal.reason)
    process.signal.addEventListener('abort', ended, { once: true })
    let expired = false
    const name = (options.value('signal') ?? 'TERM').replace(/^SIG/, '')
    const timer = process.clock.after(ms, () => {
      expired = true
      controller.abort(new Signalled(toSignal(name)))
    })
    try {
      const status = await process.spawn(command, { signal: controller.signal })
      if (status === 127)
        await complain(process, `failed to run command '${command[0]}': No such file or directory`)
      return expired && !options.has('preserve') ? 124 : status
    } finally {
      if (ms > 0) timer.cancel()
      process.signal.removeEventListener('abort', ended)
    }
  }),
}
