// A pseudo-terminal: the line discipline between a keyboard and screen on one side and processes on the other. Behaviour after
// Linux' n_tty.c: canonical mode edits lines and makes signals, raw mode hands every key on. Also used for `kubectl exec -t`.
import type { ReadStream, Signal, Terminal, WriteStream } from '../node/process.ts'
import { createOutputQueue } from './output-queue.ts'
import { textWidth } from './text-width.ts'

/** Reading end of a terminal. What a line editor read too far goes back in front with `unread`. */
export interface TerminalInput extends ReadStream {
  readonly isTerminal: true
  /** Whether something was typed that nobody has read. */
  readonly pending: boolean
  unread(data: Uint8Array | string): void
}

export interface TerminalOutput extends WriteStream {
  readonly isTerminal: true
  /** Whether the cursor is where the next line begins, as far as lines were written. */
  readonly atLineStart: boolean
}

export interface TerminalDevice {
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly terminal: Terminal & Required<Pick<Terminal, 'foreground' | 'keyboard'>>
  /** Keys, UTF-8. */
  input(data: string): void
  resize(columns: number, rows: number): void
  /** Output is held back until somebody listens; awaited, so that a slow screen slows the program. */
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void
  /** Readers see the end of input, writers a broken pipe. */
  hangUp(): void
}

export interface TerminalDeviceOptions {
  readonly columns: number
  readonly rows: number
  /** Signals that keys make while no process has taken the foreground. */
  readonly onSignal?: (signal: Signal) => void
}

