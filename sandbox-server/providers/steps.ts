// The steps of a start as a learner sees them, with what each took.
import type { Step } from '../contract/sandbox.ts'

export interface Steps {
  /** Runs `act` as the next step. */
  run<T>(name: string, act: () => T | Promise<T>): Promise<T>
  /** For a step that something else goes through: it begins; nothing where it has begun or ended already. */
  begin(name: string): void
  /** It is done; it need not have begun. */
  end(name: string): void
  /** Every step that runs has failed. */
  fail(detail: string): void
}

export function createSteps(
  names: readonly string[],
  progress: (steps: readonly Step[]) => void,
  now: () => number,
): Steps {
  const steps: Step[] = names.map((name) => ({ name, state: 'waiting' }))
  const startedAt = new Map<string, number>()
  const set = (name: string, change: Partial<Step>) => {
    const index = steps.findIndex((step) => step.name === name)
    const step = steps[index]
    if (step) steps[index] = { ...step, ...change }
    progress([...steps])
  }
  const took = (name: string) => now() - (startedAt.get(name) ?? now())
  const begin = (name: string) => {
    startedAt.set(name, now())
    set(name, { state: 'running' })
  }
  const stateOf = (name: string) => steps.find((step) => step.name === name)?.state
  return {
    async run(name, act) {
      begin(name)
      try {
        const result = await act()
        set(name, { state: 'done', durationMs: took(name) })
        return result
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        set(name, { state: 'failed', durationMs: took(name), detail })
        throw error
      }
    },
    begin: (name) => {
      if (stateOf(name) === 'waiting') begin(name)
    },
    end: (name) => {
      if (stateOf(name) !== 'done') set(name, { state: 'done', durationMs: took(name) })
    },
    fail: (detail) => {
      for (const { name } of steps.filter(({ state }) => state === 'running')) {
        set(name, { state: 'failed', durationMs: took(name), detail })
      }
    },
  }
}
