// What stands in the terminal's place while there is no cluster to type to: queued, starting, stopped, failed, refused.
import type { SandboxState, Step } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { Mark, type MarkKind } from '../lesson/Mark.tsx'
import { wait } from './cluster-words.ts'

const markOfStep: Record<Step['state'], MarkKind> = {
  waiting: 'open',
  running: 'running',
  done: 'passed',
  failed: 'failed',
}

export function SandboxSheet() {
  const sandbox = useStore(session.sandbox)
  const connection = useStore(session.connection)
  if (connection.kind === 'refused') {
    return (
      <div class="sheet dropped">
        <h2>There is no cluster for this page</h2>
        <p>{connection.message}</p>
        <p>
          <button type="button" class="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        </p>
      </div>
    )
  }
  if (sandbox === undefined) {
    return connection.kind === 'offline' || connection.kind === 'reconnecting' ? (
      <div class="sheet waiting">
        <h2>{connection.kind === 'offline' ? 'You are offline' : 'The server does not answer'}</h2>
        <p>
          The lesson is here to read. Your cluster and your files are on the server, and this page looks for
          it again by itself.
        </p>
        <p>
          <button type="button" class="button" onClick={() => session.reconnect()}>
            Try now
          </button>
        </p>
      </div>
    ) : null
  }
  return <Sheet sandbox={sandbox} />
}

function Sheet({ sandbox }: { sandbox: SandboxState }) {
  switch (sandbox.state) {
    case 'ready':
      return null
    case 'queued':
      return (
        <div class="sheet waiting">
          <h2>Number {sandbox.place} in the queue</h2>
          <p>
            {sandbox.reason} It takes about {wait(sandbox.expectedWaitMs)}. Read on: the cluster starts by
            itself when it is your turn.
          </p>
        </div>
      )
    case 'starting':
      return (
        <div class="sheet waiting">
          <h2>Your cluster starts</h2>
          <p>{sandbox.reason}</p>
          <Steps steps={sandbox.steps} />
        </div>
      )
    case 'stopping':
      return (
        <div class="sheet waiting">
          <h2>Your cluster stops</h2>
          <p>{sandbox.reason}</p>
        </div>
      )
    case 'stopped':
      return (
        <div class="sheet waiting">
          <h2>Your cluster has stopped</h2>
          <p>{sandbox.reason}</p>
          <p>
            <strong>Kept:</strong> {sandbox.kept}
          </p>
          <p>
            <button type="button" class="button primary" onClick={() => session.startAgain()}>
              Go on where you were
            </button>
          </p>
        </div>
      )
    case 'failed':
      return (
        <div class="sheet dropped">
          <h2>Your cluster could not be made</h2>
          <p>{sandbox.reason}</p>
          <p>{sandbox.hint}</p>
          <Steps steps={sandbox.steps} />
          <p>
            <button type="button" class="button primary" onClick={() => session.startAgain()}>
              Try again
            </button>
          </p>
        </div>
      )
    default:
      return sandbox satisfies never
  }
}

function Steps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li class={`step-${step.state}`}>
          <Mark kind={markOfStep[step.state]} />
          <span>
            {step.name}
            <span class="unseen">, {step.state}</span>
            {step.durationMs !== undefined && <span class="soft"> {step.durationMs} ms</span>}
            {step.detail !== undefined && <span class="soft"> {step.detail}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
