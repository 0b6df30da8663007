// A session as a person sees it: keys in, the screen of a real xterm out.
import xterm from '@xterm/headless'
import {
  createSession,
  type SessionOptions,
} from '../../../../sandbox-server/simulator/shell/create-session.ts'
import type { ShellSession } from '../../../../sandbox-server/simulator/shell/session.ts'
import { type TestMachine, testMachine } from './machine.ts'

export interface Screen {
  readonly machine: TestMachine
  readonly session: ShellSession
  /** Everything that was output so far. */
  output(): string
  /** Types and waits until the output rests. */
  type(keys: string): Promise<void>
  /** The rows with something on them, and the cursor. */
  lines(): string[]
  cursor(): { row: number; column: number }
  resize(columns: number, rows: number): Promise<void>
  rest(): Promise<void>
  /** Lets the event loop turn until the condition holds. The test's own time limit ends what never does. */
  until(condition: () => boolean): Promise<void>
}

export async function openScreen(
  options: Partial<SessionOptions> & { machine?: TestMachine } = {},
): Promise<Screen> {
  const { machine = testMachine(), ...rest } = options
  const columns = options.columns ?? 60
  const rows = options.rows ?? 20
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const session = createSession(machine, { columns, rows, ...rest })
  const decoder = new TextDecoder()
  let output = ''
  let count = 0
  let drawing = 0
  session.onOutput((data) => {
    count++
    output += decoder.decode(data, { stream: true })
    drawing++
    return new Promise((resolve) => {
      terminal.write(data, () => {
        drawing--
        resolve()
      })
    })
  })
  const settled = async () => {
    // The output rests once several turns of the event loop bring nothing.
    for (
      let quiet = 0, before = count;
      quiet < 6;
      quiet = count === before && drawing === 0 ? quiet + 1 : 0
    ) {
      before = count
      await machine.clock.advance(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const screen: Screen = {
    machine,
    session,
    output: () => output,
    rest: settled,
    async until(condition) {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve))
      await settled()
    },
    async type(keys) {
      session.input(keys)
      await settled()
    },
    lines() {
      const buffer = terminal.buffer.active
      const all = Array.from({ length: terminal.rows }, (_, row) =>
        (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
      )
      return all.slice(0, all.findLastIndex((line) => line !== '') + 1)
    },
    cursor: () => ({ row: terminal.buffer.active.cursorY, column: terminal.buffer.active.cursorX }),
    async resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows)
      session.resize(newColumns, newRows)
      await settled()
    },
  }
  // The parser is loaded once.
  while (output === '') await new Promise((resolve) => setImmediate(resolve))
  await settled()
  return screen
}
