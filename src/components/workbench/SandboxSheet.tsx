// What stands in the terminal's place while there is no cluster to type to: queued, starting, stopped, failed, refused.
import type { SandboxState } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { CancelStart } from './CancelStart.tsx'
import { aboutWait } from './cluster-words.ts'
import { OtherCluster } from './OtherCluster.tsx'
import { StartSteps } from './StartSteps.tsx'
import { Steps } from './Steps.tsx'
import { ToolLog } from './ToolLog.tsx'

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
          <div class="sheet-head">
            <h2>Number {sandbox.place} in the queue</h2>
            <CancelStart label="Leave the queue" />
          </div>
          <p>
            {sandbox.reason} It takes about {aboutWait(sandbox.expectedWaitMs)}, and the cluster then starts
            by itself.
          </p>
          <Meanwhile />
          <OtherCluster provider={sandbox.provider} />
        </div>
      )
    case 'starting': {
      const detail = sandbox.steps.find((step) => step.state === 'running')?.detail
      return (
        <div class="sheet waiting">
          <div class="sheet-head">
            {/* A new cluster, one that wakes up, or an exercise set back: the reason says which. */}
            <h2>{sandbox.reason.replace(/\.$/, '')}</h2>
            <CancelStart label="Cancel" />
          </div>
          <div class="sheet-columns">
            <div>
              <StartSteps sandbox={sandbox} />
            </div>
            <div>
              <Meanwhile />
              {/* Last, so that what a step says of itself moves nothing else. */}
              <p class="soft step-detail">{detail}</p>
            </div>
          </div>
        </div>
      )
    }
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
          <h2>Your cluster is stopped</h2>
          <p>{sandbox.reason}</p>
          <p>{sandbox.kept}</p>
          <p>
            <button type="button" class="button primary" onClick={() => session.startAgain()}>
              Start the cluster
            </button>
          </p>
          <OtherCluster provider={sandbox.provider} />
        </div>
      )
    case 'failed':
      return (
        <div class="sheet dropped">
          <h2>Your cluster could not be made</h2>
          <div class="sheet-columns">
            <div>
              <p>{sandbox.reason}</p>
              <p>{sandbox.hint}</p>
              <p>
                <button type="button" class="button primary" onClick={() => session.startAgain()}>
                  Try again
                </button>
              </p>
              <OtherCluster provider={sandbox.provider} />
            </div>
            <div>
              <Steps steps={sandbox.steps} />
            </div>
          </div>
          {sandbox.log !== undefined && sandbox.log.trim() !== '' && <ToolLog log={sandbox.log} />}
        </div>
      )
    default:
      return sandbox satisfies never
  }
}

/** Files live in the cluster's workspace, so that what is typed before there is one waits in the page. */
function Meanwhile() {
  const open = useStore(session.documents.open, (documents) => documents.size > 0)
  return (
    <p class="soft">
      {open
        ? 'You can go on editing: what you type is kept in this page and saved once the cluster runs.'
        : 'Read on meanwhile. Your files open for editing once the cluster runs.'}
    </p>
  )
}
