// A prediction: pick one, then see it happen, then read why. Kept, never graded.
import { useEffect, useRef } from 'preact/hooks'
import { answers, recordAnswer } from '../../progress/answers.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { RunButton } from './RunButton.tsx'

export interface PredictProps {
  id: string
  question: string
  options: { id: string; text: string }[]
  answer?: string | undefined
  command?: string | undefined
  on?: string | undefined
}

export function PredictQuestion({ id, question, options, answer, command, on }: PredictProps) {
  const chosen = useStore(answers, (all) => all[id])
  const skipped = useStore(answers, (all) => all[`${id}.read`] !== undefined)
  const ran = useStore(session.ran, (all) => (command === undefined ? undefined : all.get(command)))
  const root = useRef<HTMLDivElement>(null)
  const explained = chosen !== undefined && (command === undefined || ran === 'ran' || skipped)
  useEffect(() => {
    const outer = root.current?.closest<HTMLElement>('.predict')
    if (outer !== null && outer !== undefined) outer.dataset.stage = explained ? 'explained' : 'ask'
  }, [explained])
  return (
    <div ref={root}>
      <fieldset class="options">
        <legend>
          <span class="eyebrow">Predict</span> {question}
        </legend>
        {options.map((option) => (
          <label class={chosen === option.id ? 'chosen' : ''}>
            <input
              type="radio"
              name={`predict-${id}`}
              value={option.id}
              checked={chosen === option.id}
              disabled={explained && chosen !== option.id}
              onChange={() => recordAnswer(id, option.id)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </fieldset>
      {command !== undefined && (
        <div class={`predict-run ${chosen === undefined ? 'waits' : ''}`}>
          <RunButton command={command} on={on} />
          {chosen !== undefined && !explained && (
            <button
              type="button"
              class="link-button"
              onClick={() => recordAnswer(`${id}.read`, 'read', false)}
            >
              Read on without running it
            </button>
          )}
        </div>
      )}
      {explained && answer !== undefined && (
        <p class="verdict">
          {chosen === answer ? (
            'You predicted what happens.'
          ) : (
            <>
              You predicted another outcome. What happens:{' '}
              <strong>{options.find((option) => option.id === answer)?.text}</strong>.
            </>
          )}
        </p>
      )}
    </div>
  )
}
