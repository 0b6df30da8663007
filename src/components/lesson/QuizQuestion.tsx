// A recall question in the text: every option is a belief people hold, and each gets its own explanation.
import { answers, recordAnswer } from '../../progress/answers.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { Mark } from './Mark.tsx'

export interface QuizProps {
  id: string
  question: string
  options: { id: string; text: string; correct?: boolean; because: string }[]
}

export function QuizQuestion({ id, question, options }: QuizProps) {
  const chosen = useStore(answers, (all) => all[id])
  return (
    <fieldset class="options quiz">
      <legend>
        <span class="eyebrow">Recall</span> {question}
      </legend>
      {options.map((option) => (
        <div class="option">
          <label class={chosen === option.id ? 'chosen' : ''}>
            <input
              type="radio"
              name={`quiz-${id}`}
              value={option.id}
              checked={chosen === option.id}
              aria-describedby={chosen === undefined ? undefined : `because-${id}-${option.id}`}
              onChange={() => recordAnswer(id, option.id)}
            />
            <span>{option.text}</span>
          </label>
          <p
            id={`because-${id}-${option.id}`}
            class={`because ${option.correct === true ? 'right' : 'wrong'} ${chosen === undefined ? 'waits' : ''}`}
          >
            <Mark kind={option.correct === true ? 'passed' : 'failed'} />
            <span>
              <strong>{option.correct === true ? 'Yes.' : 'No.'}</strong> {option.because}
            </span>
          </p>
        </div>
      ))}
    </fieldset>
  )
}
