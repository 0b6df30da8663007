// The one line of news: shown for a while where it does not cover work, and read out by screen readers.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Attempt } from '../../../sandbox-server/contract/check.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { round } from '../lesson/CheckList.tsx'
import { stateAloud } from './cluster-words.ts'

const shownForMs = 8000

export function News() {
  const notice = useStore(session.notice)
  const run = useStore(session.check)
  const connection = useStore(session.connection)
  const sandbox = useStore(session.sandbox)
  const [hidden, setHidden] = useState(notice)
  useEffect(() => {
    if (notice === undefined || notice.tone === 'problem') return
    const timer = setTimeout(() => setHidden(notice), shownForMs)
    return () => clearTimeout(timer)
  }, [notice])
  const state = stateAloud(connection, sandbox)
  const aloud = useRef(state)
  if (aloud.current.key !== state.key) aloud.current = state
  const visible = notice !== undefined && notice !== hidden
  return (
    <>
      <p class="unseen" role="status">
        {run.running ? 'Checking.' : run.attempt === undefined ? '' : spoken(run.attempt)}
      </p>
      <p class="unseen" role="status">
        {aloud.current.text}
      </p>
      <div class={`news ${visible ? notice.tone : 'quiet'}`} role="status">
        {visible && (
          <>
            <p>{notice.text}</p>
            <button type="button" class="link-button" onClick={() => setHidden(notice)}>
              Close
            </button>
          </>
        )}
      </div>
    </>
  )
}

function spoken(attempt: Attempt): string {
  const open = attempt.results.filter((result) => result.outcome !== 'passed')
  const first = `${round(attempt.points)} of ${round(attempt.outOf)} points.`
  return [first, ...open.map((result) => `${result.title}: ${result.message}`)].join(' ')
}
