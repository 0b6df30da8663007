// A start under way: its steps with their times, the whole against what it takes as a rule. Nothing moves but the numbers.
import type { SandboxState, Step } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { aboutWait } from './cluster-words.ts'
import { Steps, whole } from './Steps.tsx'
import { useNow } from './use-now.ts'

type Starting = Extract<SandboxState, { state: 'starting' }>

/** Past this share of the expected time the page says that it is late. */
const late = 1.25

export function StartSteps({ sandbox }: { sandbox: Starting }) {
  const clock = useStore(session.startClock)
  const now = useNow(1000, true)
  const began = clock?.began ?? now
  const elapsed = Math.max(0, now - began)
  const running = (step: Step): number | undefined => {
    const since = clock?.steps.get(step.name)
    return since === undefined || now === 0 ? undefined : now - since
  }
  return (
    <>
      <p class="start-time">{inWords(elapsed, sandbox.expectedMs)}</p>
      {sandbox.steps.length > 0 && (
        <div class="ladder" aria-hidden="true">
          {sandbox.steps.map((step) => (
            <i
              key={step.name}
              class={step.state === 'done' ? 'full' : step.state === 'running' ? 'part' : ''}
            />
          ))}
        </div>
      )}
      <Steps steps={sandbox.steps} running={running} />
    </>
  )
}

function inWords(elapsedMs: number, expectedMs: number | undefined): string {
  if (expectedMs === undefined) return whole(elapsedMs)
  if (elapsedMs < expectedMs * late) return `${whole(elapsedMs)} of about ${aboutWait(expectedMs)}`
  return `${whole(elapsedMs)}, longer than the usual ${aboutWait(expectedMs)}`
}
