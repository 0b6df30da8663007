// The checks of an exercise as a list that fills in: what is looked for, then what was found, then the evidence.
import type { CheckResult, Observation } from '../../../sandbox-server/contract/check.ts'
import type { CheckView } from '../../lessons/exercise-view.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { Mark, type MarkKind, markWords } from './Mark.tsx'

export interface CheckListProps {
  checks: readonly CheckView[]
  /** Tells the two lists of one page apart. */
  prefix: string
}

export function CheckList({ checks, prefix }: CheckListProps) {
  const run = useStore(session.check)
  return (
    <ol class="checks">
      {checks.map((check) => (
        <CheckItem
          key={check.id}
          check={check}
          prefix={prefix}
          result={run.results.get(check.id)}
          waiting={run.running && !run.results.has(check.id)}
        />
      ))}
    </ol>
  )
}

interface CheckItemProps {
  check: CheckView
  prefix: string
  result: CheckResult | undefined
  waiting: boolean
}

function CheckItem({ check, prefix, result, waiting }: CheckItemProps) {
  const kind: MarkKind = waiting ? 'running' : (result?.outcome ?? 'open')
  return (
    <li class={`check check-${kind}`} data-check={check.id}>
      <Mark kind={kind} />
      <div class="check-body">
        <p class="check-title">
          <span class="unseen">{markWords[kind]}: </span>
          {check.title}
          <span class="check-points">
            {result === undefined ? `${check.weight}` : `${round(result.points)} of ${check.weight}`}
            <span class="unseen"> points</span>
          </span>
        </p>
        {check.quiz !== undefined && <QuizOptions check={check} prefix={prefix} />}
        {result !== undefined && result.message !== '' && <p class="check-message">{result.message}</p>}
        {result !== undefined && result.observations.length > 0 && <Evidence result={result} />}
      </div>
    </li>
  )
}

function QuizOptions({ check, prefix }: { check: CheckView; prefix: string }) {
  const chosen = useStore(session.quiz, (quiz) => quiz[check.id])
  const name = `${prefix}-${check.id}`
  return (
    <fieldset class="options small">
      <legend>{check.quiz?.question}</legend>
      {check.quiz?.options.map((option) => (
        <label class={chosen === option.id ? 'chosen' : ''}>
          <input
            type="radio"
            name={name}
            value={option.id}
            checked={chosen === option.id}
            onChange={() => session.answerQuiz(check.id, option.id)}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Evidence({ result }: { result: CheckResult }) {
  return (
    <details class="evidence">
      <summary>
        Evidence <span class="evidence-time">{duration(result.durationMs)}</span>
      </summary>
      {result.observations.map((observation) => (
        <Seen observation={observation} />
      ))}
    </details>
  )
}

function Seen({ observation }: { observation: Observation }) {
  return (
    <div class="observation">
      <p>
        <code>{observation.did}</code>
      </p>
      <p class="found">{observation.found}</p>
      {observation.hops.length > 0 && (
        <ol class="course fine">
          {observation.hops.map((hop) => (
            <li class={hop.kind === 'drop' || hop.kind === 'reject' ? 'died' : ''}>
              <strong>{hop.at}</strong> {hop.detail}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

export function round(points: number): string {
  return Number.isInteger(points) ? String(points) : points.toFixed(1)
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`
}
