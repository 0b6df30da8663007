// In the top bar: the cluster's state in words, which kind it is where there is a choice, and the time left when it matters.
import type { ProviderName } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { showClusterChoice } from './ClusterChoice.tsx'
import { clusterKinds } from './cluster-kinds.ts'
import { stateInWords, wait } from './cluster-words.ts'
import { useNow } from './use-now.ts'

/** Only in the last ten minutes does the time left matter. */
const mattersBelowMs = 10 * 60_000

export function ClusterState() {
  const connection = useStore(session.connection)
  const sandbox = useStore(session.sandbox)
  const skew = useStore(session.clockSkew)
  const several = useStore(session.offers.choices, (choices) => choices.length > 1)
  const expiresAt = sandbox?.state === 'ready' ? sandbox.expiresAt : undefined
  const now = useNow(10_000, expiresAt !== undefined)
  const { subject, words, kind, tone } = stateInWords(connection, sandbox)
  const left = expiresAt === undefined || now === 0 ? undefined : expiresAt - (now + skew)
  return (
    <div class={`cluster-state ${sandbox?.state ?? ''}`}>
      <span class={`state-words tone-${tone}`}>
        <i aria-hidden="true" /> {subject !== undefined && <span class="state-subject">{subject}: </span>}
        {words}
        {!several && kind !== undefined && `, ${kind}`}
      </span>
      {several && sandbox !== undefined && <KindButton provider={sandbox.provider} />}
      {connection.kind === 'reconnecting' && (
        <button type="button" class="link-button" onClick={() => session.reconnect()}>
          Try now
        </button>
      )}
      {left !== undefined && left < mattersBelowMs && (
        <span class="time-left">
          stops in {wait(Math.max(0, left))}{' '}
          <button
            type="button"
            class="link-button"
            onClick={() => void session.sandboxDo('sandbox-extend', 'Your cluster stays longer.')}
          >
            Extend
          </button>
        </span>
      )}
    </div>
  )
}

/** Says which kind of cluster is in use, and opens the choice. */
function KindButton({ provider }: { provider: ProviderName }) {
  const { name, short } = clusterKinds[provider]
  return (
    <button type="button" class="kind-button" aria-haspopup="dialog" onClick={showClusterChoice}>
      <span class="unseen">Kind of cluster: {name}. Change</span>
      <span aria-hidden="true" class="kind-name">
        {name}
      </span>
      <span aria-hidden="true" class="kind-short">
        {short}
      </span>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        <path d="M2 4.5 6 8.5 10 4.5" fill="none" stroke="currentColor" stroke-width="1.6" />
      </svg>
    </button>
  )
}
