// A command that runs in the learner's terminal by one press, once, and shows that it ran.
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { showPane } from '../workbench/layout.ts'
import { Mark } from './Mark.tsx'

export interface RunProps {
  command: string
  /** Where the command is at home, as words: `client`, `worker`. The command itself is run as it is written. */
  on?: string | undefined
}

export function RunButton({ command, on }: RunProps) {
  const state = useStore(session.ran, (ran) => ran.get(command))
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  const running = state === 'running'
  const run = (): void => {
    showPane('terminal')
    void session.runCommand(command)
  }
  return (
    <div class={`run ${state ?? 'fresh'}`}>
      <button type="button" class="run-play" disabled={!ready || running} onClick={run}>
        <Mark kind={running ? 'running' : state === 'ran' ? 'passed' : 'play'} />
        <span class="unseen">
          {state === 'ran' ? 'Has run. Run again' : running ? 'Runs' : 'Run'} in the terminal: {command}
        </span>
      </button>
      <pre class="run-command">
        <code>{command}</code>
      </pre>
      {on !== undefined && <span class="run-on">on {on}</span>}
    </div>
  )
}