const endOfInput = Symbol('end of input')
const encoder = new TextEncoder()
const decoder = new TextDecoder()
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const interrupts = /[\u0003\u001c]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const special = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const pasteMark = /^\u001b\[20[01]~/

export function createTerminalDevice(options: TerminalDeviceOptions): TerminalDevice {
  let { columns, rows } = options
  let raw = false
  let hungUp = false
  // Text that nobody has read: in raw mode all there is; in canonical mode what was typed ahead, cooked when a process reads.
  let ahead = ''
  let line: string[] = []
  let queue: (string | typeof endOfInput)[] = []
  let waiting: (() => void)[] = []
  const foreground: ((signal: Signal) => void)[] = []
  const resizeListeners = new Set<() => void>()
  const output = createOutputQueue()

  const wake = () => {
    const list = waiting
    waiting = []
    for (const callback of list) callback()
  }
  const push = (item: string | typeof endOfInput) => {
    queue.push(item)
    wake()
  }
  const echo = (text: string) => {
    output.write(text).catch(() => {
      // Hung up: nobody sees the echo.
    })
  }
  const signal = (name: Signal) => {
    line = []
    queue = []
    ahead = ''
    output.flush()
    if (name === 'SIGINT') echo('^C')
    if (name === 'SIGTERM') echo('^\\')
    const handler = foreground.at(-1) ?? options.onSignal
    handler?.(name)
  }

  const control = (key: string) => {
    switch (key) {
      case '\r':
      case '\n':
        echo('\n')
        push(`${line.join('')}\n`)
        line = []
        return
      case '\x03':
        signal('SIGINT')
        return
      case '\x1c':
        signal('SIGTERM')
        return
      case '\x04':
        push(line.length > 0 ? line.join('') : endOfInput)
        line = []
        return
      case '\x7f':
      case '\b':
        return erase(1)
      case '\x15':
        return erase(line.length)
      case '\x17': {
        let count = 0
        while (count < line.length && line.at(-1 - count) === ' ') count++
        while (count < line.length && line.at(-1 - count) !== ' ') count++
        return erase(count)
      }
      case '\t':
        line.push(key)
        return echo(key)
      default:
        line.push(key)
        return echo(`^${String.fromCharCode(key.charCodeAt(0) ^ 64)}`)
    }
  }
  const erase = (count: number) => {
    let width = 0
    for (const character of line.splice(line.length - count, count)) {
      width += special.test(character) ? 2 : textWidth(character)
    }
    echo('\b \b'.repeat(width))
  }
  /** Takes text through the line discipline; stops after a complete line where `once`, and gives the rest. */
  const cook = (data: string, once: boolean): string => {
    let rest = data
    while (rest !== '' && !(once && queue.length > 0)) {
      const at = rest.search(special)
      const plain = at < 0 ? rest : rest.slice(0, at)
      if (plain !== '') {
        for (const character of plain) line.push(character)
        echo(plain)
      }
      if (at < 0) return ''
      const mark = pasteMark.exec(rest.slice(at, at + 6))
      if (!mark) control(rest.charAt(at))
      rest = rest.slice(at + (mark ? 6 : 1))
    }
    return rest
  }

  const stdin: TerminalInput = {
    isTerminal: true,
    get pending() {
      return ahead !== '' || queue.length > 0 || line.length > 0
    },
    async read(abort) {
      for (;;) {
        if (raw && ahead !== '') {
          const text = ahead
          ahead = ''
          return encoder.encode(text)
        }
        if (!raw && queue.length === 0 && ahead !== '') {
          const text = ahead
          ahead = ''
          const rest = cook(text, true)
          ahead = rest
        }
        const item = queue.shift()
        if (item === endOfInput) return undefined
        if (item !== undefined) return encoder.encode(item)
        if (hungUp) return undefined
        if (raw || ahead === '') await waitForInput(waiting, abort)
      }
    },
    unread(data) {
      const text = typeof data === 'string' ? data : decoder.decode(data)
      ahead = text + ahead
      if (text !== '') wake()
    },
  }

  return {
    stdin,
    stdout: {
      isTerminal: true,
      get atLineStart() {
        return output.atLineStart
      },
      write: (data) => output.write(data),
      end: () => undefined,
    },
    terminal: {
      keyboard: stdin,
      get columns() {
        return columns
      },
      get rows() {
        return rows
      },
      onResize(listener) {
        resizeListeners.add(listener)
        return () => resizeListeners.delete(listener)
      },
      setRaw(on) {
        if (raw === on) return
        raw = on
        if (!on) return
        ahead = queue.filter((item) => item !== endOfInput).join('') + line.join('') + ahead
        queue = []
        line = []
        if (ahead !== '') wake()
      },
      foreground(handler) {
        foreground.push(handler)
        // An interrupt that was typed just before, while the terminal was raw still, is meant for what begins now.
        const interrupt = raw ? -1 : ahead.search(interrupts)
        if (interrupt >= 0) {
          const rest = ahead.slice(interrupt + 1)
          control(ahead.charAt(interrupt))
          ahead = rest
        }
        return () => {
          const at = foreground.lastIndexOf(handler)
          if (at >= 0) foreground.splice(at, 1)
        }
      },
    },
    input(data) {
      if (data === '' || hungUp) return
      if (!raw && ahead === '') {
        cook(data, false)
        return
      }
      const interrupt = raw ? -1 : data.search(interrupts)
      if (interrupt >= 0) control(data.charAt(interrupt))
      ahead += data.slice(interrupt + 1)
      wake()
    },
    resize(newColumns, newRows) {
      if (newColumns === columns && newRows === rows) return
      columns = newColumns
      rows = newRows
      for (const listener of [...resizeListeners]) listener()
    },
    onOutput: (listener) => output.onOutput(listener),
    hangUp() {
      if (hungUp) return
      hungUp = true
      output.close()
      wake()
      signal('SIGHUP')
    },
  }
}

function waitForInput(waiting: (() => void)[], abort: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (abort?.aborted) return reject(abort.reason)
    const aborted = () => reject(abort?.reason)
    abort?.addEventListener('abort', aborted, { once: true })
    waiting.push(() => {
      abort?.removeEventListener('abort', aborted)
      resolve()
    })
  })
}
