// A shell in the learner's toolbox as a terminal stream. It outlives its shell: when that ends, another one opens.
import { randomUUID } from 'node:crypto'
import type { Pty } from '../../../platform/commands.ts'
import type { Timers } from '../../../platform/host-timers.ts'
import type { TerminalSize, TerminalStream } from '../../provider.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { execOnTerminal } from './exec-on-terminal.ts'
import { hangUp } from './hang-up.ts'
import { createOutputGate } from './output-gate.ts'
import { createMarkReader } from './shell-marks.ts'
import { workspaceFolder } from './start-toolbox.ts'
import { TypedCommands } from './typed-commands.ts'

export interface ToolboxTerminalHooks {
  readonly timers: Timers
  /** Awaited before `run` types its command: what editors wrote is to be there. */
  readonly beforeCommand?: () => Promise<void>
  /** After every command, typed or run; `run` awaits it: what the command wrote is to be told. */
  readonly afterCommand?: () => Promise<void>
}

export interface ToolboxTerminal extends TerminalStream {
  /** Resolves after `dispose`, once no process of this terminal is left. */
  readonly ended: Promise<void>
}

const longestPauseMs = 5000
const otherSizeMs = 250
/** A shell that ends sooner was ended by what it read at its start, such as an `exit` in ~/.bashrc. */
const shortLifeMs = 1000

export function openToolboxTerminal(
  engine: ContainerEngine,
  container: string,
  firstSize: TerminalSize,
  hooks: ToolboxTerminalHooks,
): ToolboxTerminal {
  const { timers } = hooks
  const id = randomUUID()
  let tellEnded = () => {}
  const ended = new Promise<void>((resolve) => {
    tellEnded = resolve
  })
  let size = firstSize
  let pty: Pty | undefined
  let boot: string | undefined
  let isDisposed = false
  /** Shells in a row that could not be opened, or that ended at once. */
  let failures = 0
  let shortLives = 0

  const gate = createOutputGate((held) => (held ? pty?.pause() : pty?.resume()))
  const say = (line: string) => gate.push(Buffer.from(`\r\x1b[0m\x1b[2m${line}\x1b[0m\r\n`))
  const commands = new TypedCommands({
    type: (keys) => pty?.write(keys),
    before: hooks.beforeCommand ?? (async () => {}),
    after: hooks.afterCommand ?? (async () => {}),
  })

  const open = () => {
    if (isDisposed) return
    const readMarks = createMarkReader()
    const openedAt = timers.now()
    let hasStarted = false
    /** Until the shell tells that it has started, this may be the engine's complaint that the container is gone. */
    let early: Uint8Array[] = []
    const shell = engine.openPty(shellArguments(engine, { container, id, isPlain: shortLives >= 3 }), size)
    pty = shell
    shell.onData((data) => {
      for (const mark of readMarks(data)) {
        if (mark.type === 'started' && !hasStarted) {
          hasStarted = true
          started(mark.boot)
        }
        commands.mark(mark)
      }
      if (!hasStarted) early.push(data)
      else {
        for (const piece of early.splice(0)) gate.push(piece)
        gate.push(data)
      }
    })
    void shell.exited.then((exitCode) => {
      if (pty === shell) pty = undefined
      if (isDisposed) return
      commands.shellEnded(exitCode)
      early = []
      if (hasStarted) {
        shortLives = timers.now() - openedAt < shortLifeMs ? shortLives + 1 : 0
        failures = 0
        if (shortLives === 3) say('The shell ends at its start: ~/.bashrc is left out until it is mended.')
        timers.setTimeout(open, shortLives > 3 ? longestPauseMs : 0)
        return
      }
      failures += 1
      if (failures === 2) say('The terminal’s container is not running; waiting for it.')
      timers.setTimeout(open, Math.min(longestPauseMs, 50 * 2 ** failures))
    })
  }

  const started = (now: string) => {
    const isSame = boot === now
    if (boot !== undefined) {
      say(
        isSame
          ? 'The shell has ended; this is a new one.'
          : 'The terminal was restarted: the files of the workspace are back, other files and running programs are gone.',
      )
    }
    boot = now
    commands.shellStarted(isSame)
  }

  open()
  return {
    ended,
    write(data) {
      commands.typed(data)
      pty?.write(data)
    },
    resize(next) {
      size = next
      pty?.resize(next.columns, next.rows)
    },
    onOutput: (listener) => gate.onOutput(listener),
    run: (command) => commands.run(command),
    redraw() {
      // What a shell or an editor redraws at is another size; the engine has to pass on both, so not in one go.
      pty?.resize(size.columns, Math.max(1, size.rows - 1))
      timers.setTimeout(() => pty?.resize(size.columns, size.rows), otherSizeMs)
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      commands.close()
      gate.close()
      pty?.kill()
      void hangUp(engine, container, id).then(tellEnded)
    },
  }
}

function shellArguments(
  engine: ContainerEngine,
  { container, id, isPlain }: { readonly container: string; readonly id: string; readonly isPlain: boolean },
): string[] {
  const shell = isPlain ? ['bash', '--rcfile', '/dev/null'] : ['bash']
  const options = ['--env', `FAIRLEAD_TERMINAL=${id}`, '--workdir', workspaceFolder]
  return [...execOnTerminal(engine), ...options, container, ...shell]
}
