// The steps of a cluster's start as a list: what was done, what runs, what waits, and how long each took.
import type { Step } from '../../../sandbox-server/contract/sandbox.ts'
import { Mark, type MarkKind } from '../lesson/Mark.tsx'

const markOfStep: Record<Step['state'], MarkKind> = {
  waiting: 'open',
  running: 'running',
  done: 'passed',
  failed: 'failed',
}

interface StepsProps {
  steps: readonly Step[]
  /** Milliseconds that a running step has taken so far. */
  running?: ((step: Step) => number | undefined) | undefined
}

export function Steps({ steps, running }: StepsProps) {
  if (steps.length === 0) return null
  return (
    <ol class="steps">
      {steps.map((step) => {
        const took = step.state === 'running' ? running?.(step) : step.durationMs
        return (
          <li key={step.name} class={`step-${step.state}`}>
            <Mark kind={markOfStep[step.state]} />
            <span>
              {step.name}
              <span class="unseen">, {step.state}</span>
              {/* The detail of what runs stands beside the list, where it moves nothing. */}
              {step.detail !== undefined && step.state !== 'running' && (
                <span class="soft"> {step.detail}</span>
              )}
            </span>
            <span class="step-time">
              {took !== undefined && (step.state === 'running' ? whole(took) : spent(took))}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

export function whole(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function spent(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : whole(ms)
}
