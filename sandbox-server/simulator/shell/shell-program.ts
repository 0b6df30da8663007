// sh and bash as programs: -c, script files, commands from standard input, or the interactive shell on a terminal.
import { resolvePath } from '../node/file-system.ts'
import { type Process, Signalled } from '../node/process.ts'
import { runInteractive } from './interactive-shell.ts'
import { applySet } from './interpreter/builtins/options.ts'
import { ExitControl, ReturnControl } from './interpreter/control.ts'
import { createEngine } from './interpreter/engine.ts'
import { statusOf } from './interpreter/execute.ts'
import { exitCodeOf } from './interpreter/jobs.ts'
import { loadParser, ShellSyntaxError } from './interpreter/parse.ts'
import { describeFileError } from './interpreter/redirect.ts'
import { createShell, type Run, type Shell, standardDescriptors } from './interpreter/shell.ts'
import { readUntil } from './interpreter/streams.ts'

export async function runShellProgram(process: Process, flavour: 'bash' | 'sh'): Promise<number> {
  const shell = createShell(process, await loadParser(), flavour)
  const run = startRun(shell)
  let args = process.argv.slice(1)
  let command: string | undefined
  let interactive = false
  const options: string[] = []
  while (args[0] !== undefined && /^[-+]\w|^--/.test(args[0])) {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    if (arg === '--version') {
      await process.stdout.write('GNU bash, version 5.2.37(1)-release (simulated)\n')
      return 0
    }
    if (arg.startsWith('--')) continue
    if (arg.includes('i')) interactive = true
    const letters = arg.replace(/[cils]/g, '')
    if (arg.includes('c') && arg.startsWith('-')) command = args.shift() ?? ''
    if (letters.endsWith('o') && args[0] !== undefined) options.push(letters, args.shift() ?? '')
    else if (letters.length > 1) options.push(letters)
  }
  await applySet(options, run)
  if (command !== undefined) {
    shell.name = args[0] ?? flavour
    shell.positional = args.slice(1)
    return runText(command, run)
  }
  const [script, ...rest] = args
  if (script !== undefined) {
    args = rest
    shell.name = script
    shell.positional = rest
    const path = resolvePath(process.cwd, script)
    let text: string
    try {
      text = process.files.readText(path)
    } catch (error) {
      await process.stderr.write(`${flavour}: ${script}: ${describeFileError(error)}\n`)
      return 127
    }
    if (text.includes('\0') || text.startsWith('\u007fELF')) {
      await process.stderr.write(`${script}: ${script}: cannot execute binary file\n`)
      return 126
    }
    return runText(text, run)
  }
  if ((process.stdin.isTerminal && process.terminal) || interactive) return runInteractive(run)
  return runStandardInput(run)
}

/** The shell's code runs until its process is signalled; its terminal's keys do so too. */
export function startRun(shell: Shell): Run {
  const { process, interrupt } = shell
  const abort = () => interrupt.abort(process.signal.reason)
  if (process.signal.aborted) abort()
  else process.signal.addEventListener('abort', abort, { once: true })
  return {
    shell,
    fds: standardDescriptors(process.stdin, process.stdout, process.stderr),
    signal: interrupt.signal,
    engine: createEngine(),
  }
}

async function runText(text: string, run: Run): Promise<number> {
  let status: number
  try {
    status = await run.engine.script(run.shell.parse(text), run)
  } catch (error) {
    status = await endStatus(error, run)
  }
  return runExitTrap(status, run)
}

/** Commands are read line by line, so that they can read what follows from the same stream. */
async function runStandardInput(run: Run): Promise<number> {
  const { shell } = run
  const stdin = run.fds.get(0)?.reader
  let pending = ''
  let status = 0
  try {
    for (;;) {
      const line = stdin && (await readUntil(stdin, 10, run.signal))
      if (!line && pending === '') break
      pending += line ? `${line.text}\n` : ''
      try {
        const script = shell.parse(pending)
        pending = ''
        status = await run.engine.script(script, run)
      } catch (error) {
        if (!(error instanceof ShellSyntaxError && error.incomplete && line)) throw error
      }
    }
  } catch (error) {
    status = await endStatus(error, run)
  }
  return runExitTrap(status, run)
}

async function runExitTrap(status: number, run: Run): Promise<number> {
  const trap = run.shell.traps.get('EXIT')
  if (trap === undefined) return status
  run.shell.status = status
  run.shell.traps.delete('EXIT')
  try {
    await run.engine.script(run.shell.parse(trap), run)
  } catch (error) {
    return endStatus(error, run)
  }
  return status
}

async function endStatus(error: unknown, run: Run): Promise<number> {
  if (error instanceof ExitControl || error instanceof ReturnControl) return error.status
  if (error instanceof Signalled) return exitCodeOf(error)
  if (error instanceof ShellSyntaxError) {
    await run.shell.process.stderr.write(`${run.shell.name}: ${error.message}\n`)
    return 2
  }
  return statusOf(error, run)
}
