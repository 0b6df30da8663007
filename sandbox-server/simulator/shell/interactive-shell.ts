// The interactive shell: prompt, line, run, again. At the prompt the terminal is raw and the line editor's; commands get it cooked.
import { Signalled } from '../node/process.ts'
import { createCompleter } from './completion.ts'
import { ExitControl } from './interpreter/control.ts'
import { statusOf } from './interpreter/execute.ts'
import { describeJob, exitCodeOf } from './interpreter/jobs.ts'
import { ShellSyntaxError } from './interpreter/parse.ts'
import { type Run, stderrOf, stdinOf, stdoutOf } from './interpreter/shell.ts'
import { remember } from './line-editor/history.ts'
import { expandHistory } from './line-editor/history-expansion.ts'
import { type EditorTerminal, LineEditor, type ReadResult } from './line-editor/line-editor.ts'
import { renderPrompt } from './prompt.ts'

/** Commands that come from outside the keyboard (a Run button), and what the page wants to know. */
export interface InteractiveHooks {
  /** The next command to run, or undefined where none waits. */
  takeInjected(): { readonly command: string; done(status: number): void } | undefined
  /** Calls back when a command is waiting; the prompt gives way to it. */
  onInjected(listener: () => void): () => void
  /** Marks prompts and commands by OSC 133 and sets the window's title by OSC 2. */
  readonly marks: boolean
  /** After every command. */
  changed(): void
}

class Injected extends Error {}

const decoder = new TextDecoder()

export async function runInteractive(run: Run, hooks?: InteractiveHooks): Promise<number> {
  const { shell } = run
  shell.interactive = true
  shell.typed = true
  const editor = new LineEditor(editorTerminal(run), shell.history, createCompleter(run))
  let typed = ''
  for (;;) {
    try {
      await announceJobs(run)
      const next = await nextCommand(run, editor, typed, hooks)
      typed = next.typed
      if (next.kind === 'end') {
        await stdoutOf(run).write(shell.flavour === 'bash' ? 'exit\n' : '\n')
        return shell.status
      }
      if (next.kind !== 'line') {
        shell.status = 130
        continue
      }
      await runLine(next.text, run, hooks)
      next.done?.(shell.status)
      hooks?.changed()
    } catch (error) {
      if (error instanceof ExitControl) {
        if (error.status !== shell.status) shell.status = error.status
        return error.status
      }
      if (run.signal.aborted) return error instanceof Signalled ? exitCodeOf(error) : 129
      throw error
    }
  }
}

type NextCommand = { readonly typed: string } & (
  | { readonly kind: 'line'; readonly text: string; readonly done?: (status: number) => void }
  | { readonly kind: 'interrupt' | 'end' }
)

async function nextCommand(
  run: Run,
  editor: LineEditor,
  typed: string,
  hooks: InteractiveHooks | undefined,
): Promise<NextCommand> {
  const { shell } = run
  const injected = hooks?.takeInjected()
  if (injected) {
    const prompt = await promptText('PS1', run, hooks)
    const shown = injected.command.replaceAll('\n', '\n> ')
    await stdoutOf(run).write(`${prompt}${shown}\n`)
    remember(shell.history, injected.command)
    return { kind: 'line', text: injected.command, done: injected.done, typed }
  }
  const { terminal } = shell.process
  const interrupted = new AbortController()
  const stop = hooks?.onInjected(() => interrupted.abort(new Injected('injected')))
  const signal = AbortSignal.any([run.signal, interrupted.signal])
  terminal?.setRaw(true)
  await stdoutOf(run).write('\x1b[?2004h')
  try {
    let text = ''
    for (let first = true; ; first = false) {
      const prompt = await promptText(first ? 'PS1' : 'PS2', run, hooks)
      const result: ReadResult = await editor.read(prompt, signal, first ? typed : '')
      if (result.kind !== 'line') {
        if (result.kind === 'end' && !first) {
          await stderrOf(run).write(`${shell.name}: syntax error: unexpected end of file\n`)
          shell.status = 2
          return { kind: 'interrupt', typed: '' }
        }
        return { kind: result.kind, typed: '' }
      }
      // Lines after the first may be anything: a here-document with <!DOCTYPE in it.
      const line = first ? await expanded(result.text, run) : result.text
      if (line === undefined) return { kind: 'interrupt', typed: '' }
      text = first ? line : `${text}\n${line}`
      if (isComplete(text, run)) {
        remember(shell.history, text)
        return { kind: 'line', text, typed: '' }
      }
    }
  } catch (error) {
    if (!(error instanceof Injected)) throw error
    const unfinished = editor.text
    await editor.abandon()
    return { kind: 'interrupt', typed: unfinished }
  } finally {
    stop?.()
    terminal?.setRaw(false)
    await stdoutOf(run)
      .write('\x1b[?2004l')
      .catch(() => {
        // The terminal hung up; there is no mode to leave.
      })
  }
}

