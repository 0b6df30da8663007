// Sandboxes over fake providers, as a server has them; two of them over one store are a server and its next start.
import type { SandboxState } from '../../sandbox-server/contract/sandbox.ts'
import type { Timers } from '../../sandbox-server/platform/host-timers.ts'
import type { Sandbox } from '../../sandbox-server/sandboxes/sandbox.ts'
import { Sandboxes } from '../../sandbox-server/sandboxes/sandboxes.ts'
import type { SandboxesOptions } from '../../sandbox-server/sandboxes/sandboxes-options.ts'
import type { Store } from '../../sandbox-server/store/store.ts'
import type { FakeProvider } from './fake-provider.ts'
import { testLesson } from './lesson.ts'
import { silentLog } from './silent-log.ts'

export interface ServeOptions extends Partial<Omit<SandboxesOptions, 'providers' | 'limits'>> {
  readonly providers: readonly FakeProvider[]
  readonly store: Store
  readonly timers: Timers
  readonly limits?: Partial<SandboxesOptions['limits']>
}

export function serveSandboxes({ limits, ...options }: ServeOptions): Sandboxes {
  return new Sandboxes({
    log: silentLog(),
    lesson: testLesson,
    ...options,
    limits: {
      live: 10,
      livePerLearner: 3,
      queued: 10,
      idleMs: 30 * 60_000,
      keepDays: 7,
      ...limits,
    },
  })
}

/** The states that a page sees from now on. */
export function statesOf(sandbox: Sandbox): SandboxState[] {
  const seen: SandboxState[] = []
  sandbox.on((event) => {
    if (event.type === 'state') seen.push(event.state)
  })
  return seen
}
