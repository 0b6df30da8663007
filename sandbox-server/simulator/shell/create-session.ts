// Makes the learner's session: a terminal device, and bash on it, on the learner's machine.
import type { RunningMachine } from '../cluster.ts'
import { Signalled } from '../node/process.ts'
import { type InteractiveHooks, runInteractive } from './interactive-shell.ts'
import { loadParser } from './interpreter/parse.ts'
import { createShell, type Shell } from './interpreter/shell.ts'
import { type Neighbours, setNeighbours } from './neighbours.ts'
import type { ShellSession, ShellState } from './session.ts'
import { startRun } from './shell-program.ts'
import { createTerminalDevice } from './terminal-device.ts'

export interface SessionOptions {
  readonly columns: number
  readonly rows: number
  /** Where a fresh session starts, made where it does not exist; the machine's working directory where left out. */
  readonly workspace?: string
  /** Exported to everything that runs: $CP, $W, $W2, $OUT. */
  readonly variables?: Readonly<Record<string, string>>
  /** Machines that `ssh NAME` and `docker exec -it NAME bash` open. */
  readonly neighbours?: Neighbours
  /** What an earlier session's `state()` gave. */
  readonly state?: ShellState | undefined
  /** After every command, when `state()` may have changed. */
  readonly onChange?: () => void
}

/** Variables of the shell itself, which a restored session makes anew. */
const own = new Set([
  'IFS',
  'OPTIND',
  'HOSTNAME',
  'PWD',
  'OLDPWD',
  'BASH',
  'BASH_VERSION',
  'UID',
  'EUID',
  'PS4',
  '_',
])

export function createSession(machine: RunningMachine, options: SessionOptions): ShellSession {
  const workspace = options.workspace ?? machine.workingDirectory
  if (options.neighbours) setNeighbours(machine.machine, options.neighbours)
  machine.files.makeDirectory(workspace, { recursive: true })
  const device = createTerminalDevice({ columns: options.columns, rows: options.rows })
  const ending = new AbortController()
  const waiting: { command: string; done(status: number): void }[] = []
  const injectedListeners = new Set<() => void>()
  const hooks: InteractiveHooks = {
    marks: true,
    takeInjected: () => waiting.shift(),
    onInjected(listener) {
      injectedListeners.add(listener)
      return () => injectedListeners.delete(listener)
    },
    changed: () => options.onChange?.(),
  }
  const given = { TERM: 'xterm-256color', LANG: 'C.UTF-8', USER: 'root', ...options.variables }
  let shell: Shell | undefined
  let last: ShellState = options.state ?? { history: [], cwd: workspace, variables: {} }

  const start = async () => {
    const parse = await loadParser()
    while (!ending.signal.aborted) {
      const cwd = machine.files.stat(last.cwd)?.type === 'directory' ? last.cwd : workspace
      const process = machine.process({
        env: { ...machine.env, ...given },
        cwd,
        stdin: device.stdin,
        stdout: device.stdout,
        stderr: device.stdout,
        terminal: device.terminal,
        signal: ending.signal,
      })
      shell = createShell(process, parse, 'bash')
      shell.history.push(...last.history)
      shell.variables.set('PS1', '\\[\\e[1;36m\\]\\w\\[\\e[0m\\] $ ')
      shell.aliases.set('ll', 'ls -l').set('la', 'ls -A').set('k', 'kubectl')
      for (const [name, value] of Object.entries(last.variables)) {
        shell.variables.set(name, value)
        shell.variables.writable(name).exported = true
      }
      await runInteractive(startRun(shell), hooks)
      if (ending.signal.aborted) return
      // `exit` or Ctrl-D: the terminal stays, with a fresh shell.
      last = { ...stateOf(shell, given), cwd: workspace }
    }
  }
  void start().catch((error: unknown) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    void device.stdout.write(`\nThe shell failed: ${message}\n`).catch(() => undefined)
  })

  return {
    input: (data) => device.input(data),
    resize: (columns, rows) => device.resize(columns, rows),
    onOutput: (listener) => device.onOutput(listener),
    run: (command) =>
      new Promise((resolve, reject) => {
        if (ending.signal.aborted) return reject(new Error('the session has ended'))
        waiting.push({ command, done: resolve })
        for (const listener of [...injectedListeners]) listener()
      }),
    state: () => (shell ? stateOf(shell, given) : last),
    dispose() {
      if (ending.signal.aborted) return
      if (shell) last = stateOf(shell, given)
      ending.abort(new Signalled('SIGHUP'))
      device.hangUp()
    },
  }
}

function stateOf(shell: Shell, given: Readonly<Record<string, string>>): ShellState {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(shell.variables.environment())) {
    const unchanged = given[name] === value || shell.process.env[name] === value
    if (!own.has(name) && !unchanged) variables[name] = value
  }
  return { history: [...shell.history], cwd: shell.cwd, variables }
}
