// In the top bar: the cluster's state in words, and the time left when it matters.
import { useEffect, useState } from 'preact/hooks'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { stateInWords, wait } from './cluster-words.ts'

/** Only in the last ten minutes does the time left matter. */
const mattersBelowMs = 10 * 60_000

export function ClusterState() {
  const connection = useStore(session.connection)
  const sandbox = useStore(session.sandbox)
  const skew = useStore(session.clockSkew)
  const expiresAt = sandbox?.state === 'ready' ? sandbox.expiresAt : undefined
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (expiresAt === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [expiresAt])
  const { words, tone } = stateInWords(connection, sandbox)
  const left = expiresAt === undefined || now === 0 ? undefined : expiresAt - (now + skew)
  return (
    <div class="cluster-state">
      <span class={`state-words tone-${tone}`}>
        <i aria-hidden="true" /> {words}
      </span>
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
