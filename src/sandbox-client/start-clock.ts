// How long a cluster's start and each of its steps have been going on, by this page's own clock.
import type { SandboxState } from '../../sandbox-server/contract/sandbox.ts'

type Starting = Extract<SandboxState, { state: 'starting' }>

/** Epoch milliseconds of this page's clock. */
export interface StartClock {
  readonly began: number
  /** Running and finished steps by name: when they began, as far as this page can know. */
  readonly steps: ReadonlyMap<string, number>
  /** Steps that were done when it last looked; fewer of them means that another start began. */
  readonly done: number
}

/**
 * The clock after the sandbox told its state; undefined where nothing starts. A page that comes in the middle takes the
 * times of the finished steps as what went before: the server tells durations and no clock of its own.
 */
export function tellStart(
  before: StartClock | undefined,
  sandbox: SandboxState | undefined,
  now: number,
): StartClock | undefined {
  if (sandbox?.state !== 'starting') return undefined
  const done = sandbox.steps.filter((step) => step.state === 'done').length
  const running = before !== undefined && done >= before.done ? before : undefined
  const steps = new Map(running?.steps)
  for (const step of sandbox.steps) {
    if (step.state !== 'waiting' && !steps.has(step.name)) steps.set(step.name, now - (step.durationMs ?? 0))
  }
  return { began: running?.began ?? now - spent(sandbox), steps, done }
}

function spent({ steps }: Starting): number {
  return steps.reduce((sum, step) => sum + (step.durationMs ?? 0), 0)
}
