// What full-screen programs share: the alternate screen, keys one at a time, redrawing at a resize.
import type { Process, Terminal } from '../node/process.ts'
import { type Key, KeyReader } from './line-editor/keys.ts'

export interface FullScreen {
  readonly rows: number
  readonly columns: number
  /** The next key; `resize` when the window changed, undefined at the end of input. */
  key(): Promise<Key | 'resize' | undefined>
  write(data: string): Promise<void>
}

/** Runs the body on the alternate screen in raw mode; the screen and the mode come back whatever happens. */
export async function withFullScreen<T>(
  process: Process,
  terminal: Terminal,
  body: (screen: FullScreen) => Promise<T>,
): Promise<T> {
  const keys = new KeyReader()
  const decoder = new TextDecoder()
  let resized = false
  let wake: AbortController | undefined
  const stop = terminal.onResize(() => {
    resized = true
    wake?.abort()
  })
  const stdin = process.stdin.isTerminal ? process.stdin : undefined
  terminal.setRaw(true)
  await process.stdout.write('\x1b[?1049h\x1b[?2004h')
  try {
    return await body({
      get rows() {
        return Math.max(2, terminal.rows)
      },
      get columns() {
        return Math.max(10, terminal.columns)
      },
      write: (data) => process.stdout.write(data),
      async key() {
        for (;;) {
          if (resized) {
            resized = false
            return 'resize'
          }
          const key = keys.next()
          if (key) return key
          wake = new AbortController()
          const signal = AbortSignal.any([process.signal, wake.signal])
          try {
            const data = await stdin?.read(signal)
            if (!data) return undefined
            keys.push(decoder.decode(data))
          } catch (error) {
            if (!resized) throw error
          }
        }
      },
    })
  } finally {
    stop()
    const rest = keys.take()
    if (rest !== '' && stdin && 'unread' in stdin && typeof stdin.unread === 'function') stdin.unread(rest)
    terminal.setRaw(false)
    await process.stdout.write('\x1b[?2004l\x1b[?1049l')
  }
}
