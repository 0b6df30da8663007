// What a sandbox is made with.
import type { SandboxId } from '../contract/ids.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { Store, WorkKey } from '../store/store.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'

export interface SandboxOptions {
  readonly id: SandboxId
  readonly key: WorkKey
  readonly lesson: SandboxLesson
  /** What makes its clusters at first. */
  readonly provider: ClusterProvider
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly idleMs: number
}
