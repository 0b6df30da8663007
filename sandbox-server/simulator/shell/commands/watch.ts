// watch(1): runs a command again and again, and shows what it prints on the whole screen.
import type { Process } from '../../node/process.ts'
import { withFullScreen } from '../full-screen.ts'
import { collector } from '../interpreter/streams.ts'
import { characterWidth } from '../text-width.ts'
import type { Command } from './command.ts'
import { formatDate } from './date.ts'
import { complain } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const watchCommand: Command = {
  name: 'watch',
  summary: 'run a command again and again on the whole screen',
  group: 'system',
  usage: 'watch [-n SECONDS] [-t] [-d] COMMAND...',
  flags: {
    '-n': 'seconds between runs',
    '-t': 'no title',
    '-d': 'mark what changed',
    '-g': 'end at a change',
  },
  program: withUsage(async (process) => {
    const options = parseOptions(
      process.argv.slice(1),
      {
        n: '=interval',
        interval: '=interval',
        t: 'plain',
        'no-title': 'plain',
        d: 'differences',
        differences: 'differences',
        x: 'exec',
        exec: 'exec',
        g: 'change',
        chgexit: 'change',
        e: 'error',
        c: 'colour',
        color: 'colour',
        w: 'cut',
      },
      { stopAtOperand: true },
    )
    if (options.operands.length === 0) throw new UsageError('a command is needed: watch kubectl get pods')
    const interval = Math.max(0.1, Number(options.value('interval') ?? 2) || 2)
    const argv = options.has('exec') ? options.operands : ['sh', '-c', options.operands.join(' ')]
    const { terminal } = process
    if (!terminal || !process.stdout.isTerminal) {
      await complain(process, 'standard output is not a terminal')
      return 1
    }
    const title = `Every ${interval.toFixed(1)}s: ${options.operands.join(' ')}`
    return withFullScreen(process, terminal, async (screen) => {
      let before: string[] = []
      let lines: string[] = []
      let next = 0
      const ending = new AbortController()
      const draw = async () => {
        const head = options.has('plain') ? [] : [header(title, process, screen.columns), '']
        const shown = [...head, ...lines].slice(0, screen.rows)
        const old = options.has('differences') ? [...head, ...before] : undefined
        let output = '\x1b[H'
        for (let row = 0; row < screen.rows; row++) {
          const line = cut(shown[row] ?? '', screen.columns)
          const mark = old && row >= head.length && before.length > 0
          output += `${mark ? highlight(line, cut(old[row] ?? '', screen.columns)) : line}\x1b[0m\x1b[K${row < screen.rows - 1 ? '\r\n' : ''}`
        }
        await screen.write(output)
      }
      const loop = async () => {
        for (;;) {
          const output = collector(4 * 1024 * 1024)
          await process.spawn(argv, {
            stdin: { read: async () => undefined },
            stdout: output,
            stderr: output,
            signal: AbortSignal.any([process.signal, ending.signal]),
          })
          if (ending.signal.aborted) return
          before = lines
          lines = output.text().replaceAll('\t', '        ').split('\n')
          await draw()
          if (options.has('change') && next++ > 0 && before.join('\n') !== lines.join('\n')) return
          await process.clock.sleep(interval * 1000, AbortSignal.any([process.signal, ending.signal]))
        }
      }
      const running = loop().catch((error: unknown) => {
        if (!ending.signal.aborted) throw error
      })
      const keys = async () => {
        for (;;) {
          const key = await screen.key()
          if (key === 'resize') await draw()
          else if (
            key === undefined ||
            (key.kind === 'key' && key.name === 'C-c') ||
            (key.kind === 'text' && key.text.includes('q'))
          )
            return
        }
      }
      try {
        await Promise.race([running, keys()])
      } finally {
        ending.abort()
      }
      return 0
    })
  }),
}

function header(title: string, process: Process, columns: number): string {
  const right = `${process.machine.hostname}: ${formatDate('%a %b %e %T %Y', process.clock.now())}`
  const room = columns - right.length - 1
  return room < 10 ? title : `${title.slice(0, room).padEnd(room)} ${right}`
}

/** Cuts to the width, counting no escape sequences. */
function cut(line: string, columns: number): string {
  let used = 0
  let result = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
  for (const [piece] of line.matchAll(/\u001b\[[0-9;]*m|[\s\S]/gu)) {
    const width = piece.length > 1 && piece.startsWith('\x1b') ? 0 : characterWidth(piece)
    if (used + width > columns) break
    used += width
    result += piece
  }
  return result
}

function highlight(line: string, before: string): string {
  let result = ''
  const old = [...before]
  for (const [index, character] of [...line].entries())
    result += character === old[index] ? character : `\x1b[7m${character}\x1b[27m`
  return result
}
