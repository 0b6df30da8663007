// Runs a task a while after it was asked for, however often it was asked for meanwhile, and never twice at a time.
import type { Timers } from './host-timers.ts'

export interface Debounced {
  /** Asks for a run at most `ms` from now. */
  request(): void
  /** Runs now if a run was asked for, and waits for the running one. */
  flush(): Promise<void>
  /** Forgets what was asked for. A running task ends by itself; `flush` waits for it. */
  cancel(): void
}

/** After a slow run the next one waits longer: a task may take a twentieth of the time. `task` handles its own errors. */
export function debounce(ms: number, timers: Timers, task: () => Promise<void>): Debounced {
  let handle: unknown
  let running: Promise<void> | undefined
  let wanted = false
  let pause = ms
  const run = async () => {
    wanted = false
    const startedAt = timers.now()
    await task()
    pause = Math.max(ms, 20 * (timers.now() - startedAt))
  }
  const fire = () => {
    handle = undefined
    running ??= run().finally(() => {
      running = undefined
      if (wanted) arm()
    })
  }
  const arm = () => {
    if (handle === undefined && running === undefined) handle = timers.setTimeout(fire, pause)
  }
  const disarm = () => {
    if (handle !== undefined) timers.clearTimeout(handle as never)
    handle = undefined
  }
  return {
    request() {
      wanted = true
      arm()
    },
    async flush() {
      disarm()
      await running
      disarm()
      if (wanted) {
        fire()
        await running
      }
    },
    cancel() {
      wanted = false
      disarm()
    },
  }
}
