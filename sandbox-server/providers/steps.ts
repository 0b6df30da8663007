// The steps of a start as a learner sees them, with what each took.
import type { Step } from '../contract/sandbox.ts'

export interface Steps {
  /** Runs `act` as the next step. */
  run<T>(name: string, act: () => T | Promise<T>): Promise<T>
}

export function createSteps(
  names: readonly string[],
  progress: (steps: readonly Step[]) => void,
  now: () => number,
): Steps {
  const steps: Step[] = names.map((name) => ({ name, state: 'waiting' }))
  const set = (name: string, change: Partial<Step>) => {
    const index = steps.findIndex((step) => step.name === name)
    const step = steps[index]
    if (step) steps[index] = { ...step, ...change }
    progress([...steps])
  }
  return {
    async run(name, act) {
      const startedAt = now()
      set(name, { state: 'running' })
      try {
        const result = await act()
        set(name, { state: 'done', durationMs: now() - startedAt })
        return result
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        set(name, { state: 'failed', durationMs: now() - startedAt, detail })
        throw error
      }
    },
  }
}
