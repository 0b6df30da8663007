// The sheet at the end of the text: the task in one sentence, its checks, Check, hints, the solution, one more thing to try.
import { useId, useState } from 'preact/hooks'
import type { ExerciseView } from '../../lessons/exercise-view.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { clusterKinds } from '../workbench/cluster-kinds.ts'
import { CheckList, round } from './CheckList.tsx'
import { Solution } from './Solution.tsx'

export function ExerciseSheet({ exercise }: { exercise: ExerciseView }) {
  const id = useId()
  const solved = useStore(session.check, (check) => full(check.attempt))
  return (
    <section class="exercise" aria-labelledby={id}>
      <p class="eyebrow">Exercise</p>
      <h3 id={id} class="task">
        {exercise.task}
      </h3>
      <NotHere />
      <CheckList checks={exercise.checks} prefix="sheet" />
      <CheckActions />
      <Hints hints={exercise.hints} />
      <Solution />
      {exercise.breakIt !== undefined && solved && (
        <div class="break-it">
          <p class="eyebrow">Break it another way</p>
          <p>{exercise.breakIt}</p>
        </div>
      )}
    </section>
  )
}

/** Which kinds of cluster this exercise cannot be done on here, and why. */
function NotHere() {
  const choices = useStore(session.offers.choices)
  return (
    <>
      {choices.map(
        ({ provider, unavailable }) =>
          unavailable !== undefined && (
            <p key={provider} class="not-here">
              {clusterKinds[provider].name}: not available here. {unavailable}
            </p>
          ),
      )}
    </>
  )
}

function full(attempt: { points: number; outOf: number } | undefined): boolean {
  return attempt !== undefined && attempt.points >= attempt.outOf
}

export function CheckActions() {
  const check = useStore(session.check)
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  const attempt = check.attempt
  return (
    <div class="check-actions">
      <button
        type="button"
        class="button primary"
        disabled={!ready || check.running}
        onClick={() => void session.runCheck()}
      >
        {check.running ? 'Checking' : 'Check'}
      </button>
      {check.problem !== undefined && <p class="problem">{check.problem}</p>}
      {attempt !== undefined && !check.running && (
        <p class={`score ${full(attempt) ? 'all' : ''}`}>
          <strong>
            {round(attempt.points)} of {round(attempt.outOf)}
          </strong>{' '}
          {full(attempt) ? 'points. Everything holds.' : 'points.'}
        </p>
      )}
      {!ready && check.problem === undefined && attempt === undefined && (
        <p class="soft">Checks run on your cluster once it is ready.</p>
      )}
    </div>
  )
}

function Hints({ hints }: { hints: readonly string[] }) {
  const [shown, setShown] = useState(0)
  if (hints.length === 0) return null
  return (
    <div class="hints">
      <ol>
        {hints.map((hint, index) => (
          <li class={index < shown ? '' : 'waits'}>
            <span class="eyebrow">Hint {index + 1}</span> {hint}
          </li>
        ))}
      </ol>
      {shown < hints.length && (
        <button type="button" class="link-button scripted-only" onClick={() => setShown(shown + 1)}>
          {shown === 0 ? 'Show a hint' : 'Show the next hint'} ({shown + 1} of {hints.length})
        </button>
      )}
    </div>
  )
}
