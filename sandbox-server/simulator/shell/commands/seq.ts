// seq(1). Streams, for long runs.
import type { Command } from './command.ts'
import { UsageError, withUsage } from './options.ts'

export const seqCommand: Command = {
  name: 'seq',
  summary: 'print a sequence of numbers',
  group: 'text',
  usage: 'seq [-w] [-s SEPARATOR] [FIRST [STEP]] LAST',
  flags: { '-w': 'equal widths', '-s': 'separator' },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    let separator = '\n'
    let equal = false
    while (args[0] !== undefined && /^-[ws]/.test(args[0])) {
      const option = args.shift() ?? ''
      if (option.startsWith('-w')) equal = true
      else separator = option.length > 2 ? option.slice(2) : (args.shift() ?? '\n')
    }
    const numbers = args.map((text) => {
      if (text === '' || Number.isNaN(Number(text)))
        throw new UsageError(`invalid floating point argument: '${text}'`)
      return Number(text)
    })
    const [a, b, c] = numbers
    if (a === undefined) throw new UsageError('missing operand')
    const [first, step, last] = c !== undefined ? [a, b ?? 1, c] : b !== undefined ? [a, 1, b] : [1, 1, a]
    if (step === 0) throw new UsageError(`invalid Zero increment value: '${args[1]}'`)
    const decimals = Math.max(
      ...args.slice(0, c === undefined ? 1 : 2).map((text) => (text.split('.')[1] ?? '').length),
    )
    const width = equal ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0
    let text = ''
    for (let i = 0; ; i++) {
      const value = first + i * step
      if (step > 0 ? value > last + 1e-9 : value < last - 1e-9) break
      text += `${i > 0 ? separator : ''}${value.toFixed(decimals).padStart(width, '0')}`
      if (text.length > 16_384) {
        process.signal.throwIfAborted()
        await process.stdout.write(text)
        text = ''
      }
    }
    await process.stdout.write(`${text}${first === last || step > 0 === last >= first ? '\n' : ''}`)
    return 0
  }),
}