/** The line with !! and the like replaced, shown where that changed it; undefined where there is no such event. */
async function expanded(line: string, run: Run): Promise<string | undefined> {
  const result = expandHistory(line, run.shell.history)
  if (result.kind === 'unchanged') return line
  if (result.kind === 'expanded') {
    await stdoutOf(run).write(`${result.text}\n`)
    return result.text
  }
  await stderrOf(run).write(`${run.shell.name}: ${result.event}: event not found\n`)
  return undefined
}

async function promptText(
  name: 'PS1' | 'PS2',
  run: Run,
  hooks: InteractiveHooks | undefined,
): Promise<string> {
  const prompt = await renderPrompt(name, run)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: readline's marks around invisible text
  const plain = prompt.replace(/[\u0001\u0002]/g, '')
  if (!hooks?.marks) return plain
  if (name === 'PS2') return plain
  const { shell } = run
  return `\x1b]2;${shell.process.machine.hostname}: ${shell.cwd}\x07\x1b]133;A\x07${plain}\x1b]133;B\x07`
}

function isComplete(text: string, run: Run): boolean {
  try {
    run.shell.parse(text)
    return true
  } catch (error) {
    // A real syntax error is told when the line runs.
    return !(error instanceof ShellSyntaxError && error.incomplete)
  }
}

/** Runs a line in the foreground: keys such as Ctrl-C go to it, and it ends at once. */
async function runLine(text: string, run: Run, hooks: InteractiveHooks | undefined): Promise<void> {
  const { shell } = run
  if (text.trim() === '') return
  const out = stdoutOf(run)
  if (hooks?.marks) await out.write(`\x1b]2;${titleOf(text)}\x07\x1b]133;C\x07`)
  const controller = new AbortController()
  const release = shell.process.terminal?.foreground?.((signal) => {
    if (signal === 'SIGINT' && shell.traps.has('INT')) {
      shell.pendingTraps.push('INT')
      for (const each of shell.foreground) each.abort(new Signalled('SIGINT'))
    } else controller.abort(new Signalled(signal))
  })
  const hangUp = () => controller.abort(run.signal.reason)
  run.signal.addEventListener('abort', hangUp, { once: true })
  shell.line = 0
  shell.errexitSuspended = 0
  try {
    shell.status = await run.engine.script(shell.parse(text), { ...run, signal: controller.signal })
  } catch (error) {
    if (error instanceof ExitControl || run.signal.aborted) throw error
    if (error instanceof Signalled) {
      shell.status = exitCodeOf(error)
      // A program that ended by itself (ping with its statistics) has left the line already.
      if (!('atLineStart' in out && out.atLineStart)) await out.write('\n')
    } else if (error instanceof ShellSyntaxError) {
      await stderrOf(run).write(`${shell.name}: ${error.message}\n`)
      shell.status = 2
    } else shell.status = await statusOf(error, { ...run, signal: new AbortController().signal })
  } finally {
    release?.()
    run.signal.removeEventListener('abort', hangUp)
  }
  if (hooks?.marks) await out.write(`\x1b]133;D;${shell.status}\x07`)
}

function titleOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would end the sequence
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 80)
}

async function announceJobs(run: Run): Promise<void> {
  const { shell } = run
  for (const job of shell.jobs) {
    if (job.status === undefined || job.announced) continue
    job.announced = true
    await stderrOf(run).write(describeJob(job, job === shell.jobs.at(-1)))
  }
  shell.jobs = shell.jobs.filter((job) => !job.announced)
}

function editorTerminal(run: Run): EditorTerminal {
  const { terminal } = run.shell.process
  const stdin = stdinOf(run)
  return {
    get columns() {
      return terminal?.columns ?? 80
    },
    onResize: (listener) => terminal?.onResize(listener) ?? (() => undefined),
    get pending() {
      return 'pending' in stdin && stdin.pending === true
    },
    async read(signal) {
      const data = await stdin.read(signal)
      return data === undefined ? undefined : decoder.decode(data)
    },
    unread: (data) => stdin.unread(data),
    write: (data) => stdoutOf(run).write(data),
  }
}
